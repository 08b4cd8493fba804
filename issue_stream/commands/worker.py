"""`issue-stream worker`: the stream agents, timers and sweeps, until Ctrl-C."""

import click

from issue_stream.commands._house import needs_store, run, settings
from issue_stream.commands._say import EPILOG, json_option, print_json
from issue_stream.house import House
from issue_stream.logs import set_up
from issue_stream.run import run_worker


@click.command(epilog=EPILOG)
@json_option
def command(*, as_json: bool) -> None:
    """Run the stream agents, timers and sweeps; start as many as there is work for.

    Example: issue-stream worker
    """
    chosen = settings()
    set_up(chosen.log_level, chosen.log_format)

    def ready(house: House) -> None:
        if as_json:
            print_json({"running": "worker", "worker": house.worker, "policy": house.keeper.current().version})
        else:
            click.echo(f"Worker {house.worker} runs. Stop it with Ctrl-C.")

    run(needs_store(chosen))
    run(run_worker(chosen, ready))
