"""What waits where, from intake to delivery, and since when: what "are we blind?" is answered from.

In: the moment. Out: a line per stage, and the sentences of the banner. It changes nothing and mends nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.store import tables as t
from issue_stream.store.heartbeats import Beat
from schemas.letter import NoticeState
from schemas.values import Instant

SILENT = timedelta(seconds=30)
"""Fifteen missed heartbeats: longer than a restart of a small installation."""
LATE = timedelta(minutes=2)
"""Older than any pause a restart or a rebalance was measured to make."""
PARTS = {
    "timers": "Deadlines are not watched: escalations and missed updates come late.",
    "publisher": "Wishes from pages are not carried: what people do here takes effect only later.",
    "outbox": "What was decided may not be announced: agents may not hear of it.",
    "delivery": "Letters are not sent: partners and staff hear nothing.",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: how much waits there, and the oldest of it. `is_fault` when anything there is wrong by itself."""

    id: str
    name: str
    means: str
    depth: int
    oldest: Instant | None
    is_fault: bool = False


async def stages(conn: AsyncConnection, now: Instant) -> tuple[Stage, ...]:
    """Every stage in the order an issue passes them."""
    w, n, d = t.waiting_commands.c, t.notices.c, t.dead_letters.c
    due = and_(n.state == NoticeState.WAITING.value, n.due_at <= now)
    failed = n.state == NoticeState.FAILED.value
    late = t.timers.c.due_at < now
    counted = {
        "wishes": await _waits(conn, t.waiting_commands, w.at),
        "outbox": await _waits(conn, t.outbox, t.outbox.c.at),
        "timers": await _waits(conn, t.timers, t.timers.c.due_at, late),
        "letters": await _waits(conn, t.notices, n.due_at, due),
        "retried": await _waits(conn, t.notices, n.at, and_(n.state == NoticeState.WAITING.value, n.tries > 0)),
        "failed": await _waits(conn, t.notices, n.at, failed),
        "dead": await _waits(conn, t.dead_letters, d.at, d.replayed_at.is_(None)),
    }
    return tuple(Stage(key, name, means, *counted[key], is_fault=fault) for key, name, means, fault in _STAGES)


_STAGES = (
    ("wishes", "Wishes", "what people and programs asked for and the desk has not answered yet", False),
    ("outbox", "Announcements", "facts that are stored and not yet announced to the agents", False),
    ("timers", "Deadlines", "deadlines that have passed and were not acted on yet", False),
    ("letters", "Letters due", "letters whose time to leave has come", False),
    ("retried", "Letters tried again", "letters that the mail server did not take at the first try", False),
    ("failed", "Letters given up", "letters that can never arrive; the owner of the issue was told", False),
    ("dead", "Dead letters", "messages that no agent could read; replay them once their sender is mended", True),
)


async def _waits(
    conn: AsyncConnection,
    table: Table,
    at: "Column[Any] | ColumnElement[Any]",
    condition: ColumnElement[bool] | None = None,
) -> tuple[int, Instant | None]:
    counted = select(func.count(), func.min(at, type_=at.type)).select_from(table)
    row = (await conn.execute(counted if condition is None else counted.where(condition))).one()
    return int(row[0]), row[1]


def blindness(beats: Sequence[Beat], waiting: Sequence[Stage], now: Instant) -> tuple[str, ...]:
    """What we cannot see or do right now, in sentences; empty when all is well. Pure."""
    alive = {beat.part for beat in beats if now - beat.at <= SILENT}
    notes = sorted({beat.note for beat in beats if beat.note and now - beat.at <= SILENT})
    if not alive:
        last = max((beat.at for beat in beats), default=None)
        since = f"since {last:%a} {last.day} {last:%b, %H:%M} UTC" if last else "yet"
        return (f"No worker has run {since}. Nothing is decided, escalated or sent; what you do here is kept.",)
    silent = [sentence for part, sentence in PARTS.items() if part not in alive]
    return (*silent, *_behind(waiting, now), *notes)


def _behind(waiting: Sequence[Stage], now: Instant) -> list[str]:
    found = []
    for stage in waiting:
        if stage.is_fault and stage.depth and stage.oldest is not None:
            found.append(
                f"{stage.name}: {stage.depth} since {stage.oldest:%a} {stage.oldest.day} {stage.oldest:%b, %H:%M} UTC."
            )
        elif stage.id in _MOVING and stage.oldest is not None and now - stage.oldest > LATE:
            minutes = int((now - stage.oldest).total_seconds() // 60)
            behind = f"{minutes} min" if minutes < _HOURS_FROM else f"{minutes // 60} h"
            found.append(f"{stage.name} are {behind} behind ({stage.depth} wait).")
    return found


_HOURS_FROM = 120
"""Minutes from which hours read better."""
_MOVING = frozenset({"wishes", "outbox", "timers", "letters"})


@dataclass(frozen=True, slots=True)
class BookedNotice:
    """A notice that has not left: what it is, whom it is for, why."""

    key: str
    kind: str
    recipient: str
    issue: str | None
    due_at: Instant
    tries: int
    state: str
    failure: str


async def unsent_notices(conn: AsyncConnection, limit: int) -> list[BookedNotice]:
    """Notices that failed or are tried again, the newest first."""
    n = t.notices.c
    troubled = or_(n.state == NoticeState.FAILED.value, and_(n.state == NoticeState.WAITING.value, n.tries > 0))
    columns = (n.key, n.kind, n.recipient, n.issue_id, n.due_at, n.tries, n.state, n.failure)
    rows = await conn.execute(select(*columns).where(troubled).order_by(n.at.desc(), n.key).limit(limit))
    return [BookedNotice(*row[:-1], row[-1] or "") for row in rows]
