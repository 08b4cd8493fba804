"""`issue-stream resume`: the wait is over."""

import click

from issue_stream.commands._say import EPILOG, as_option, json_option
from issue_stream.commands._wish import Desk, wish
from schemas import commands as c


@click.command(epilog=EPILOG)
@click.argument("issue")
@as_option
@json_option
def command(issue: str, who: str, *, as_json: bool) -> None:
    """End a wait: it is our move again.

    Example: issue-stream resume PIR-1042 --as paul
    """

    async def build(_desk: Desk) -> c.Command:
        return c.Resume()

    wish(issue, who, build, done="moving again", as_json=as_json)
