"""Messages that an agent put away: kept with their bytes and the reason until an operator replays them.

In: a letter as the guard made it. Out: letters to list, show and replay. Keeping one twice is keeping it once. A wish
that is put away is counted for the desk and waits no longer, or it would be carried for ever.
"""

from dataclasses import dataclass
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agents._shell import DeadLetter
from issue_stream.store import tables as t
from issue_stream.store.upsert import add_up, insert_missing
from schemas.errors import NotFound
from schemas.values import Instant

DESK = "desk"
_REASON_WIDTH = 600


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """A dead letter as it was kept."""

    topic: str
    partition: int
    offset: int
    agent: str
    key: bytes | None
    value: bytes | None
    reason: str
    at: Instant
    replayed_at: Instant | None


async def keep(conn: AsyncConnection, letter: DeadLetter, now: Instant) -> bool:
    """Keep it; False when it was kept before."""
    row = {"topic": letter.topic, "partition": letter.partition, "offset": letter.offset, "agent": letter.agent}
    row |= {"key": letter.key, "value": letter.value, "reason": letter.reason[:_REASON_WIDTH], "at": now}
    is_new = bool((await conn.execute(insert_missing(conn.dialect.name, t.dead_letters).values(row))).rowcount)
    if is_new and letter.agent == DESK:
        counted = [{"name": "dead", "n": 1}, {"name": "received", "n": 1}]
        await conn.execute(add_up(conn.dialect.name, t.tallies), counted)
        await _no_longer_waits(conn, letter.value)
    return is_new


async def dead_letters(conn: AsyncConnection, limit: int, *, replayed: bool = False) -> list[KeptLetter]:
    """The newest letters, without those that were replayed unless asked for."""
    c = t.dead_letters.c
    wanted = select(t.dead_letters).order_by(c.at.desc(), c.topic, c.partition, c.offset.desc()).limit(limit)
    rows = await conn.execute(wanted if replayed else wanted.where(c.replayed_at.is_(None)))
    return [KeptLetter(*row) for row in rows]


async def dead_letter(conn: AsyncConnection, topic: str, partition: int, offset: int) -> KeptLetter:
    """One letter; raises NotFound."""
    row = (await conn.execute(select(t.dead_letters).where(_at(topic, partition, offset)))).first()
    if row is None:
        raise NotFound(f"expected a dead letter at {topic}/{partition}/{offset}, found none; list them first")
    return KeptLetter(*row)


async def mark_replayed(conn: AsyncConnection, topic: str, partition: int, offset: int, now: Instant) -> None:
    """It was sent again now; raises NotFound."""
    replayed = update(t.dead_letters).where(_at(topic, partition, offset)).values(replayed_at=now)
    if not (await conn.execute(replayed)).rowcount:
        raise NotFound(f"expected a dead letter at {topic}/{partition}/{offset}, found none; list them first")


async def count_dead(conn: AsyncConnection) -> int:
    """How many nobody has replayed."""
    unread = select(func.count()).select_from(t.dead_letters).where(t.dead_letters.c.replayed_at.is_(None))
    return int((await conn.execute(unread)).scalar_one())


def _at(topic: str, partition: int, offset: int) -> ColumnElement[bool]:
    c = t.dead_letters.c
    return and_(c.topic == topic, c.partition == partition, c.offset == offset)


async def _no_longer_waits(conn: AsyncConnection, value: bytes | None) -> None:
    wish = _wish_id(value)
    if wish is not None:
        await conn.execute(delete(t.waiting_commands).where(t.waiting_commands.c.id == wish))


def _wish_id(value: bytes | None) -> UUID | None:
    """The id in the bytes, as far as they can be read at all."""
    try:
        return UUID(orjson.loads(value or b"")["id"])
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        return None
