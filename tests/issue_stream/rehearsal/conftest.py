"""Two stores that must keep the same promises: the one in memory, and the real one on SQLite."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from issue_stream.rehearsal.memory import MemoryDeskStore, MemoryHouse
from issue_stream.store.database import Database
from issue_stream.store.desk_store import SqlDeskStore
from issue_stream.store.migrate import upgrade
from issue_stream.store.timers import claim_due
from schemas.ports import DeskStore
from schemas.values import Instant
from tests.builders import NOW, context, policy_book

Row = tuple[str, str, str, Instant]
LEASE = timedelta(minutes=1)


@dataclass(frozen=True)
class Store:
    """A desk's store, what fell due in it, and how many of its events wait to be announced."""

    desk: DeskStore
    due: Callable[[Instant], Awaitable[list[Row]]]
    unpublished: Callable[[], Awaitable[int]]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("store") / "store.db"
    asyncio.run(upgrade(f"sqlite:///{file}"))
    return file


@pytest.fixture(params=["memory", "sqlite"])
def file(request: pytest.FixtureRequest, migrated: Path, tmp_path: Path) -> Path | None:
    """An empty, migrated store's file; None for the one in memory."""
    return Path(shutil.copy(migrated, tmp_path / "store.db")) if request.param == "sqlite" else None


@pytest.fixture
async def store(file: Path | None) -> AsyncIterator[Store]:
    if file is None:
        yield _in_memory()
        return
    db = await Database.open(f"sqlite:///{file}")
    yield _on_disk(db)
    await db.close()


def _in_memory() -> Store:
    house = MemoryHouse(book=policy_book(), people=context().directory)

    async def due(now: Instant) -> list[Row]:
        return [(row.issue, row.kind.value, row.ref, row.due_at) for row in house.timers.claim_due(now)]

    async def unpublished() -> int:
        return len(house.unpublished)

    return Store(MemoryDeskStore(house), due, unpublished)


def _on_disk(db: Database) -> Store:
    desk = SqlDeskStore(db, lambda: NOW)

    async def due(now: Instant) -> list[Row]:
        rows = await claim_due(db, now, 100, LEASE)
        return [(row.issue_id, str(row.kind), row.ref, row.due_at) for row in rows]

    async def unpublished() -> int:
        return len(await desk.unpublished(NOW + timedelta(days=400), 1000))

    return Store(desk, due, unpublished)
