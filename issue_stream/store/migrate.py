"""Brings the tables of a store to what this release needs.

In: a database URL. Out: the tables of the newest revision. Twice is once, two processes at once go one after the
other, and a revision that fails leaves nothing behind: both databases take their tables in one transaction.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from issue_stream.store.database import Database

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 7_265_001
"""The advisory lock of ours on PostgreSQL; any number that no other program uses in this database."""


async def upgrade(url: str) -> None:
    """Make the tables what this release needs; raises Unavailable when the database is away."""
    db = await Database.open(url)
    try:
        async with db.write() as conn:
            if db.dialect == "postgresql":  # SQLite's write lock is taken already
                await conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            await conn.run_sync(_upgrade)
    finally:
        await db.close()


async def current(url: str) -> str | None:
    """The revision the tables stand at; None for a database without our tables."""
    db = await Database.open(url)
    try:
        async with db.read() as conn:
            return await conn.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    finally:
        await db.close()


def heads() -> tuple[str, ...]:
    """The newest revision of this release; more than one is a mistake in a release."""
    return tuple(ScriptDirectory.from_config(_config()).get_heads())


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config
