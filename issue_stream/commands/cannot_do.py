"""`issue-stream cannot-do`: an honest no with a reason, an alternative and a review date (R-55)."""

import click

from issue_stream.commands._say import EPILOG, as_option, json_option
from issue_stream.commands._wish import Desk, day, wish
from schemas import commands as c


@click.command(epilog=EPILOG)
@click.argument("issue")
@click.option("--reason", required=True, help="Why not; the partner reads it; - reads stdin.")
@click.option("--alternative", required=True, help="What they can do instead.")
@click.option("--review-on", required=True, help="The day it is looked at again: 2026-09-30.")
@click.option("--not-ours", is_flag=True, help="It is somebody else's matter, not a no of ours.")
@as_option
@json_option
def command(issue: str, who: str, *, as_json: bool, not_ours: bool, **given: str) -> None:
    """Say no honestly: the reason, an alternative, and when it is looked at again.

    Example: issue-stream cannot-do PIR-1042 --reason "..." --alternative "..." --review-on 2027-03-31 --as dora
    """

    async def build(desk: Desk) -> c.Command:
        return c.CannotDo(
            reason=await desk.text(given["reason"], "--reason"),
            alternative=await desk.text(given["alternative"], "--alternative"),
            review_on=day(given["review_on"], "--review-on"),
            not_ours=not_ours,
        )

    wish(issue, who, build, done="refused; the partner is told why and what instead", as_json=as_json)
