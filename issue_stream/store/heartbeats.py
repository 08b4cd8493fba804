"""When each part of each worker last did its round: what "are we blind?" is answered from.

In: a part, a worker, an instant. Out: all of them. It judges nothing: how old is too old is said where it is shown.
"""

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.store import tables as t
from issue_stream.store.upsert import upsert
from schemas.values import Instant

_NOTE_WIDTH = 600


@dataclass(frozen=True, slots=True)
class Beat:
    """The last sign of life of a part; `note` says what is wrong with it, empty when nothing is."""

    part: str
    worker: str
    at: Instant
    note: str


async def beat(conn: AsyncConnection, part: str, worker: str, now: Instant, note: str = "") -> None:
    """This part of this worker did its round now."""
    row = {"part": part[:40], "worker": worker[:80], "at": now, "note": note[:_NOTE_WIDTH]}
    await conn.execute(upsert(conn.dialect.name, t.heartbeats).values(row))


async def all_beats(conn: AsyncConnection) -> list[Beat]:
    """Every part of every worker, newest first."""
    h = t.heartbeats.c
    rows = await conn.execute(select(t.heartbeats).order_by(h.at.desc(), h.part, h.worker))
    return [Beat(part=row.part, worker=row.worker, at=row.at, note=row.note) for row in rows]


async def forget_beats(conn: AsyncConnection, before: Instant) -> None:
    """Workers that ended long ago are no longer listed."""
    await conn.execute(delete(t.heartbeats).where(t.heartbeats.c.at < before))
