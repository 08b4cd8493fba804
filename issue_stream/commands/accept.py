"""`issue-stream accept`: own an issue."""

import click

from issue_stream.commands._say import EPILOG, as_option, json_option
from issue_stream.commands._wish import Desk, wish
from schemas import commands as c


@click.command(epilog=EPILOG)
@click.argument("issue")
@as_option
@json_option
def command(issue: str, who: str, *, as_json: bool) -> None:
    """Own an issue that is offered to you or that nobody has.

    Example: issue-stream accept PIR-1042 --as mia
    """

    async def build(_desk: Desk) -> c.Command:
        return c.Accept()

    wish(issue, who, build, done="accepted", as_json=as_json)
