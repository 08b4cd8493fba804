"""`issue-stream called`: a partner reached an executive; whether we told them first is recorded (R-12)."""

import click

from issue_stream.commands._house import acting
from issue_stream.commands._say import EPILOG, as_option, json_option
from issue_stream.commands._wish import Desk, wish
from schemas import commands as c
from schemas import side_commands as w


@click.command(epilog=EPILOG)
@click.argument("issue")
@click.option("--executive", required=True, help="Who was called: an id or address of staff.")
@click.option("--note", default="", help="What was said; - reads stdin.")
@as_option
@json_option
def command(issue: str, who: str, executive: str, note: str, *, as_json: bool) -> None:
    """Record that a partner called an executive about this issue.

    Example: issue-stream called PIR-1042 --executive victoria --as victoria
    """

    async def build(desk: Desk) -> c.Command:
        async with desk.house.db.read() as conn:
            reached = await acting(conn, executive)
        return w.RecordExecutiveContact(executive=reached.id, note=await desk.text(note, "--note") if note else None)

    wish(issue, who, build, done="recorded", as_json=as_json)
