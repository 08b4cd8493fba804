"""`issue-stream export`: all of one partner, or all of everything, into one zip."""

from pathlib import Path

import click
from sqlalchemy import select

from issue_stream.clock import utc_now
from issue_stream.commands._house import house, run
from issue_stream.commands._say import EPILOG, json_option, print_json, print_table, progress
from issue_stream.house import House
from issue_stream.store import tables as t
from issue_stream.store.exporting import Wanted, export
from schemas.errors import BadInput


@click.command(epilog=EPILOG)
@click.option("--partner", default="", help="The id of one partner.")
@click.option("--all", "everything", is_flag=True, help="Everything there is.")
@click.option("--force", is_flag=True, help="Replace the file when it exists.")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def command(partner: str, out: Path, *, everything: bool, force: bool, as_json: bool) -> None:
    """Write issues, events, texts, files and people as JSON lines into OUT (a zip), with a manifest.

    It is your own record: internal notes are in it. Read it before you hand it to a partner.

    Example: issue-stream export --partner harbour harbour.zip
    """
    if bool(partner) == everything:
        raise click.UsageError("give either --partner ID or --all")
    if out.exists() and not force:
        raise BadInput(
            "OUT", expected="a new file", found=f"{out.name}, which exists", todo="Use --force, or another name."
        )
    if not out.absolute().parent.is_dir():
        raise BadInput(
            "OUT", expected="a folder that exists", found=str(out.parent), todo="Make it, or write elsewhere."
        )
    counts = run(_export(partner or None, out))
    if as_json:
        print_json({"file": str(out), "partner": partner or None, "counts": counts})
        return
    print_table(("What", "Count"), list(counts.items()), empty="Nothing.")
    click.echo(f"Written to {out}.")


async def _export(partner: str | None, out: Path) -> dict[str, int]:
    async with house() as opened:
        await _known(opened, partner)
        with progress() as shown:
            task = shown.add_task("exporting", total=None)

            def seen(name: str, count: int) -> None:
                shown.update(task, description=f"exporting {name}", completed=count)

            wanted = Wanted(out, utc_now(), partner, opened.settings.files_dir, seen)
            return await export(opened.db, wanted)


async def _known(opened: House, partner: str | None) -> None:
    if partner is None:
        return
    async with opened.db.read() as conn:
        found = (await conn.execute(select(t.partners.c.id).where(t.partners.c.id == partner))).first()
    if found is None:
        todo = "The People page lists the ids; issue-stream list shows those with issues in --json."
        raise BadInput("--partner", expected="the id of a partner", found=partner, todo=todo)
