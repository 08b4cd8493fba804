"""The desk's side of the store: what one batch changes is one transaction of a handful of statements.

In: `Effects`. Out: answers, events, states, read rows, deadlines, the outbox, tallies. It decides nothing. A race that
another worker won is `Unavailable`: the desk takes the same batch again and sees what the other made true.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.store import tables as t
from issue_stream.store.bulk import insert_rows, replace_rows
from issue_stream.store.database import Database
from issue_stream.store.faults import PART
from issue_stream.store.fresh import FreshStates
from issue_stream.store.issue_row import issue_row
from issue_stream.store.upsert import add_up, insert_missing
from schemas.envelope import EventMessage, decode_event, encode_event
from schemas.errors import Unavailable
from schemas.issue import Issue
from schemas.ports import DeskUnit, Effects, Now, Outcome
from schemas.side_events import Followed, ProblemLinked
from schemas.values import Instant

_ADD_TALLIES = {dialect: add_up(dialect, t.tallies) for dialect in ("sqlite", "postgresql")}
_THESE: BindParameter[Any] = bindparam("ids", expanding=True)
_KNOWN = select(t.commands.c.id).where(t.commands.c.id.in_(_THESE))
_STANDING = select(t.issues.c.body).where(t.issues.c.id.in_(_THESE)).order_by(t.issues.c.id).with_for_update()
_OLD_TIMERS = delete(t.timers).where(t.timers.c.issue_id.in_(_THESE))
_ANSWERED = delete(t.waiting_commands).where(t.waiting_commands.c.id.in_(_THESE))
_ANNOUNCED = delete(t.outbox).where(t.outbox.c.event_id.in_(_THESE))
_MOST_MARKS = 5_000
"""Outbox rows forgotten in one statement; SQLite takes at most 32,766 values."""

_REFUSAL_WIDTH = 600


@dataclass(slots=True)
class SqlDeskStore:
    """`DeskStore` on the store. What was published is remembered here until the next transaction takes it along.

    What a transaction has made true is left in `states` for the agents of this process.
    """

    db: Database
    now: Now
    states: FreshStates = field(default_factory=FreshStates)
    _published: dict[UUID, None] = field(default_factory=dict)

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[DeskUnit]:
        """One transaction of the desk, with the rows of its issues locked; a lost race raises Unavailable."""
        marks = list(self._published)[:_MOST_MARKS]
        try:
            async with self.db.write() as conn:
                unit = SqlDeskUnit(conn, self.now(), marks)
                yield unit
        except IntegrityError as exc:
            raise Unavailable(PART, "another worker was faster", retry_after_s=0.1) from exc
        self._forget(marks)
        self.states.keep(unit.moved)

    async def published(self, events: Sequence[UUID]) -> None:
        """Remember these; the next unit or `flush_published` takes them out of the outbox."""
        self._published.update(dict.fromkeys(events))

    async def flush_published(self) -> int:
        """Take out of the outbox what was published since the last unit; how many events that were."""
        marks = list(self._published)[:_MOST_MARKS]
        if marks:
            async with self.db.write() as conn:
                await _forget_published(conn, marks)
            self._forget(marks)
        return len(marks)

    async def unpublished(self, before: Instant, limit: int) -> list[EventMessage]:
        """Events committed before this instant that nobody is known to have published: a crash left them.

        In the order of each issue. A living worker may hold marks for some: announcing twice changes nothing.
        """
        await self.flush_published()
        e, o = t.events.c, t.outbox.c
        left = select(e.body).join(t.outbox, o.event_id == e.id).where(o.at < before)
        async with self.db.read() as conn:
            oldest = left.order_by(o.at, e.issue_id, e.version).limit(limit)
            bodies = (await conn.execute(oldest)).scalars().all()
        messages = (decode_event(body) for body in bodies)
        return sorted((m for m in messages if m is not None), key=lambda m: (m.issue, m.version))

    def _forget(self, marks: Iterable[UUID]) -> None:
        for mark in marks:
            self._published.pop(mark, None)


@dataclass(frozen=True, slots=True)
class SqlDeskUnit:
    """`DeskUnit` on one connection in a transaction."""

    conn: AsyncConnection
    now: Instant
    published: Sequence[UUID] = ()
    moved: dict[str, Issue] = field(default_factory=dict)

    async def seen(self, commands: Sequence[UUID]) -> frozenset[UUID]:
        """Those answered before; as they were carried again for nothing, they no longer wait either."""
        seen = frozenset((await self.conn.execute(_KNOWN, {"ids": commands})).scalars())
        if seen:
            await _forget_waiting(self.conn, list(seen))
        return seen

    async def issues(self, ids: Sequence[str]) -> Mapping[str, Issue]:
        """The issues as they stand, locked until the unit ends: an answer never rests on an older state."""
        if not ids:
            return {}
        bodies = (await self.conn.execute(_STANDING, {"ids": ids})).scalars()
        return {issue.id: issue for issue in map(Issue.model_validate_json, bodies)}

    async def save(self, effects: Effects) -> None:
        """Write all of it. The tallies come last: all workers share their rows, so they are held shortest."""
        await insert_rows(self.conn, t.commands, [_command_row(outcome, self.now) for outcome in effects.outcomes])
        await insert_rows(self.conn, t.events, [_event_row(message) for message in effects.events])
        await insert_rows(self.conn, t.outbox, [{"event_id": m.id, "at": self.now} for m in effects.events])
        await replace_rows(self.conn, t.issues, [issue_row(effects.issues[key]) for key in sorted(effects.issues)])
        await self._save_deadlines(effects)
        await self._save_problems(effects)
        await self._save_followers(effects.events)
        await _forget_waiting(self.conn, [outcome.message.id for outcome in effects.outcomes])
        await _forget_published(self.conn, self.published)
        await self._add_tallies(effects)
        self.moved.update(effects.issues)

    async def _save_deadlines(self, effects: Effects) -> None:
        if not effects.deadlines:
            return
        await self.conn.execute(_OLD_TIMERS, {"ids": sorted(effects.deadlines)})
        rows = [
            {"issue_id": issue, "kind": deadline.kind.value, "ref": deadline.ref, "due_at": deadline.due_at}
            for issue, falling in effects.deadlines.items()
            for deadline in falling
        ]
        await insert_rows(self.conn, t.timers, rows)

    async def _save_problems(self, effects: Effects) -> None:
        rows = list(_problem_rows(effects))
        if rows:
            await self.conn.execute(insert_missing(self.conn.dialect.name, t.problems), rows)

    async def _save_followers(self, events: Sequence[EventMessage]) -> None:
        following = _following(events)
        f = t.followers.c
        ended = [(f.issue_id == issue) & (f.staff_id == who) for (issue, who), on in following.items() if not on]
        if ended:
            await self.conn.execute(delete(t.followers).where(or_(*ended)))
        begun = [{"issue_id": issue, "staff_id": who} for (issue, who), on in following.items() if on]
        if begun:
            await self.conn.execute(insert_missing(self.conn.dialect.name, t.followers), begun)

    async def _add_tallies(self, effects: Effects) -> None:
        rows = [{"name": name, "n": n} for name, n in sorted(tallied(effects).items()) if n]
        if rows:
            await self.conn.execute(_ADD_TALLIES[self.conn.dialect.name], rows)


def tallied(effects: Effects) -> dict[str, int]:
    """What the batch adds to the sums that `verify` compares; received = applied + refused + duplicates + dead."""
    refused = sum(1 for outcome in effects.outcomes if outcome.refusal)
    answered = len(effects.outcomes)
    return {
        "received": answered + effects.duplicates + effects.dead,
        "applied": answered - refused,
        "refused": refused,
        "duplicates": effects.duplicates,
        "dead": effects.dead,
    }


def _command_row(outcome: Outcome, now: Instant) -> dict[str, Any]:
    message = outcome.message
    return {
        "id": message.id,
        "issue_id": message.issue,
        "kind": message.command.type,
        "by_kind": message.by.kind.value,
        "by_id": message.by.id,
        "refusal": outcome.refusal,
        "refusal_text": outcome.text[:_REFUSAL_WIDTH],
        "events": outcome.events,
        "at": now,
    }


def _event_row(message: EventMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "issue_id": message.issue,
        "version": message.version,
        "kind": message.event.type,
        "at": message.at,
        "body": encode_event(message),
    }


def _problem_rows(effects: Effects) -> Iterable[dict[str, Any]]:
    """A link with a title makes the problem, in the category of the issue that was linked first."""
    for message in effects.events:
        event = message.event
        if isinstance(event, ProblemLinked) and event.title is not None:
            issue = effects.issues.get(message.issue)
            category = issue.category if issue else None
            yield {"id": event.problem, "title": event.title, "category": category, "made_at": message.at}


def _following(events: Sequence[EventMessage]) -> dict[tuple[str, str], bool]:
    """Who follows which issue after these events: the last word counts."""
    return {
        (message.issue, message.event.staff): message.event.on
        for message in events
        if isinstance(message.event, Followed)
    }


async def _forget_waiting(conn: AsyncConnection, ids: Sequence[UUID]) -> None:
    """Their wishes are answered and need not be carried again."""
    if ids:
        await conn.execute(_ANSWERED, {"ids": ids})


async def _forget_published(conn: AsyncConnection, ids: Sequence[UUID]) -> None:
    if ids:
        await conn.execute(_ANNOUNCED, {"ids": ids})
