"""The notice book: every notice there was, and what became of it.

In: notices, marks. Out: which are new, which are due, how many were sent. It renders and sends nothing. What the
protocol `NoticeBook` in `schemas/ports.py` promises is kept here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Row,
    Select,
    bindparam,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.store import tables as t
from issue_stream.store.database import Database
from issue_stream.store.types import InstantColumn
from issue_stream.store.upsert import insert_missing
from schemas.letter import Claimed, Entry, Mark, NoticeState
from schemas.notices import Notice, decode_notice, encode_notice
from schemas.values import Instant, Span

_n = t.notices.c
_GONE = frozenset({NoticeState.SENT, NoticeState.TOGETHER})
_WITH_REASON = frozenset({NoticeState.FAILED, NoticeState.WAITING})


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A letter as it left, for the local outbox page; `text` and `html` are empty when they were not kept."""

    key: str
    kind: str
    recipient: str
    sent_at: Instant
    address: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class SqlNoticeBook:
    """`NoticeBook` on the store."""

    db: Database

    async def add(self, entries: Sequence[Entry]) -> frozenset[str]:
        """Store those whose key is not known yet; gives back exactly the keys that were new."""
        if not entries:
            return frozenset()
        rows = [_row(entry) for entry in {entry.notice.key: entry for entry in entries}.values()]
        async with self.db.write() as conn:
            return await add_entries(conn, rows)

    async def claim_due(self, now: Instant, limit: int, lease: Span) -> tuple[Claimed, ...]:
        """Due notices that nobody holds, oldest first, with what waits for the same reader, issue and channel.

        Looks before it takes the write lock: mostly nothing is due.
        """
        due = _free(now).where(_n.due_at <= now).order_by(_n.due_at, _n.at, _n.key)
        async with self.db.read() as conn:
            if (await conn.execute(due.limit(1))).first() is None:
                return ()
        async with self.db.write() as conn:
            rows = list(await conn.execute(due.limit(limit).with_for_update(skip_locked=True)))
            rows += await _companions(conn, rows, now)
            held = update(t.notices).where(_n.key.in_([row.key for row in rows])).values(claimed_until=now + lease)
            await conn.execute(held)
        return tuple(Claimed(notice=decode_notice(row.body), tries=row.tries) for row in rows)

    async def mark(self, marks: Sequence[Mark]) -> None:
        """Write what became of claimed notices, in one transaction."""
        if not marks:
            return
        async with self.db.write() as conn:
            await conn.execute(_MARK, [_marked(mark) for mark in marks])

    async def sent_since(self, since: Mapping[str, Instant], enough: int) -> Mapping[str, int]:
        """How many messages each recipient was sent from their instant on, counted up to `enough`; missing means none.

        Somebody may be sent thousands a day, and their rows are whole letters: no more of them are touched than matter.
        """
        if not since:
            return {}
        given: dict[str, Any] = {"readers": list(since), "since": list(since.values())}
        if self.db.dialect == "sqlite":
            begins = {who: InstantColumn.microseconds(at) for who, at in since.items()}
            given = {"since": orjson.dumps(begins).decode()}
        async with self.db.read() as conn:
            rows = await conn.execute(_SENT[self.db.dialect], given | {"enough": enough})
            return {row.recipient: row.sent for row in rows if row.sent}

    async def sent_box(self, limit: int, before: Instant | None = None) -> list[SentLetter]:
        """The newest letters that left, at most `limit`, those sent before an instant when one is given."""
        left = select(*(_n[column.name] for column in fields(SentLetter))).where(_n.state == NoticeState.SENT)
        sent = left.order_by(_n.sent_at.desc(), _n.key).limit(limit)
        async with self.db.read() as conn:
            rows = await conn.execute(sent if before is None else sent.where(_n.sent_at < before))
            return [_sent(row) for row in rows]


async def add_entries(conn: AsyncConnection, rows: Sequence[dict[str, Any]]) -> frozenset[str]:
    """The keys of those rows of `notices` that were not there yet, and are now."""
    added = insert_missing(conn.dialect.name, t.notices).returning(_n.key)
    return frozenset((await conn.execute(added, rows)).scalars())


def _sent_to(readers: FromClause, recipient: ColumnElement[str], since: ColumnElement[Instant]) -> Select[Any]:
    """A row for each reader; the innermost select sees the reader of the outermost."""
    letters = select(literal(1)).where(_n.recipient == recipient, _n.sent_at >= since, _n.state == NoticeState.SENT)
    few = letters.limit(bindparam("enough", type_=Integer)).correlate(readers).subquery()
    count = select(func.count()).select_from(few).correlate(readers).scalar_subquery()
    return select(recipient.label("recipient"), count.label("sent"))


def _sent_on_sqlite() -> Select[Any]:
    readers = func.json_each(bindparam("since")).table_valued("key", "value", name="readers")
    return _sent_to(readers, readers.c.key, readers.c.value)


def _sent_on_postgresql() -> Select[Any]:
    ids = bindparam("readers", type_=postgresql.ARRAY(_n.recipient.type))
    begins = bindparam("since", type_=postgresql.ARRAY(_n.sent_at.type))
    readers = func.unnest(ids, begins).table_valued("recipient", "since", name="readers").render_derived()
    return _sent_to(readers, readers.c.recipient, readers.c.since)


_SENT = {"sqlite": _sent_on_sqlite(), "postgresql": _sent_on_postgresql()}


def notice_row(notice: Notice) -> dict[str, Any]:
    """The columns that a notice itself fills."""
    return {
        "key": notice.key,
        "kind": notice.kind.value,
        "audience": notice.audience.value,
        "recipient": notice.recipient,
        "channel": notice.channel.value,
        "issue_id": notice.issue,
        "body": encode_notice(notice),
        "at": notice.at,
    }


def _row(entry: Entry) -> dict[str, Any]:
    standing = {"state": entry.state.value, "due_at": entry.due_at, "claimed_until": entry.claimed_until, "tries": 0}
    return notice_row(entry.notice) | standing


def _free(now: Instant) -> Select[Any]:
    c = (_n.key, _n.recipient, _n.issue_id, _n.channel, _n.body, _n.tries)
    unclaimed: ColumnElement[bool] = or_(_n.claimed_until.is_(None), _n.claimed_until <= now)
    return select(*c).where(_n.state == NoticeState.WAITING, unclaimed)


async def _companions(conn: AsyncConnection, due: Sequence[Row[Any]], now: Instant) -> list[Row[Any]]:
    """What leaves together with these: same reader, issue and channel; notices without an issue leave alone."""
    groups = {(row.recipient, row.issue_id, row.channel) for row in due if row.issue_id is not None}
    if not groups:
        return []
    same = tuple_(_n.recipient, _n.issue_id, _n.channel).in_(sorted(groups))
    others = _free(now).where(same, _n.key.not_in([row.key for row in due])).order_by(_n.at, _n.key)
    return list(await conn.execute(others.with_for_update(skip_locked=True)))


_MARK = (
    update(t.notices)
    .where(_n.key == bindparam("of_key"))
    .values(
        state=bindparam("new_state"),
        claimed_until=None,
        tries=bindparam("new_tries"),
        due_at=func.coalesce(bindparam("new_due_at", type_=_n.due_at.type), _n.due_at),
        sent_at=bindparam("new_sent_at", type_=_n.sent_at.type),
        sent_with=bindparam("new_sent_with"),
        address=bindparam("new_address"),
        subject=bindparam("new_subject"),
        text=bindparam("new_text"),
        html=bindparam("new_html"),
        failure=bindparam("new_failure"),
    )
)


def _marked(mark: Mark) -> dict[str, Any]:
    letter = mark.letter if mark.state is NoticeState.SENT else None
    return {
        "of_key": mark.key,
        "new_state": mark.state.value,
        "new_tries": mark.tries,
        "new_due_at": mark.due_at if mark.state is NoticeState.WAITING else None,
        "new_sent_at": mark.at if mark.state in _GONE else None,
        "new_sent_with": (mark.sent_with or None) if mark.state is NoticeState.TOGETHER else None,
        "new_address": (letter.to_address or None) if letter else None,
        "new_subject": (letter.subject[:600] or None) if letter else None,
        "new_text": (letter.text or None) if letter else None,
        "new_html": (letter.html or None) if letter else None,
        "new_failure": (mark.failure or None) if mark.state in _WITH_REASON else None,
    }


def _sent(row: Row[Any]) -> SentLetter:
    return SentLetter(
        key=row.key,
        kind=row.kind,
        recipient=row.recipient,
        sent_at=row.sent_at,
        address=row.address or "",
        subject=row.subject or "",
        text=row.text or "",
        html=row.html or "",
    )
