"""`issue-stream close`: end an issue without the partner's yes, with the reason kept (R-19)."""

import click

from issue_stream.commands._say import EPILOG, as_option, json_option
from issue_stream.commands._wish import Desk, wish
from schemas import commands as c


@click.command(epilog=EPILOG)
@click.argument("issue")
@click.option("--text", required=True, help="Why it ends; - reads stdin.")
@as_option
@json_option
def command(issue: str, who: str, text: str, *, as_json: bool) -> None:
    """End an issue that the partner withdrew.

    Example: issue-stream close PIR-1042 --text "They withdrew it on the phone." --as lena
    """

    async def build(desk: Desk) -> c.Command:
        return c.Close(text=await desk.text(text, "--text"))

    wish(issue, who, build, done="closed", as_json=as_json)
