"""`issue-stream follow`: hear what changes, without owning."""

import click

from issue_stream.commands._house import acting
from issue_stream.commands._say import EPILOG, as_option, json_option
from issue_stream.commands._wish import Desk, wish
from schemas import commands as c
from schemas import side_commands as w


@click.command(epilog=EPILOG)
@click.argument("issue")
@click.option("--stop", is_flag=True, help="No longer follow.")
@as_option
@json_option
def command(issue: str, who: str, *, stop: bool, as_json: bool) -> None:
    """Hear what changes about an issue, without owning it.

    Example: issue-stream follow PIR-1042 --as carla
    """

    async def build(desk: Desk) -> c.Command:
        async with desk.house.db.read() as conn:
            me = await acting(conn, who)
        return w.Follow(staff=me.id, on=not stop)

    wish(issue, who, build, done="no longer followed" if stop else "followed", as_json=as_json)
