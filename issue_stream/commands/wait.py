"""`issue-stream wait`: say whose move it is, why, and when we look again."""

import click

from issue_stream.commands._say import EPILOG, as_option, json_option
from issue_stream.commands._wish import Desk, wish
from schemas import commands as c
from schemas.vocabulary import WaitingFor


@click.command(epilog=EPILOG)
@click.argument("issue")
@click.option("--for", "on", type=click.Choice([w.value for w in WaitingFor]), required=True, help="Who must move.")
@click.option("--reason", required=True, help="Why; the partner reads it; - reads stdin.")
@click.option("--review", default="2d", show_default=True, help="When we look again: 2d, or a time.")
@as_option
@json_option
def command(issue: str, who: str, *, as_json: bool, **given: str) -> None:
    """Nothing can be done until somebody moves; the update clock runs on.

    Example: issue-stream wait PIR-1042 --for partner --reason "We need the invoice." --review 1d --as paul
    """

    async def build(desk: Desk) -> c.Command:
        reason = await desk.text(given["reason"], "--reason")
        return c.Wait(on=WaitingFor(given["on"]), reason=reason, review_at=desk.until(given["review"], "--review"))

    wish(issue, who, build, done="waiting", as_json=as_json)
