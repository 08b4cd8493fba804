"""`issue-stream note`: internal words that no partner ever reads."""

import click

from issue_stream.commands._say import EPILOG, as_option, json_option
from issue_stream.commands._wish import Desk, wish
from schemas import commands as c


@click.command(epilog=EPILOG)
@click.argument("issue")
@click.option("--text", required=True, help="The note; - reads stdin.")
@as_option
@json_option
def command(issue: str, who: str, text: str, *, as_json: bool) -> None:
    """Add a note that only staff read.

    Example: issue-stream note PIR-1042 --text "Called accounts payable." --as paul
    """

    async def build(desk: Desk) -> c.Command:
        return c.AddNote(text=await desk.text(text, "--text"))

    wish(issue, who, build, done="noted", as_json=as_json)
