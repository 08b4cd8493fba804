"""Deadlines that fall due, as rows: claimed for a while, gone when the desk writes the issue's next deadlines.

In: an instant. Out: what is due and was given to nobody else. A claim that runs out is given again, so a timer can be
late and never lost; its command has one id, so it is never doubled either.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.store import tables as t
from issue_stream.store.database import Database
from schemas.values import Instant, Span
from schemas.vocabulary import DeadlineKind

_KEYS = ("issue_id", "kind", "ref")


@dataclass(frozen=True, slots=True)
class DueTimer:
    """A deadline of an issue that has come."""

    issue_id: str
    kind: DeadlineKind
    ref: str
    due_at: Instant


async def claim_due(db: Database, now: Instant, limit: int, lease: Span) -> list[DueTimer]:
    """Due timers that nobody holds, oldest first, held by the caller until `now + lease`.

    Two callers at once never get the same one. Looks before it takes the write lock: mostly nothing is due.
    """
    due = _due(now)
    async with db.read() as conn:
        if (await conn.execute(due.limit(1))).first() is None:
            return []
    async with db.write() as conn:
        locked = due.limit(limit).with_for_update(skip_locked=True)  # SQLite has one writer and ignores it
        rows = await conn.execute(locked)
        timers = [DueTimer(row.issue_id, DeadlineKind(row.kind), row.ref, row.due_at) for row in rows]
        if timers:
            await _hold(conn, timers, now + lease)
    return timers


def _due(now: Instant) -> Select[Any]:
    c = t.timers.c
    free = or_(c.claimed_until.is_(None), c.claimed_until <= now)
    return select(c.issue_id, c.kind, c.ref, c.due_at).where(c.due_at <= now, free).order_by(c.due_at)


async def _hold(conn: AsyncConnection, timers: list[DueTimer], until: Instant) -> None:
    of_timer = [t.timers.c[name] == bindparam(f"key_{name}") for name in _KEYS]
    held = update(t.timers).where(*of_timer).values(claimed_until=bindparam("until"))
    rows = [{f"key_{name}": getattr(timer, name) for name in _KEYS} | {"until": until} for timer in timers]
    await conn.execute(held, rows)
