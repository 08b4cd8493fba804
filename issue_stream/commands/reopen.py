"""`issue-stream reopen`: it was not over."""

import click

from issue_stream.commands._say import EPILOG, as_option, json_option
from issue_stream.commands._wish import Desk, wish
from schemas import commands as c


@click.command(epilog=EPILOG)
@click.argument("issue")
@click.option("--reason", default="", help="Why it is open again; - reads stdin.")
@as_option
@json_option
def command(issue: str, who: str, reason: str, *, as_json: bool) -> None:
    """Open an issue again; its owner keeps it.

    Example: issue-stream reopen PIR-1042 --reason "It came back." --as mia
    """

    async def build(desk: Desk) -> c.Command:
        return c.Reopen(reason=await desk.text(reason, "--reason") if reason else None)

    wish(issue, who, build, done="open again", as_json=as_json)
