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
from schemas.values import Instant
from schemas.vocabulary import State

_i = t.issues.c
SILENT_FOR = timedelta(days=2)
"""Two days without a word to the partner on an open issue: twice the shortest promise of the packaged policy."""
REFUSED = 2
"""Offers that were declined or lapsed until a lead should look."""


@dataclass(frozen=True, slots=True)
class LeadList:
    """One list of the lead's page: how many there are, and the first of them."""

    id: str
    name: str
    empty: str
    count: int
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
    """The lists in their order, of one team or of all."""
    found = []
    for key, condition in _conditions(now).items():
        conditions = [_i.is_open, _i.confirmed, condition, *_of_team(team)]
        counted = select(func.count()).select_from(t.issues).where(*conditions)
        count = int((await conn.execute(counted)).scalar_one())
        found.append(
            LeadList(key, *_NAMES[key], count, await lines_of(conn, conditions, most, _CLOCKS.get(key, Group.ACCEPT)))
        )
    return found


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
