"""What digests are made from, and where they are kept: `schemas.ports.DigestReading` over the tables.

A handful of queries whatever the number of readers; none in a loop. It decides nothing: conditions here only narrow
what `agents/digest.py` looks at.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.expression import bindparam

from issue_stream.store.database import Database
from issue_stream.store.notices import add_entries, notice_row
from issue_stream.store.tables import digests, events, issues, notices, partners, problems, staff
from issue_stream.store.upsert import insert_missing
from schemas.digest import Digest, DigestFigures, GrowingRow, IssueRow, Tally
from schemas.letter import NoticeState
from schemas.notices import Notice
from schemas.policy import PolicyBook
from schemas.values import Instant
from schemas.vocabulary import OWNED_STATES, PRIORITY_RANK, Priority

ACCEPTANCE_SPAN = timedelta(days=7)
"""One day has too few offers for a rate; a week has every weekday once."""

_CONTACTED, _REVISED, _KEPT = "executive-contacted", "promise-revised", "promise-kept"
_BROKEN, _NO_PROGRESS, _LAPSED = "promise-broken", "no-progress-told", "offer-lapsed"
_LOOKED_INTO = (_CONTACTED, _REVISED, _KEPT)
_COUNTED = (_BROKEN, _NO_PROGRESS, _LAPSED)
_ANSWERS = ("accepted", "declined", _LAPSED)
_PRIORITIES = {rank: priority for priority, rank in PRIORITY_RANK.items()}


class SqlDigestReading:
    """Digest figures and kept digests of one database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def figures(self, since: Instant, until: Instant, book: PolicyBook) -> DigestFigures:
        """All figures between two instants, and open issues as they stand now."""
        span = _between(since, until)
        growing_from = until - book.current.recurrence.growing_within
        async with self._db.read() as conn:
            seen = await _happened(conn, span)
            answers = await _pairs(conn, _answers(until))
            return DigestFigures(
                since=since,
                until=until,
                rows={row.id: _issue_row(row) for row in await conn.execute(_rows(since, until))},
                surprised=seen["surprised"],
                late_promises=seen["late_promises"],
                missed_updates=seen[_NO_PROGRESS],
                late_offers=seen[_LAPSED],
                resolved_early=tuple(await conn.scalars(_resolved_early(span))),
                changed=tuple(await conn.scalars(_changed(since, until))),
                growing=_grown(await conn.execute(_cases(growing_from, until))),
                answered=sum(answers.values()),
                accepted=answers.get("accepted", 0),
                tallies=tuple(_tally(row) for row in await conn.execute(_tallies())),
                held_back=_held(await conn.execute(_held_back())),
            )

    async def without(self, days: Mapping[str, date]) -> frozenset[str]:
        """Those readers who have no digest of their day yet."""
        wanted = select(digests.c.staff_id, digests.c.day).where(
            digests.c.staff_id.in_(list(days)), digests.c.day.in_(list(set(days.values())))
        )
        async with self._db.read() as conn:
            have = {(row.staff_id, row.day) for row in await conn.execute(wanted)}
        return frozenset(who for who, day in days.items() if (who, day) not in have)

    async def held_for(self) -> frozenset[str]:
        """Recipients for whom news waits for a digest."""
        waiting = select(notices.c.recipient).distinct().where(notices.c.state == NoticeState.DIGEST.value)
        async with self._db.read() as conn:
            return frozenset(await conn.scalars(waiting))

    async def keep(self, made: Sequence[tuple[Digest, Notice]]) -> frozenset[str]:
        """Each digest with its notice in one transaction; a reader who has that day's digest keeps the old one."""
        if not made:
            return frozenset()
        rows = [_digest_row(digest) for digest, _ in made]
        async with self._db.write() as conn:
            added = insert_missing(conn.dialect.name, digests).values(rows).returning(digests.c.staff_id)
            new = frozenset(await conn.scalars(added))
            told = [notice for digest, notice in made if digest.reader in new]
            if told:
                await add_entries(conn, [_notice_row(notice) for notice in told])
                await _take_up(conn, told)
        return new

    async def kept(self, wanted: Sequence[tuple[str, date]]) -> Mapping[tuple[str, date], Digest]:
        """Digests as they were made, by reader and day."""
        readers, days = {who for who, _ in wanted}, {day for _, day in wanted}
        query = select(digests.c.staff_id, digests.c.day, digests.c.body).where(
            digests.c.staff_id.in_(readers), digests.c.day.in_(days)
        )
        async with self._db.read() as conn:
            found = {(r.staff_id, r.day): Digest.model_validate_json(r.body) for r in await conn.execute(query)}
        return {key: found[key] for key in wanted if key in found}


def _between(since: Instant, until: Instant) -> ColumnElement[bool]:
    return and_(events.c.at > since, events.c.at <= until)


async def _happened(conn: AsyncConnection, span: ColumnElement[bool]) -> dict[str, tuple[str, ...]]:
    """Issue ids by what happened to them: by kind alone, or by kind and one field of the event."""
    seen: dict[str, list[str]] = {"surprised": [], "late_promises": [], _NO_PROGRESS: [], _LAPSED: []}
    counted = select(events.c.issue_id, events.c.kind).distinct()
    for row in await conn.execute(counted.where(events.c.kind.in_(_COUNTED), span)):
        seen["late_promises" if row.kind == _BROKEN else row.kind].append(row.issue_id)
    bodies = select(events.c.issue_id, events.c.kind, events.c.body).where(events.c.kind.in_(_LOOKED_INTO), span)
    for fact in await conn.execute(bodies.order_by(events.c.at)):
        named = _named_by(fact.kind, orjson.loads(fact.body)["data"])
        if named:
            seen[named].append(fact.issue_id)
    return {name: tuple(dict.fromkeys(ids)) for name, ids in seen.items()}


def _named_by(kind: str, fields: Mapping[str, Any]) -> str | None:
    """Defaults are left out of stored events: a missing field has its default."""
    if kind == _CONTACTED:
        return None if fields.get("told_first") else "surprised"
    late = not fields.get("before_due", True) if kind == _REVISED else fields.get("late", False)
    return "late_promises" if late else None


async def _pairs(conn: AsyncConnection, query: Select[Any]) -> dict[str, int]:
    return {name: int(n) for name, n in await conn.execute(query)}


def _answers(until: Instant) -> Select[Any]:
    week = and_(events.c.kind.in_(_ANSWERS), events.c.at > until - ACCEPTANCE_SPAN, events.c.at <= until)
    return select(events.c.kind, func.count()).where(week).group_by(events.c.kind)


def _rows(since: Instant, until: Instant) -> Select[Any]:
    """Issues that any figure may name: open ones with something about them, and those to which something happened."""
    named = (*_LOOKED_INTO, *_COUNTED, "resolved")
    touched = select(events.c.issue_id).where(events.c.kind.in_(named), _between(since, until))
    changed = and_(
        issues.c.changed_at > since, issues.c.changed_at <= until, partners.c.channel_manager_id.is_not(None)
    )
    columns = [c for c in issues.c if c.name != "body"]
    return (
        select(
            *columns,
            partners.c.name.label("partner_name"),
            partners.c.channel_manager_id.label("channel_manager"),
            staff.c.name.label("owner_name"),
        )
        .select_from(_issues_and_people())
        .where(or_(_pressing(until), issues.c.id.in_(touched), changed))
    )


def _issues_and_people() -> Any:  # noqa: ANN401 - SQLAlchemy's Join has no public generic type
    with_partner = issues.outerjoin(partners, partners.c.id == issues.c.partner_id)
    return with_partner.outerjoin(staff, staff.c.id == issues.c.owner_id)


def _pressing(until: Instant) -> ColumnElement[bool]:
    """A wide net around `agents/_digest_lines.may_call`; what slips through it here could never be listed."""
    c = issues.c
    return and_(
        c.is_open,
        or_(
            c.escalated,
            c.unanswered_words > 0,
            c.next_update_at <= until,
            c.promised_for <= until,
            c.blocked_by <= (until + timedelta(days=2)).date(),
            c.asked_lead,
            c.priority_rank == PRIORITY_RANK[Priority.URGENT],
            c.accept_by <= until,
        ),
    )


def _resolved_early(span: ColumnElement[bool]) -> Select[Any]:
    """Resolved and never escalated (R-29)."""
    other = events.alias("other")
    escalated = exists().where(other.c.issue_id == events.c.issue_id, other.c.kind == "escalated")
    return select(events.c.issue_id).distinct().where(events.c.kind == "resolved", span, ~escalated)


def _changed(since: Instant, until: Instant) -> Select[Any]:
    return (
        select(issues.c.id)
        .join(partners, partners.c.id == issues.c.partner_id)
        .where(issues.c.changed_at > since, issues.c.changed_at <= until, partners.c.channel_manager_id.is_not(None))
    )


def _cases(since: Instant, until: Instant) -> Select[Any]:
    return (
        select(problems.c.id.label("problem"), problems.c.title, issues.c.id, issues.c.partner_id)
        .join(issues, issues.c.problem_id == problems.c.id)
        .where(issues.c.raised_at > since, issues.c.raised_at <= until)
        .order_by(problems.c.id, issues.c.raised_at, issues.c.id)
    )


def _grown(rows: Any) -> tuple[GrowingRow, ...]:  # noqa: ANN401 - a result of rows
    titles: dict[str, str] = {}
    cases: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        titles[row.problem] = row.title
        cases.setdefault(row.problem, []).append((row.id, row.partner_id))
    return tuple(GrowingRow(problem=one, title=titles[one], cases=tuple(found)) for one, found in cases.items())


def _tallies() -> Select[Any]:
    owned = and_(issues.c.owner_id.is_not(None), issues.c.state.in_([state.value for state in OWNED_STATES]))
    manager = partners.c.channel_manager_id.label("manager")
    return (
        select(manager, func.count().label("n_open"), func.sum(case((owned, 1), else_=0)).label("n_owned"))
        .select_from(issues.outerjoin(partners, partners.c.id == issues.c.partner_id))
        .where(issues.c.is_open, issues.c.confirmed)
        .group_by(manager)
    )


def _tally(row: Row[Any]) -> Tally:
    return Tally(channel_manager=row.manager, open_issues=int(row.n_open), owned_issues=int(row.n_owned))


def _held_back() -> Select[Any]:
    held = and_(notices.c.state == NoticeState.DIGEST.value, notices.c.issue_id.is_not(None))
    return select(notices.c.recipient, notices.c.issue_id).where(held).order_by(notices.c.at, notices.c.key)


def _held(rows: Any) -> dict[str, tuple[str, ...]]:  # noqa: ANN401 - a result of rows
    held: dict[str, list[str]] = {}
    for row in rows:
        held.setdefault(row.recipient, []).append(row.issue_id)
    return {who: tuple(dict.fromkeys(ids)) for who, ids in held.items()}


def _issue_row(row: Row[Any]) -> IssueRow:
    found = row._mapping  # noqa: SLF001 - SQLAlchemy's documented way to read a row by name
    given = {name: found[name] for name in IssueRow.model_fields if name in found and found[name] is not None}
    named = {"partner": row.partner_id, "partner_name": row.partner_name or row.partner_id}
    return IssueRow.model_validate(given | named | {"priority": _PRIORITIES[row.priority_rank]})


def _digest_row(digest: Digest) -> dict[str, Any]:
    body = digest.model_dump_json(exclude_defaults=True).encode()
    return {"staff_id": digest.reader, "day": digest.day, "body": body, "at": digest.made_at}


def _notice_row(notice: Notice) -> dict[str, Any]:
    standing = {"state": NoticeState.WAITING.value, "due_at": notice.at, "claimed_until": None, "tries": 0}
    return notice_row(notice) | standing


async def _take_up(conn: AsyncConnection, told: Sequence[Notice]) -> None:
    """News held for these readers left together with their digest."""
    held = and_(notices.c.state == NoticeState.DIGEST.value, notices.c.recipient == bindparam("reader"))
    taken = (
        update(notices)
        .where(held)
        .values(state=NoticeState.TOGETHER.value, sent_with=bindparam("digest"), sent_at=bindparam("made_at"))
    )
    await conn.execute(taken, [{"reader": n.recipient, "digest": n.key, "made_at": n.at} for n in told])
