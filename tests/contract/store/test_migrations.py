"""The tables that migrations make are the tables of the code, on both databases."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Connection, Integer, MetaData, Table, make_url, text
from sqlalchemy.exc import DBAPIError

from issue_stream.store import tables as t
from issue_stream.store.database import Database
from issue_stream.store.migrate import current, heads, upgrade
from issue_stream.store.tables import metadata
from schemas.errors import Unavailable

FRESH = f"migrations_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A database without a table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    given = make_url(request.getfixturevalue("postgres_url"))
    await _command(given.render_as_string(hide_password=False), f"DROP DATABASE IF EXISTS {FRESH} WITH (FORCE)")
    await _command(given.render_as_string(hide_password=False), f"CREATE DATABASE {FRESH}")
    yield given.set(database=FRESH).render_as_string(hide_password=False)
    await _command(given.render_as_string(hide_password=False), f"DROP DATABASE {FRESH} WITH (FORCE)")


async def _command(url: str, sql: str) -> None:
    db = await Database.open(url)
    async with db.read() as conn:  # outside a transaction, as PostgreSQL wants it
        await conn.execute(text(sql))
    await db.close()


def _differences(connection: Connection, expected: MetaData) -> list[object]:
    found = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(found, expected))


async def _compared(url: str, expected: MetaData) -> list[object]:
    db = await Database.open(url)
    async with db.read() as conn:
        differences = await conn.run_sync(_differences, expected)
    await db.close()
    return differences


async def test_the_migrated_tables_are_the_tables_of_the_code(empty: str) -> None:
    await upgrade(empty)

    assert await _compared(empty, metadata) == []


async def test_the_comparison_would_notice_a_column_and_a_table(empty: str) -> None:
    """A check that cannot fail is none."""
    await upgrade(empty)
    newer = MetaData()
    for table in metadata.tables.values():
        table.to_metadata(newer)
    newer.tables["issues"].append_column(Column("added", Integer))
    Table("added", newer, Column("id", Integer, primary_key=True))

    assert len(await _compared(empty, newer)) == 2


async def test_an_empty_database_is_brought_to_the_newest_revision(empty: str) -> None:
    before = await current(empty)

    await upgrade(empty)

    assert before is None
    assert (await current(empty),) == heads()


async def test_migrating_again_changes_nothing(empty: str) -> None:
    await upgrade(empty)
    db = await Database.open(empty)
    async with db.write() as conn:
        await conn.execute(t.settings.insert().values(name="kept", text="yes"))
    await upgrade(empty)

    async with db.read() as conn:
        assert (await conn.execute(t.settings.select())).one() == ("kept", "yes")
    await db.close()


async def test_several_that_migrate_at_once_do_not_collide(empty: str) -> None:
    await asyncio.gather(*(upgrade(empty) for _ in range(4)))

    assert (await current(empty),) == heads()


async def test_a_revision_that_fails_leaves_nothing(empty: str) -> None:
    """A table of somebody else stands in the way of the last one of ours."""
    db = await Database.open(empty)
    async with db.write() as conn:
        await conn.execute(text("CREATE TABLE settings (mine INTEGER)"))
    await db.close()

    with pytest.raises(DBAPIError, match=r"settings.* already exists"):
        await upgrade(empty)

    assert await current(empty) is None
    assert len(await _compared(empty, metadata)) > len(metadata.tables)


async def test_migrating_a_database_that_is_away_is_unavailable(unused_tcp_port: int) -> None:
    with pytest.raises(Unavailable, match="it cannot be reached"):
        await upgrade(f"postgresql://nobody@127.0.0.1:{unused_tcp_port}/store")
