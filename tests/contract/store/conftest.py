"""One suite for both databases: every test takes `url`, a migrated and empty store of its own."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from issue_stream.store.database import Database
from issue_stream.store.desk_store import SqlDeskStore
from issue_stream.store.migrate import upgrade
from issue_stream.store.tables import metadata
from tests.builders import NOW, policy_book

_TRUNCATE = f"TRUNCATE {', '.join(metadata.tables)} CASCADE"


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrating takes longer than most tests: it is done once and copied."""
    file = tmp_path_factory.mktemp("migrated") / "store.db"
    asyncio.run(upgrade(f"sqlite:///{file}"))
    return file


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return asyncio.run(_emptied(request.getfixturevalue("postgres_url")))
    shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "store.db")
    return f"sqlite:///{tmp_path / 'store.db'}"


async def _emptied(postgres_url: str) -> str:
    await upgrade(postgres_url)
    database = await Database.open(postgres_url)
    async with database.write() as conn:
        await conn.execute(text(_TRUNCATE))
    await database.close()
    return postgres_url


@pytest.fixture
async def db(url: str) -> AsyncIterator[Database]:
    database = await Database.open(url)
    yield database
    await database.close()


@pytest.fixture
async def other(url: str) -> AsyncIterator[Database]:
    """The same store as another process sees it."""
    database = await Database.open(url)
    yield database
    await database.close()


@pytest.fixture
def store(db: Database) -> SqlDeskStore:
    return SqlDeskStore(db, policy_book, lambda: NOW)
