"""What a lead looks at: offers open and late, refused twice, silent issues, and how much everybody has.

In: the moment. Out: lists, each under one condition that its count shares. It changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.store import tables as t
from issue_stream.store.pages_board import Group, IssueLine, lines_of
from schemas.errors import NotFound
from schemas.values import Instant
from schemas.vocabulary import State

_i = t.issues.c
SILENT_FOR = timedelta(days=2)
"""Two days without a word to the partner on an open issue: twice the shortest promise of the packaged policy."""
REFUSED = 2
"""Offers that were declined or lapsed until a lead should look."""


@dataclass(frozen=True, slots=True)
class LeadList:
    """One list of the lead's page: how many there are, since when the oldest is there, and some of them."""

    id: str
    name: str
    empty: str
    count: int
    oldest: Instant | None
    lines: Sequence[IssueLine]


_NAMES = {
    "decide": ("For you to decide", "No issue was refused twice or waits for a lead."),
    "late": ("Offers past their time", "No offer is late."),
    "open": ("Offers that run", "No offer runs."),
    "unoffered": ("Nobody asked yet", "Every issue has an owner or an offer."),
    "silent": ("Silent for two days", "Every partner has heard from us."),
}
_CLOCKS = {"silent": Group.NEXT}
"""The lead watches answers to offers, and for silent issues the next update."""


async def lead_lists(conn: AsyncConnection, now: Instant, team: str, most: int) -> list[LeadList]:
    """The lists in their order, of one team or of all, each with its first `most` issues; all counted in one look."""
    counts = await _counted(conn, now, team)
    return [await _listed(conn, key, counts[key], _under(key, now, team), (most, 0)) for key in _NAMES]


async def lead_list(conn: AsyncConnection, key: str, now: Instant, team: str, place: tuple[int, int]) -> LeadList:
    """One page of one list: at most so many issues, after so many others. Raises NotFound for an unknown list."""
    if key not in _NAMES:
        raise NotFound("expected a list of the lead's page")
    counts = await _counted(conn, now, team)
    return await _listed(conn, key, counts[key], _under(key, now, team), place)


async def _counted(conn: AsyncConnection, now: Instant, team: str) -> dict[str, tuple[int, Instant | None]]:
    raised = func.min(_i.raised_at, type_=_i.raised_at.type)
    columns = [
        column
        for key, condition in _conditions(now).items()
        for column in (func.count().filter(condition).label(f"{key}_n"), raised.filter(condition).label(f"{key}_at"))
    ]
    row = (await conn.execute(select(*columns).select_from(t.issues).where(*_all_of(team)))).one()
    return {key: (int(row[2 * n]), row[2 * n + 1]) for n, key in enumerate(_conditions(now))}


async def _listed(
    conn: AsyncConnection,
    key: str,
    counted: tuple[int, Instant | None],
    conditions: Sequence[ColumnElement[bool]],
    place: tuple[int, int],
) -> LeadList:
    limit, skip = place
    lines = await lines_of(conn, conditions, limit, _CLOCKS.get(key, Group.ACCEPT), skip) if counted[0] else []
    return LeadList(key, *_NAMES[key], *counted, lines)


def _under(key: str, now: Instant, team: str) -> list[ColumnElement[bool]]:
    return [*_all_of(team), _conditions(now)[key]]


def _all_of(team: str) -> list[ColumnElement[bool]]:
    return [_i.is_open, _i.confirmed, *_of_team(team)]


def _conditions(now: Instant) -> dict[str, ColumnElement[bool]]:
    unowned, asked = _i.owner_id.is_(None), _i.offered_to.is_not(None)
    decide = and_(unowned, or_(_i.asked_lead, _i.refusals >= REFUSED), _i.offered_to.is_(None))
    heard = func.coalesce(_i.last_told_at, _i.raised_at, type_=_i.raised_at.type)
    return {
        "decide": decide,
        "late": and_(_i.accept_by < now, or_(unowned, asked)),
        "open": and_(asked, _i.accept_by >= now),
        "unoffered": and_(unowned, _i.offered_to.is_(None), _i.state.in_([State.RAISED.value, State.TRIAGED.value])),
        "silent": and_(heard < now - SILENT_FOR, _i.waiting_for.is_(None)),
    }


def _of_team(team: str) -> list[ColumnElement[bool]]:
    return [func.coalesce(_i.offer_team, _i.team) == team] if team else []


async def load_of(conn: AsyncConnection) -> dict[str, tuple[int, int]]:
    """How many open issues each person owns, and how many they are offered."""
    owned = select(_i.owner_id, func.count()).where(_i.is_open, _i.owner_id.is_not(None)).group_by(_i.owner_id)
    asked = select(_i.offered_to, func.count()).where(_i.is_open, _i.offered_to.is_not(None)).group_by(_i.offered_to)
    has = {who: int(n) for who, n in await conn.execute(owned)}
    offered = {who: int(n) for who, n in await conn.execute(asked)}
    return {who: (has.get(who, 0), offered.get(who, 0)) for who in has | offered}
