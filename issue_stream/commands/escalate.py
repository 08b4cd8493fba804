"""`issue-stream escalate`: tell people beyond the owner, with the reason."""

import click

from issue_stream.commands._house import acting
from issue_stream.commands._say import EPILOG, as_option, json_option
from issue_stream.commands._wish import Desk, wish
from schemas import commands as c
from schemas import side_commands as w


@click.command(epilog=EPILOG)
@click.argument("issue")
@click.option("--reason", required=True, help="Why they must know; - reads stdin.")
@click.option("--tell", multiple=True, help="An id or address of staff; may stand several times; empty: by the policy.")
@as_option
@json_option
def command(issue: str, who: str, reason: str, tell: tuple[str, ...], *, as_json: bool) -> None:
    """Tell people beyond the owner that an issue needs them.

    Example: issue-stream escalate PIR-1042 --reason "They call the VP today." --tell victoria --as lena
    """

    async def build(desk: Desk) -> c.Command:
        async with desk.house.db.read() as conn:
            told = [(await acting(conn, one)).id for one in tell]
        return w.Escalate(tell=tuple(told), reason=await desk.text(reason, "--reason"))

    wish(issue, who, build, done="escalated", as_json=as_json)
