"""A store with its door and a desk that answers when told to: no log, no timers, the real decisions and rows."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from agents import desk
from issue_stream.intake.door import Door
from issue_stream.sample.setup import SetUp
from issue_stream.store import tables as t
from issue_stream.store.database import Database
from issue_stream.store.desk_store import SqlDeskStore
from issue_stream.store.intake import unsent
from issue_stream.store.reading import SqlReading
from schemas.envelope import EventMessage, decode_command
from tests.builders import NOW, policy_book

LATER = timedelta(days=3650)


def store_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'store.db'}"


async def make_tables(url: str) -> None:
    db = await Database.open(url)
    async with db.write() as conn:
        await conn.run_sync(t.metadata.create_all)
    await db.close()


@dataclass
class LittleHouse:
    """Its clock stands still until a test moves it."""

    db: Database
    at: datetime = NOW
    announced: list[EventMessage] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    @property
    def door(self) -> Door:
        return Door(self.db, policy_book, self.now)

    @property
    def set_up(self) -> SetUp:
        return SetUp(self.db, self.door, self.now)

    async def settle(self) -> int:
        """The desk answers everything that waits; how many wishes that were."""
        async with self.db.read() as conn:
            waiting = await unsent(conn, self.at + LATER, 1000)
        reading = SqlReading(self.db, policy_book, self.now)
        store = SqlDeskStore(self.db, self.now)
        needs = desk.Needs(store=store, reading=reading, announce=self._announce, now=self.now)
        if waiting:
            await desk.hear(needs, [decode_command(body) for _, _, body in waiting])
            await store.flush_published()
        return len(waiting)

    async def _announce(self, events: Sequence[EventMessage]) -> None:
        self.announced.extend(events)


@asynccontextmanager
async def little_house(folder: Path) -> AsyncIterator[LittleHouse]:
    """One in this folder, closed at the end of the block; a second one opens the same store."""
    await make_tables(store_url(folder))
    db = await Database.open(store_url(folder))
    try:
        yield LittleHouse(db)
    finally:
        await db.close()
