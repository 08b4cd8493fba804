"""SQLite in the event loop's own thread, in the shape that SQLAlchemy's asyncio dialect expects of aiosqlite.

A statement on a local file takes 20 to 200 µs; handing it to a thread and back costs 300 µs and, in a busy loop, the
interpreter's switch interval each way. One issue's life is some hundred statements. Only taking the write lock
can wait, for another process: it waits without blocking the loop. Figures: docs/adr/0004-sqlite-in-the-loop.md.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

LOCK_WAIT_S = 5.0
"""How long taking the write lock waits for another process."""
LOOK_AGAIN_S = 0.01
TAKES_THE_LOCK = "BEGIN IMMEDIATE"


class InlineCursor:
    """`aiosqlite.Cursor`, whose coroutines are done when they are first awaited."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._cursor.close()

    @property
    def description(self) -> Any:  # noqa: ANN401 - DB-API's tuple of tuples
        """Columns of the answer."""
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        """Rows changed."""
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        """The row inserted last."""
        return self._cursor.lastrowid

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> "InlineCursor":
        """Run a statement; taking the write lock waits without blocking the loop."""
        if statement == TAKES_THE_LOCK:
            await self._take_lock()
        else:
            self._cursor.execute(statement, parameters)
        return self

    async def _take_lock(self) -> None:
        until = asyncio.get_running_loop().time() + LOCK_WAIT_S
        while True:
            try:
                self._cursor.execute(TAKES_THE_LOCK)
            except sqlite3.OperationalError as exc:
                is_busy = exc.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not is_busy or asyncio.get_running_loop().time() >= until:
                    raise
            else:
                return
            await asyncio.sleep(LOOK_AGAIN_S)

    async def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> "InlineCursor":
        """Run a statement for every row."""
        self._cursor.executemany(statement, rows)
        return self

    async def fetchone(self) -> Any:  # noqa: ANN401 - a row
        """The next row."""
        return self._cursor.fetchone()

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next rows."""
        return self._cursor.fetchmany(size or self.arraysize)

    async def fetchall(self) -> list[Any]:
        """All rows."""
        return self._cursor.fetchall()

    async def close(self) -> None:
        """Let go of the answer."""
        self._cursor.close()


class _AtOnce:
    """aiosqlite's queue of things for its thread, done at once."""

    def put_nowait(self, asked: "tuple[asyncio.Future[Any], Callable[[], Any]]") -> None:
        future, work = asked
        future.set_result(work())


class InlineConnection:
    """`aiosqlite.Connection` without a thread."""

    def __init__(self, path: str) -> None:
        self._conn = sqlite3.connect(path, timeout=0.05, isolation_level=None, check_same_thread=False)
        self._connection: sqlite3.Connection | None = self._conn
        self._tx = _AtOnce()

    @property
    def isolation_level(self) -> str | None:
        """Always None: transactions begin where we say."""
        return self._conn.isolation_level

    def cursor(self) -> InlineCursor:
        """A cursor."""
        return InlineCursor(self._conn.cursor())

    async def commit(self) -> None:
        """Commit."""
        self._conn.commit()

    async def rollback(self) -> None:
        """Undo."""
        self._conn.rollback()

    async def create_function(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - sqlite3's signature
        """A function for SQL."""
        self._conn.create_function(*arguments, **options)

    async def close(self) -> None:
        """Close."""
        self.stop()

    def stop(self) -> None:
        """Close at once."""
        self._connection = None
        self._conn.close()


async def connect(path: str) -> InlineConnection:
    """A connection to this file."""
    return InlineConnection(path)
