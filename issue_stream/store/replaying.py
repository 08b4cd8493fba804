"""Having a dead letter taken again: a wish waits for the desk again, an event is announced again.

In: where the letter stood. Out: rows that a worker's rounds pick up. Taking anything twice changes nothing, so a replay
is always safe; what cannot be read even now is BadInput and stays where it is.
"""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.store import tables as t
from issue_stream.store.dead_letters import KeptLetter, dead_letter, mark_replayed
from issue_stream.store.intake import hold_all
from issue_stream.store.upsert import insert_missing
from schemas.envelope import decode_command, decode_event
from schemas.errors import BadInput, Undecodable
from schemas.notices import decode_notice
from schemas.topics import ISSUE_COMMANDS, ISSUE_NOTICES
from schemas.values import Instant

_Message = TypeVar("_Message")


async def replay(conn: AsyncConnection, topic: str, partition: int, offset: int, now: Instant) -> None:
    """Have this letter taken again; raises NotFound, or BadInput when it still cannot be read."""
    letter = await dead_letter(conn, topic, partition, offset)
    if letter.topic == ISSUE_COMMANDS.name:
        await hold_all(conn, [_readable(letter, decode_command)], now, sent=False)
    else:
        await _announce_again(conn, letter, now)
    await mark_replayed(conn, topic, partition, offset, now)


def _readable(letter: KeptLetter, decode: Callable[[bytes | None], _Message]) -> _Message:
    try:
        return decode(letter.value)
    except Undecodable as exc:
        todo = "Mend its sender and have it sent anew; this letter can stay where it is."
        raise BadInput("letter", expected="a message that can be read now", found=str(exc), todo=todo) from exc


async def _announce_again(conn: AsyncConnection, letter: KeptLetter, now: Instant) -> None:
    event = _event_of(letter)
    known = select(t.events.c.id).where(t.events.c.id == event)
    if event is None or (await conn.execute(known)).first() is None:
        todo = "There is nothing in the store to announce again; a digest is made anew the next morning."
        raise BadInput("letter", expected="a message made of an event in the store", found="none", todo=todo)
    await conn.execute(insert_missing(conn.dialect.name, t.outbox).values(event_id=event, at=now))


def _event_of(letter: KeptLetter) -> UUID | None:
    if letter.topic == ISSUE_NOTICES.name:
        return _readable(letter, decode_notice).event
    message = _readable(letter, decode_event)
    return message.id if message is not None else None
