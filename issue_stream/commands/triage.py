"""`issue-stream triage`: a person chooses category and priority."""

import click

from issue_stream.commands._say import EPILOG, as_option, json_option
from issue_stream.commands._wish import Desk, wish
from schemas import commands as c
from schemas.vocabulary import Priority


@click.command(epilog=EPILOG)
@click.argument("issue")
@click.option("--category", required=True, help="An id of the policy: issue-stream policy show.")
@click.option("--priority", type=click.Choice([p.value for p in Priority]), default="normal", show_default=True)
@as_option
@json_option
def command(issue: str, who: str, category: str, priority: str, *, as_json: bool) -> None:
    """Choose the category and the priority of an issue.

    Example: issue-stream triage PIR-1042 --category incentives --priority high --as lena
    """

    async def build(_desk: Desk) -> c.Command:
        return c.Triage(category=category, priority=Priority(priority))

    wish(issue, who, build, done="triaged", as_json=as_json)
