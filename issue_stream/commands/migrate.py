"""`issue-stream migrate`: the store's tables, brought up to date; safe to run at every start."""

import click

from issue_stream.commands._house import run, settings
from issue_stream.commands._say import EPILOG, json_option, print_json
from issue_stream.store.migrate import upgrade


@click.command(epilog=EPILOG)
@json_option
def command(*, as_json: bool) -> None:
    """Bring the store's tables up to date; nothing happens when they are.

    Example: issue-stream migrate
    """
    chosen = settings()
    chosen.var_dir.mkdir(parents=True, exist_ok=True)
    run(upgrade(chosen.database))
    if as_json:
        print_json({"migrated": True, "dialect": chosen.database.partition(":")[0]})
    else:
        click.echo("The store's tables are up to date.")
