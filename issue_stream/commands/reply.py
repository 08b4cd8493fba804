"""`issue-stream reply`: write to the partner."""

import click

from issue_stream.commands._say import EPILOG, as_option, json_option
from issue_stream.commands._wish import Desk, wish
from schemas import commands as c


@click.command(epilog=EPILOG)
@click.argument("issue")
@click.option("--text", required=True, help="What the partner reads; - reads stdin.")
@click.option("--next-update", default="", help="When they hear next: 1d, or a time; empty: by the policy.")
@as_option
@json_option
def command(issue: str, who: str, text: str, next_update: str, *, as_json: bool) -> None:
    """Write to the partner and set when they hear next.

    Example: issue-stream reply PIR-1042 --text "Finance pays on Friday." --next-update 2d --as paul
    """

    async def build(desk: Desk) -> c.Command:
        at = desk.until(next_update, "--next-update") if next_update else None
        return c.ReplyToPartner(text=await desk.text(text, "--text"), next_update_at=at)

    wish(issue, who, build, done="sent to the partner", as_json=as_json)
