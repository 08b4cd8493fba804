"""One database, SQLite or PostgreSQL: connections to read and to write on.

In: a URL. Out: `AsyncConnection`s whose failures are `Unavailable` when the database is away, locked or full. It knows
no table. On SQLite one writer writes at a time, in the order asked for, while several readers read.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from issue_stream.store.faults import answering, opening
from issue_stream.store.inline_sqlite import TAKES_THE_LOCK, connect
from schemas.errors import BadInput

READERS = 4
"""SQLite readers: one for each reading that awaits something in between."""

CONNECT_S, STATEMENT_S, QUEUE_S = 5.0, 30.0, 10.0
"""Seconds until PostgreSQL counts as away: for a connection, for a statement, for a free connection of the pool."""

_READER = ("PRAGMA query_only=ON", "PRAGMA synchronous=NORMAL")
_WRITER = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA wal_autocheckpoint=4000",  # a batch of the desk writes 400 to 900 pages: not a checkpoint for each
    "PRAGMA cache_size=-24000",  # kB: a batch fits, so that no page of it is written twice
)
_DURABLE_WRITER = (*_WRITER, "PRAGMA synchronous=FULL")
"""FULL syncs each commit: what the door has said yes to survives a power cut. NORMAL syncs at checkpoints: a power cut
(no crash of ours) may undo the last batches of the desk, whose commands then still wait and are answered again."""

_QUIET: dict[str, Any] = {"hide_parameters": True}
"""Errors are logged, and values may be a partner's words."""


@dataclass(slots=True)
class Database:
    """An open database of one process and one event loop."""

    dialect: str
    _readers: AsyncEngine
    _writer: AsyncEngine
    _durable_writer: AsyncEngine
    _turn: asyncio.Lock | None

    @classmethod
    async def open(cls, url: str, pool: int = 10) -> "Database":
        """The database at `sqlite:///path` or `postgresql://…`; connects at the first use. Raises BadInput.

        `pool` is how many connections to PostgreSQL this process may hold.
        """
        given = _parsed(url)
        if given.get_backend_name() == "sqlite":
            return _sqlite(given)
        return _postgres(given, pool)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read on; each statement sees what was committed when it began."""
        with opening():
            conn = await self._readers.connect()
        with answering():
            try:
                yield conn
            finally:
                await conn.close()

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read on whose statements all see one moment: for audits and exports."""
        async with self.read() as conn:
            begin = "BEGIN" if self._turn else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
            await conn.exec_driver_sql(begin)
            try:
                yield conn
            finally:
                await conn.exec_driver_sql("ROLLBACK")

    @asynccontextmanager
    async def write(self, *, durable: bool = False) -> AsyncIterator[AsyncConnection]:
        """One transaction, committed when the block ends without an error; on SQLite it waits for its turn.

        A `durable` one survives a power cut at once, as all do on PostgreSQL: for what somebody is told we have. Never
        ask for one inside another: on SQLite the second would wait for the first for ever.
        """
        writer = self._durable_writer if durable else self._writer
        async with self._turn or nullcontext(), self._transaction(writer) as conn:
            yield conn

    @asynccontextmanager
    async def _transaction(self, writer: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        with opening():
            conn = await writer.connect()
        with answering():
            try:
                async with conn.begin():
                    yield conn
            finally:
                await conn.close()

    async def close(self) -> None:
        """Close every connection."""
        await self._readers.dispose()
        await self._writer.dispose()
        await self._durable_writer.dispose()


def _parsed(url: str) -> URL:
    try:
        given = make_url(url)
        backend = given.get_backend_name()
    except ArgumentError:
        backend = ""
    if backend not in {"sqlite", "postgresql"} or (backend == "sqlite" and given.database in {None, "", ":memory:"}):
        raise BadInput(
            "database_url",
            expected="sqlite:///path/store.db or postgresql://user@host:port/name",
            found=f"{url.partition('://')[0][:20]}://…",
            todo="Set ISSUE_STREAM_DATABASE_URL.",
        )
    return given


def _sqlite(given: URL) -> Database:
    given = given.set(drivername="sqlite+aiosqlite")
    Path(str(given.database)).parent.mkdir(parents=True, exist_ok=True)
    path = str(given.database)
    shared: dict[str, Any] = {
        "connect_args": {"async_creator_fn": lambda *_arguments, **_options: connect(path)},
        "max_overflow": 0,
        "pool_timeout": QUEUE_S,
    }
    shared |= _QUIET
    readers = create_async_engine(
        given,
        pool_size=READERS,
        pool_reset_on_return=None,
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
        **shared,
    )
    writer = create_async_engine(given, pool_size=1, **shared)
    durable_writer = create_async_engine(given, pool_size=1, **shared)
    _on_connect(readers, _READER)
    _on_connect(writer, _WRITER)
    _on_connect(durable_writer, _DURABLE_WRITER)
    for engine in (writer, durable_writer):
        event.listen(engine.sync_engine, "begin", _begin_immediate)
    return Database("sqlite", readers, writer, durable_writer, asyncio.Lock())


def _on_connect(engine: AsyncEngine, pragmas: tuple[str, ...]) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own class
        connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()


def _begin_immediate(connection: Any) -> None:  # noqa: ANN401 - the synchronous twin of AsyncConnection
    """Take the write lock at once: a transaction that reads first and writes later can be told "locked" in between."""
    connection.exec_driver_sql(TAKES_THE_LOCK)


def _postgres(given: URL, pool: int) -> Database:
    engine = create_async_engine(
        given.set(drivername="postgresql+asyncpg"),
        pool_size=pool,
        max_overflow=0,
        pool_timeout=QUEUE_S,
        connect_args={
            "timeout": CONNECT_S,
            "command_timeout": STATEMENT_S,
            "prepared_statement_cache_size": 500,  # one IN list of every length up to a batch, for the hot statements
            "server_settings": {"jit": "off", "application_name": "issue-stream"},  # short statements: jit costs more
        },
        skip_autocommit_rollback=True,
        **_QUIET,
    )
    return Database("postgresql", engine.execution_options(isolation_level="AUTOCOMMIT"), engine, engine, None)
