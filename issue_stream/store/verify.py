"""The audit of a store, while it runs or after: every sum must be right, every row must be where the events say.

In: a database, the policies, the moment. Out: one `Check` after another, each with the rows that are wrong. It reads
one consistent snapshot, a chunk at a time, and never writes.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.store import tables as t
from issue_stream.store.database import Database
from issue_stream.store.dead_letters import DESK
from issue_stream.store.verify_events import fold_checks
from issue_stream.store.verify_findings import Check, Findings
from issue_stream.store.verify_issues import issue_checks
from schemas.policy import PolicyBook
from schemas.values import Instant

YOUNG = timedelta(seconds=60)
"""What waits longer than this in the outbox or for the desk was forgotten: both are seconds old in a healthy house."""
UNSENT = timedelta(minutes=10)
"""A notice that is due this long and neither sent nor failed: three times the longest lease."""
NOTICE_STATES = frozenset({"waiting", "sent", "together", "digest", "failed"})
FEW = 1000
"""Rows a list query may name; the count says how many there are."""

Progress = Callable[[str, int], None]
"""Called with a check's name and how many rows were seen."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What is audited: `files` is the folder of attached files, None when it lies on another machine."""

    db: Database
    book: PolicyBook
    now: Instant
    files: Path | None = None
    progress: Progress = lambda _name, _seen: None


async def verify(audit: Audit) -> AsyncIterator[Check]:
    """Every check, each as soon as it is done."""
    async with audit.db.snapshot() as conn:
        yield await _commands(conn)
        yield await _waiting(conn, audit.now)
        yield await _versions(conn)
        async for check in fold_checks(conn, audit.files, audit.progress):
            yield check
        async for check in issue_checks(conn, audit.book, audit.now, audit.progress):
            yield check
        yield await _outbox(conn, audit.now)
        yield await _notices(conn, audit.now)


async def _commands(conn: AsyncConnection) -> Check:
    """Commands received = applied + refused + duplicates + dead; what waits is not received yet."""
    found = Findings("commands")
    tally = {row.name: row.n for row in await conn.execute(select(t.tallies))}
    c = t.commands
    applied = await _count(conn, c, c.c.refusal == "")
    refused = await _count(conn, c, c.c.refusal != "")
    ended = tally.get("applied", 0) + tally.get("refused", 0) + tally.get("duplicates", 0) + tally.get("dead", 0)
    found.counted = tally.get("received", 0)
    for name, expected, actual in (
        ("received = applied + refused + duplicates + dead", tally.get("received", 0), ended),
        ("applied commands", tally.get("applied", 0), applied),
        ("refused commands", tally.get("refused", 0), refused),
        ("dead commands", tally.get("dead", 0), await _count(conn, t.dead_letters, t.dead_letters.c.agent == DESK)),
        ("events of applied commands", await _sum_of_events(conn), await _count(conn, t.events)),
    ):
        if expected != actual:
            found.add(f"{name}: {expected} counted, {actual} found")
    return found.check()


async def _sum_of_events(conn: AsyncConnection) -> int:
    total = (await conn.execute(select(func.sum(t.commands.c.events)))).scalar_one()
    return int(total or 0)


async def _count(conn: AsyncConnection, table: Table, *where: ColumnElement[bool]) -> int:
    return int((await conn.execute(select(func.count()).select_from(table).where(*where))).scalar_one())


async def _waiting(conn: AsyncConnection, now: Instant) -> Check:
    """Wishes that were accepted and not answered: few and young."""
    found, w = Findings("waiting"), t.waiting_commands.c
    found.counted = await _count(conn, t.waiting_commands)
    rows = await conn.execute(select(w.id, w.issue_id, w.at).where(w.at < now - YOUNG).order_by(w.at).limit(FEW))
    for row in rows:
        found.add(f"command {row.id} of issue {row.issue_id} waits since {row.at.isoformat()}")
    return found.check()


async def _versions(conn: AsyncConnection) -> Check:
    """Every issue's events are 1, 2, 3, … without a gap, and its row stands at the last."""
    found, e, i = Findings("versions"), t.events.c, t.issues.c
    found.counted = await _count(conn, t.events)
    grouped = select(
        e.issue_id, func.count().label("n"), func.min(e.version).label("first"), func.max(e.version).label("last")
    ).group_by(e.issue_id)
    counts = grouped.subquery()
    both = counts.outerjoin(t.issues, i.id == counts.c.issue_id)
    gap = (counts.c.first != 1) | (counts.c.last != counts.c.n) | i.version.is_(None) | (i.version != counts.c.last)
    for row in await conn.execute(select(counts, i.version).select_from(both).where(gap).limit(FEW)):
        stands = "no row" if row.version is None else f"a row at {row.version}"
        found.add(f"issue {row.issue_id}: {row.n} events from {row.first} to {row.last}, {stands}")
    without = select(i.id).outerjoin(counts, counts.c.issue_id == i.id).where(counts.c.n.is_(None)).limit(FEW)
    for issue in (await conn.execute(without)).scalars():
        found.add(f"issue {issue}: a row without events")
    return found.check()


async def _outbox(conn: AsyncConnection, now: Instant) -> Check:
    """Empty or young."""
    found, o = Findings("outbox"), t.outbox.c
    found.counted = await _count(conn, t.outbox)
    for row in await conn.execute(select(o.event_id, o.at).where(o.at < now - YOUNG).order_by(o.at).limit(FEW)):
        found.add(f"event {row.event_id} is not announced since {row.at.isoformat()}")
    return found.check()


async def _notices(conn: AsyncConnection, now: Instant) -> Check:
    """Every notice is sent, waits for its time, or failed with its reason."""
    found, n = Findings("notices"), t.notices.c
    found.counted = await _count(conn, t.notices)
    stuck = (n.state == "waiting") & (n.due_at < now - UNSENT) & (n.claimed_until.is_(None) | (n.claimed_until < now))
    for reason, where in (
        ("has a state nobody knows", n.state.not_in(NOTICE_STATES)),
        ("failed without a reason", (n.state == "failed") & func.coalesce(n.failure, "").in_([""])),
        ("is sent without a time", (n.state == "sent") & n.sent_at.is_(None)),
        ("is due and neither sent nor failed", stuck),
        ("is claimed for ever", n.claimed_until > now + UNSENT),
    ):
        await _name_notices(conn, found, reason, where)
    return found.check()


async def _name_notices(conn: AsyncConnection, found: Findings, reason: str, where: ColumnElement[bool]) -> None:
    n = t.notices.c
    rows: Sequence[Any] = (await conn.execute(select(n.key, n.kind, n.recipient).where(where).limit(FEW))).all()
    for row in rows:
        found.add(f"notice {row.key} ({row.kind} to {row.recipient}) {reason}")
