"""`issue-stream list`: issues by what is open, whose and where; the most urgent first."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click
from sqlalchemy import ColumnElement, Row, Select, select

from issue_stream.commands._house import house, policy, run
from issue_stream.commands._say import EPILOG, json_option, print_json, print_table
from issue_stream.store import tables as t
from schemas.policy import Policy
from schemas.vocabulary import Priority, State, WaitingFor, state_word

_PRIORITIES = tuple(Priority)
_OWNER, _ASKED = t.staff.alias("owner"), t.staff.alias("asked")


@click.command(epilog=EPILOG)
@click.option("--partner", default="", help="Only of this partner (id).")
@click.option("--owner", default="", help="Only owned by this member of staff (id).")
@click.option("--team", default="", help="Only of this team (id).")
@click.option("--state", type=click.Choice([s.value for s in State]), default=None, help="Only in this state.")
@click.option("--all", "closed_too", is_flag=True, help="Closed ones too.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), help="At most so many.")
@json_option
def command(*, closed_too: bool, limit: int, as_json: bool, **wanted: str | None) -> None:
    """List issues, the most urgent and oldest first.

    Example: issue-stream list --team deal_desk --limit 20
    """
    run(_list({key: value for key, value in wanted.items() if value}, limit, closed_too=closed_too, as_json=as_json))


async def _list(wanted: dict[str, str], limit: int, *, closed_too: bool, as_json: bool) -> None:
    async with house() as opened:
        async with opened.db.read() as conn:
            rows = (await conn.execute(_query(_conditions(wanted, closed_too=closed_too), limit + 1))).all()
        rules = policy(opened)
    shown = [as_json_row(row, rules) for row in rows[:limit]]
    if as_json:
        print_json({"issues": shown, "more": len(rows) > limit})
        return
    titles = ("Issue", "State", "Priority", "Partner", "Who", "Next update", "Summary")
    lines = [
        (x["number"], _cut(x["state"]), x["priority"], _cut(x["partner_name"]), _cut(x["who"]), _when(x), x["summary"])
        for x in shown
    ]
    print_table(titles, lines, empty="No issue matches. Try --all, or raise one: issue-stream raise --help")
    if len(rows) > limit:
        click.echo(f"There are more; show them with --limit {limit * 2}.")


_CELL = 15
"""Characters of a state, a partner and a person in a list of 100 columns; `show` says them whole."""


def _cut(cell: object) -> str:
    words = str(cell)
    return words if len(words) <= _CELL else words[: _CELL - 1] + "…"


def _when(row: Mapping[str, object]) -> str:
    at = row["next"]
    return f"{at:%d %b %H:%M}" if isinstance(at, datetime) else "-"


def _conditions(wanted: dict[str, str], *, closed_too: bool) -> list[ColumnElement[bool]]:
    c = t.issues.c
    columns = {"partner": c.partner_id, "owner": c.owner_id, "team": c.team, "state": c.state}
    found = [columns[key] == value for key, value in wanted.items()]
    if not closed_too and "state" not in wanted:
        found.append(c.is_open.is_(True))
    return found


def _query(conditions: list[ColumnElement[bool]], limit: int) -> Select[Any]:
    i = t.issues
    joined = (
        i.outerjoin(t.partners, t.partners.c.id == i.c.partner_id)
        .outerjoin(_OWNER, _OWNER.c.id == i.c.owner_id)
        .outerjoin(_ASKED, _ASKED.c.id == i.c.offered_to)
        .outerjoin(t.contents, t.contents.c.id == i.c.summary)
    )
    names = (
        t.partners.c.name.label("partner_name"),
        _OWNER.c.name.label("owner_name"),
        _ASKED.c.name.label("asked_name"),
        t.contents.c.text.label("summary_text"),
    )
    return (
        select(i, *names).select_from(joined).where(*conditions).order_by(i.c.priority_rank, i.c.raised_at).limit(limit)
    )


def as_json_row(row: Row[Any], rules: Policy) -> dict[str, object]:
    """One issue as the list and `show` say it."""
    waiting = WaitingFor(row.waiting_for) if row.waiting_for else None
    return {
        "issue": row.id,
        "number": rules.number(row.number),
        "state": state_word(State(row.state), waiting).staff,
        "priority": _PRIORITIES[row.priority_rank].value,
        "partner": row.partner_id,
        "partner_name": row.partner_name or row.partner_id,
        "owner": row.owner_id,
        "offered_to": row.offered_to,
        "team": row.team,
        "category": row.category,
        "who": row.owner_name or _asked(row, rules),
        "next": row.next_update_at,
        "accept_by": row.accept_by,
        "raised_at": row.raised_at,
        "escalated": row.escalated,
        "confirmed": row.confirmed,
        "summary": row.summary_text or "(erased)",
    }


def _asked(row: Row[Any], rules: Policy) -> str:
    if row.asked_name:
        return f"{row.asked_name}?"
    team = rules.team(row.offer_team)
    return team.name if team else "-"
