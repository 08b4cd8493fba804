"""`issue-stream unlink`: undo a link to a recurring problem."""

import click

from issue_stream.commands._say import EPILOG, as_option, json_option
from issue_stream.commands._wish import Desk, wish
from schemas import commands as c
from schemas import side_commands as w
from schemas.errors import BadInput


@click.command(epilog=EPILOG)
@click.argument("issue")
@as_option
@json_option
def command(issue: str, who: str, *, as_json: bool) -> None:
    """Undo the link of an issue to a recurring problem; its counts fall back.

    Example: issue-stream unlink PIR-1042 --as paul
    """

    async def build(desk: Desk) -> c.Command:
        if desk.issue.problem_id is None:
            todo = "See it with issue-stream show."
            raise BadInput("ISSUE", expected="an issue that is linked", found="one that is not", todo=todo)
        return w.UnlinkProblem(problem=desk.issue.problem_id)

    wish(issue, who, build, done="no longer linked", as_json=as_json)
