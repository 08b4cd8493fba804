"""One suite for both databases: every test takes `url`, a migrated and empty store of its own."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from issue_stream.store.database import Database
from issue_stream.store.desk_store import SqlDeskStore
from issue_stream.store.migrate import upgrade
from issue_stream.store.tables import metadata
from tests.builders import NOW

_TRUNCATE = f"TRUNCATE {', '.join(metadata.tables)} CASCADE"


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrating takes longer than most tests: it is done once and copied."""
    file = tmp_path_factory.mktemp("migrated") / "store.db"
    asyncio.run(upgrade(f"sqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def migrated_server(postgres_url: str) -> Iterator[str]:
    """A database of this suite's own, also when several processes test at once."""
    name = f"store_contract_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    own = make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    asyncio.run(_ask(postgres_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}"))
    asyncio.run(upgrade(own))
    yield own
    asyncio.run(_ask(postgres_url, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        server: str = request.getfixturevalue("migrated_server")
        asyncio.run(_ask(server, _TRUNCATE))
        return server
    shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "store.db")
    return f"sqlite:///{tmp_path / 'store.db'}"


async def _ask(url: str, *statements: str) -> None:
    database = await Database.open(url)
    async with database.read() as conn:  # outside a transaction, as CREATE DATABASE wants it
        for statement in statements:
            await conn.execute(text(statement))
    await database.close()


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
    return SqlDeskStore(db, lambda: NOW)
