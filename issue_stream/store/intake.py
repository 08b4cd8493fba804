"""What the intake keeps in one transaction: texts, numbers, and wishes that wait to be carried to the desk."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.store import tables as t
from issue_stream.store.upsert import insert_missing
from schemas.envelope import CommandMessage, encode_command

_n = t.numbers.c
_TAKE_NUMBERS = update(t.numbers).where(_n.name == "issue").values(last=_n.last + bindparam("count")).returning(_n.last)
FIRST_NUMBER = 1001
"""Numbers begin here: four digits from the first issue on read as a number, not as a count."""


def text_ref(words: str) -> str:
    """The content id of a text: the same words always have the same id."""
    return f"t-{hashlib.sha256(words.encode()).hexdigest()}"


async def keep_texts(conn: AsyncConnection, texts: Sequence[str], now: datetime) -> None:
    """Store texts under their content ids; those known already stay as they are."""
    rows = [
        {
            "id": text_ref(words),
            "media_type": "text/plain",
            "size": len(words.encode()),
            "text": words.replace("\x00", "\ufffd"),  # PostgreSQL keeps no NUL
            "at": now,
        }
        for words in dict.fromkeys(texts)
    ]
    if rows:
        await conn.execute(insert_missing(conn.dialect.name, t.contents), rows)


async def take_numbers(conn: AsyncConnection, count: int) -> range:
    """The next `count` issue numbers; each is given once, and a rolled back transaction may leave a gap."""
    last: int | None = (await conn.execute(_TAKE_NUMBERS, {"count": count})).scalar_one_or_none()
    if last is None:
        first = {"name": "issue", "last": FIRST_NUMBER - 1}
        await conn.execute(insert_missing(conn.dialect.name, t.numbers), first)
        last = (await conn.execute(_TAKE_NUMBERS, {"count": count})).scalar_one()
    return range(last - count + 1, last + 1)


async def hold_all(conn: AsyncConnection, messages: Sequence[CommandMessage], now: datetime, *, sent: bool) -> None:
    """Keep wishes until the desk has answered them; `sent` when this process carries them itself right away."""
    rows = [
        {"id": m.id, "issue_id": m.issue, "body": encode_command(m), "at": now, "sent_at": now if sent else None}
        for m in messages
    ]
    if rows:
        await conn.execute(insert_missing(conn.dialect.name, t.waiting_commands), rows)


async def unsent(conn: AsyncConnection, again_before: datetime, limit: int) -> list[tuple[Any, str, bytes]]:
    """Wishes nobody carried, or not answered since `again_before`: (id, issue, body), oldest first."""
    w = t.waiting_commands
    waiting = w.c.sent_at.is_(None) | (w.c.sent_at < again_before)
    rows = await conn.execute(select(w.c.id, w.c.issue_id, w.c.body).where(waiting).order_by(w.c.at).limit(limit))
    return [(row.id, row.issue_id, row.body) for row in rows]


async def mark_sent(conn: AsyncConnection, ids: Sequence[Any], now: datetime) -> None:
    """These were carried now; the desk forgets them when it has answered."""
    w = t.waiting_commands
    await conn.execute(update(w).where(w.c.id.in_(ids)).values(sent_at=now))
