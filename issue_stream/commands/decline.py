"""`issue-stream decline`: say no to an offer, with the reason that routes the next one."""

import click

from issue_stream.commands._say import EPILOG, as_option, json_option
from issue_stream.commands._wish import Desk, wish
from schemas import commands as c
from schemas.vocabulary import DeclineReason


@click.command(epilog=EPILOG)
@click.argument("issue")
@click.option("--reason", type=click.Choice([r.value for r in DeclineReason]), required=True, help="Why not you.")
@click.option("--note", default="", help="More words for colleagues; - reads stdin.")
@as_option
@json_option
def command(issue: str, who: str, reason: str, note: str, *, as_json: bool) -> None:
    """Say no to an offer; the next person is asked at once.

    Example: issue-stream decline PIR-1042 --reason not_my_region --as mia
    """

    async def build(desk: Desk) -> c.Command:
        return c.Decline(reason=DeclineReason(reason), note=await desk.text(note, "--note") if note else None)

    wish(issue, who, build, done="declined", as_json=as_json)
