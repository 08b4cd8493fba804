"""`issue-stream link`: make an issue a case of a recurring problem."""

from uuid import uuid4

import click

from issue_stream.commands._say import EPILOG, as_option, json_option
from issue_stream.commands._wish import Desk, wish
from schemas import commands as c
from schemas import side_commands as w


@click.command(epilog=EPILOG)
@click.argument("issue")
@click.option("--problem", default="", help="The id of a known problem; empty makes a new one, with --title.")
@click.option("--title", default="", help="What the new problem is called.")
@as_option
@json_option
def command(issue: str, who: str, problem: str, title: str, *, as_json: bool) -> None:
    """Make an issue a case of a recurring problem, new or known.

    Example: issue-stream link PIR-1042 --title "MDF claims stay pending" --as paul
    """
    if bool(problem) == bool(title):
        raise click.UsageError("give either --problem or --title")

    async def build(desk: Desk) -> c.Command:
        words = await desk.text(title, "--title") if title else None
        return w.LinkProblem(problem=problem or f"p-{uuid4().hex[:12]}", title=words)

    wish(issue, who, build, done="linked; undo it with issue-stream unlink", as_json=as_json)
