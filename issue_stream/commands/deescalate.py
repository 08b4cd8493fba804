"""`issue-stream deescalate`: the alarm is over, said to all who were told."""

import click

from issue_stream.commands._say import EPILOG, as_option, json_option
from issue_stream.commands._wish import Desk, wish
from schemas import commands as c
from schemas import side_commands as w


@click.command(epilog=EPILOG)
@click.argument("issue")
@click.option("--reason", required=True, help="Why it is over; - reads stdin.")
@as_option
@json_option
def command(issue: str, who: str, reason: str, *, as_json: bool) -> None:
    """Call an escalation off.

    Example: issue-stream deescalate PIR-1042 --reason "The deal is registered." --as lena
    """

    async def build(desk: Desk) -> c.Command:
        return w.Deescalate(reason=await desk.text(reason, "--reason"))

    wish(issue, who, build, done="the alarm is over", as_json=as_json)
