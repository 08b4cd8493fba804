"""What the board and the list of issues show: five groups in one fixed order, counted and listed by one condition.

In: what is wanted (filters from the address), the reader, the end of their day. Out: rows and counts. A group's number
and the list it opens come from the same condition, so they cannot differ (R-17). It changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CTE, Column, ColumnElement, Row, Select, and_, case, func, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.store import tables as t
from schemas.values import Instant
from schemas.vocabulary import PRIORITY_RANK, Priority, State, StateWord, WaitingFor, state_word

_PRIORITIES = {rank: priority for priority, rank in PRIORITY_RANK.items()}
_i = t.issues.c
_OWNER, _ASKED = t.staff.alias("owner"), t.staff.alias("asked")
MAX_DIGITS = 9
"""Digits of an issue's number: the column has 32 bits."""


class Group(StrEnum):
    """The groups of the board, in their order: an issue stands in the first one it belongs to."""

    ACCEPT = "accept"
    UPDATE = "update"
    PROMISE = "promise"
    WAIT = "wait"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters as they stand in the address; empty means any. `today_ends` is where the reader's day ends.

    `owner` is a member of staff and `their_team` the team whose queue they may take from; `ids` are the issues behind
    a number of a digest, None when no such number was opened.
    """

    today_ends: Instant
    owner: str = ""
    their_team: str = ""
    team: str = ""
    category: str = ""
    tier: str = ""
    partner: str = ""
    problem: str = ""
    state: str = ""
    q: str = ""
    group: Group | None = None
    closed_too: bool = False
    unconfirmed: bool = False
    ids: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class IssueLine:
    """One issue as board and lists show it. `due_at` is the clock that matters in its group."""

    id: str
    number: int
    group: Group
    partner: str
    partner_name: str
    tier: str
    summary: str
    state: State
    word: StateWord
    is_open: bool
    confirmed: bool
    escalated: bool
    priority: Priority
    category: str
    team: str
    blocked_amount: Decimal | None
    blocked_by: date | None
    owner: str
    owner_name: str
    offered_to: str
    offered_name: str
    due_at: Instant | None
    raised_at: Instant
    refusals: int
    version: int
    unanswered: int


async def board(conn: AsyncConnection, wanted: Wanted, most: int) -> dict[Group, tuple[int, list[IssueLine]]]:
    """Every group with its whole count and its first `most` issues; three questions, however many issues there are.

    The open issues are read once, and each group keeps only its first few: one ranking of them all took twice the time.
    """
    scope = select(_group(wanted).label("grp"), _i.id, *_CLOCKS.values(), *_URGENT).where(*_scope(wanted)).cte("scope")
    counting = select(scope.c.grp, func.count()).group_by(scope.c.grp)
    counts = {Group(one): int(n) for one, n in await conn.execute(counting)}
    first = union_all(*(select(_first(scope, one, most).subquery().c.id) for one in Group))
    lines = await _lines(conn, list((await conn.execute(first)).scalars()), wanted)
    return {one: (counts.get(one, 0), _ranked(lines, one)) for one in Group}


def _first(scope: CTE, group: Group, most: int) -> Select[Any]:
    order = (scope.c[column.name] for column in _order(group))
    return select(scope.c.id).where(scope.c.grp == group.value).order_by(*order).limit(most)


def _ranked(lines: Sequence[IssueLine], group: Group) -> list[IssueLine]:
    """The lines of a group in the order of `_order`; in a group with a clock every line has one."""

    def rank(line: IssueLine) -> tuple[Any, ...]:
        urgent = (PRIORITY_RANK[line.priority], line.raised_at, line.number)
        return (line.due_at, *urgent) if group in _CLOCKS else urgent

    return sorted((line for line in lines if line.group is group), key=rank)


async def unconfirmed(conn: AsyncConnection) -> int:
    """How many open issues wait until their sender has confirmed the address: they stand in no group."""
    waiting = select(func.count()).select_from(t.issues).where(_i.is_open, ~_i.confirmed)
    return int((await conn.execute(waiting)).scalar_one())


async def issue_list(conn: AsyncConnection, wanted: Wanted, limit: int, skip: int = 0) -> tuple[int, list[IssueLine]]:
    """How many match, and those of one page: the most urgent and oldest first, or by the clock of the group."""
    conditions = _listed(wanted)
    joined = t.issues.outerjoin(t.partners, t.partners.c.id == _i.partner_id)
    n = (await conn.execute(select(func.count()).select_from(t.issues).where(*conditions))).scalar_one()
    order = _order(wanted.group) if wanted.group else (_i.is_open.desc(), _i.priority_rank, _i.raised_at, _i.number)
    page = select(_i.id).select_from(joined).where(*conditions).order_by(*order).limit(limit).offset(skip)
    ids = list((await conn.execute(page)).scalars())
    lines = {line.id: line for line in await _lines(conn, ids, wanted)}
    return int(n), [lines[one] for one in ids if one in lines]


async def lines_of(
    conn: AsyncConnection,
    conditions: Sequence[ColumnElement[bool]],
    limit: int,
    clock: Group = Group.NEXT,
    skip: int = 0,
) -> list[IssueLine]:
    """Issues under other conditions, the most urgent and oldest first, each with the clock of a group."""
    chosen = _detailed(literal(clock.value)).where(*conditions).limit(limit).offset(skip)
    return [_line(row) for row in await conn.execute(chosen)]


def _scope(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Whose open issues, under the filters: what the five groups divide between them."""
    return [_i.is_open, _i.confirmed, *_theirs(wanted), *_filters(wanted)]


def _listed(wanted: Wanted) -> list[ColumnElement[bool]]:
    if wanted.group is not None:
        return [*_scope(wanted), _group(wanted) == wanted.group.value]
    conditions = _filters(wanted)
    if wanted.owner:
        conditions.append(_i.owner_id == wanted.owner)
    if wanted.state:
        conditions.append(_i.state == wanted.state)
    elif not wanted.closed_too and wanted.ids is None and not wanted.problem:
        conditions.append(_i.is_open)
    return conditions


def _theirs(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What this person owns, is offered, or may take; three short looks by index instead of one at every open issue."""
    if not wanted.owner:
        return []
    queue = and_(_i.owner_id.is_(None), _i.offered_to.is_(None), _i.offer_team == wanted.their_team)
    each = (_i.owner_id == wanted.owner, _i.offered_to == wanted.owner, queue)
    return [_i.id.in_(union_all(*(select(_i.id).where(_i.is_open, one) for one in each)))]


def _group(wanted: Wanted) -> ColumnElement[str]:
    """The first group an issue belongs to; whatever is owed to nobody today is what to take next."""
    asked = _i.offered_to == wanted.owner if wanted.owner else _i.offered_to.is_not(None)
    owned = _i.owner_id.is_not(None)
    return case(
        (asked, Group.ACCEPT.value),
        (and_(owned, _i.next_update_at <= wanted.today_ends), Group.UPDATE.value),
        (and_(owned, _i.promised_for <= wanted.today_ends), Group.PROMISE.value),
        (and_(owned, _i.waiting_for.is_not(None), _i.waiting_for != WaitingFor.US.value), Group.WAIT.value),
        else_=Group.NEXT.value,
    )


def _order(group: Group) -> tuple[Column[Any], ...]:
    """Groups with a clock by that clock; what to take next by priority, then the oldest (R-33)."""
    return (_CLOCKS[group], *_URGENT) if group in _CLOCKS else _URGENT


_CLOCKS = {Group.ACCEPT: _i.accept_by, Group.UPDATE: _i.next_update_at, Group.PROMISE: _i.promised_for}
_URGENT = (_i.priority_rank, _i.raised_at, _i.number)


def _filters(wanted: Wanted) -> list[ColumnElement[bool]]:
    plain: Mapping[str, Any] = {"category": _i.category, "tier": _i.tier, "partner": _i.partner_id}
    conditions = [column == getattr(wanted, name) for name, column in plain.items() if getattr(wanted, name)]
    if wanted.problem:
        conditions.append(_i.problem_id == wanted.problem)
    if wanted.unconfirmed:
        conditions.append(~_i.confirmed)
    if wanted.team:
        conditions.append(func.coalesce(_i.offer_team, _i.team) == wanted.team)
    if wanted.ids is not None:
        conditions.append(_i.id.in_(wanted.ids))
    return conditions + ([_asked_for(wanted.q)] if wanted.q else [])


def _asked_for(q: str) -> ColumnElement[bool]:
    """A number, or a part of a partner's name."""
    digits = q.strip().rpartition("-")[2]
    if digits.isascii() and digits.isdecimal() and len(digits) <= MAX_DIGITS:
        return _i.number == int(digits)
    p = t.partners.c
    return _i.partner_id.in_(select(p.id).where(holds(p.name, q.strip())))


def holds(column: ColumnElement[str], words: str) -> ColumnElement[bool]:
    """Whether a text has these words, whatever their case; SQLite lowers ASCII alone, so `Ö` must be typed as it is."""
    as_typed = column.contains(words, autoescape=True)
    return or_(as_typed, func.lower(column).contains(words.lower(), autoescape=True))


async def _lines(conn: AsyncConnection, ids: Sequence[str], wanted: Wanted) -> list[IssueLine]:
    if not ids:
        return []
    return [_line(row) for row in await conn.execute(_detailed(_group(wanted)).where(_i.id.in_(ids)))]


def _detailed(group: ColumnElement[Any]) -> Select[Any]:
    joined = (
        t.issues.outerjoin(t.partners, t.partners.c.id == _i.partner_id)
        .outerjoin(_OWNER, _OWNER.c.id == _i.owner_id)
        .outerjoin(_ASKED, _ASKED.c.id == _i.offered_to)
        .outerjoin(t.contents, t.contents.c.id == _i.summary)
    )
    names = (
        t.partners.c.name.label("partner_name"),
        _OWNER.c.name.label("owner_name"),
        _ASKED.c.name.label("asked_name"),
        t.contents.c.text.label("summary_text"),
        group.label("grp"),
    )
    columns = [column for column in _i if column.name != "body"]
    return select(*columns, *names).select_from(joined).order_by(_i.priority_rank, _i.raised_at, _i.number)


def _line(row: Row[Any]) -> IssueLine:
    waiting = WaitingFor(row.waiting_for) if row.waiting_for else None
    state = State(row.state)
    group = Group(row.grp)
    return IssueLine(
        id=row.id,
        number=row.number,
        group=group,
        partner=row.partner_id,
        partner_name=row.partner_name or row.partner_id,
        tier=row.tier,
        summary=row.summary_text or "(erased)",
        state=state,
        word=state_word(state, waiting),
        is_open=row.is_open,
        confirmed=row.confirmed,
        escalated=row.escalated,
        priority=_PRIORITIES[row.priority_rank],
        category=row.category or "",
        team=row.offer_team or row.team or "",
        blocked_amount=row.blocked_amount,
        blocked_by=row.blocked_by,
        owner=row.owner_id or "",
        owner_name=row.owner_name or "",
        offered_to=row.offered_to or "",
        offered_name=row.asked_name or "",
        due_at=_clock(row, group),
        raised_at=row.raised_at,
        refusals=row.refusals,
        version=row.version,
        unanswered=row.unanswered_words,
    )


def _clock(row: Row[Any], group: Group) -> Instant | None:
    """The one clock worth showing: the answer to an offer, the promised date, or the next update."""
    clocks = {Group.ACCEPT: row.accept_by, Group.PROMISE: row.promised_for}
    at: Instant | None = clocks.get(group) or row.next_update_at or row.accept_by
    return at if row.is_open else row.closed_at
