"""`issue-stream hand-over`: pass an issue on; the giver owns it until the other accepts."""

import click

from issue_stream.commands._house import acting, policy
from issue_stream.commands._say import EPILOG, as_option, json_option
from issue_stream.commands._wish import Desk, wish
from issue_stream.store import tables as t
from schemas import commands as c


@click.command(epilog=EPILOG)
@click.argument("issue")
@click.option("--to", required=True, help="The receiver: an id or address of staff.")
@click.option("--what", required=True, help="What is passed; - reads stdin.")
@click.option("--expected", required=True, help="What you expect of them.")
@click.option("--by", "accept_by", default="4h", show_default=True, help="When they must answer: 4h, or a time.")
@as_option
@json_option
def command(issue: str, who: str, *, as_json: bool, **passed: str) -> None:
    """Pass an issue on: what, what is expected, by when.

    Example: issue-stream hand-over PIR-1042 --to paul --what "Claim 77" --expected "Pay it" --by 1d --as mia
    """

    async def build(desk: Desk) -> c.Command:
        async with desk.house.db.read() as conn:
            receiver = await acting(conn, passed["to"])
            team = (await conn.execute(t.staff.select().where(t.staff.c.id == receiver.id))).one().team
        return c.HandOver(
            to=receiver.id,
            to_name=receiver.name,
            team=team or desk.issue.team or policy(desk.house).classification.front_desk,
            what=await desk.text(passed["what"], "--what"),
            expected=await desk.text(passed["expected"], "--expected"),
            accept_by=desk.until(passed["accept_by"], "--by"),
        )

    wish(issue, who, build, done="handed over; you own it until they accept", as_json=as_json)
