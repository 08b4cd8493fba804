"""`issue-stream resolve`: what solved it, in words the partner reads."""

import click

from issue_stream.commands._say import EPILOG, as_option, json_option
from issue_stream.commands._wish import Desk, wish
from schemas import commands as c


@click.command(epilog=EPILOG)
@click.argument("issue")
@click.option("--text", required=True, help="What was done; the partner reads it; - reads stdin.")
@click.option("--cause", default="", help="The cause, for colleagues only.")
@as_option
@json_option
def command(issue: str, who: str, text: str, cause: str, *, as_json: bool) -> None:
    """Say what solved it; the partner confirms, or silence closes it after the policy's time.

    Example: issue-stream resolve PIR-1042 --text "Your claim is paid." --as paul
    """

    async def build(desk: Desk) -> c.Command:
        reason = await desk.text(cause, "--cause") if cause else None
        return c.Resolve(text=await desk.text(text, "--text"), cause=reason)

    wish(issue, who, build, done="resolved; the partner is asked to confirm", as_json=as_json)
