"""A durable append-only log in one SQLite file: topics, partitions, offsets, what each consumer group has committed.

Records come in by `append` and are durable when its future resolves; what is appended at the same moment shares
one transaction in the writer thread. A write that fails (disk full, file locked) fails its futures, never silently.
One process at a time holds the file.
"""

import asyncio
import fcntl
import json
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, TypeVar

from issue_stream.carriage.retention import forget_old
from issue_stream.carriage.schema import connect, prepare
from schemas.errors import Unavailable

_Result = TypeVar("_Result")

Headers = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it is appended; `at` is seconds since 1970."""

    part: int
    at: float
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """One record as it is read."""

    offset: int
    at: float
    key: bytes | None
    value: bytes | None
    headers: Headers


class Log:
    """An open log file. Appends and commits happen in one writer thread, reads in the event loop: they take 20 µs."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._lock = _hold(path)
        try:
            self._w, self._r = _writer_and_reader(path)
        except sqlite3.Error as exc:
            self._lock.close()
            raise Unavailable("the embedded log", f"{exc}; check the disk and the rights of {path}") from exc
        self._writer = ThreadPoolExecutor(1, "embedded-log")
        self.topics: dict[str, int] = dict(self._r.execute("SELECT name, partitions FROM topic"))
        self._parts: dict[tuple[str, int], int] = {}
        self._next: dict[int, int] = {}
        for part, topic, number, following in self._r.execute("SELECT id, topic, number, next FROM part"):
            self._parts[topic, number], self._next[part] = part, following
        self._ends = dict(self._next)  # of the writer thread alone: never behind what is durable
        self._making = asyncio.Lock()
        self._pending: list[tuple[Record, asyncio.Future[int]]] = []
        self._flusher: asyncio.Task[None] | None = None
        self._last: asyncio.Future[int] | None = None
        self.news = asyncio.Event()

    async def create_topic(self, name: str, partitions: int, retention_s: float) -> None:
        """Make a topic; one that exists stays as it is. `retention_s` 0 keeps records for ever."""
        async with self._making:  # two at once make one
            if name in self.topics:
                return
            for number, part in enumerate(await self._in_writer(self._make_topic, name, partitions, retention_s)):
                self._parts[name, number], self._next[part] = part, 0
            self.topics[name] = partitions

    def _make_topic(self, name: str, partitions: int, retention_s: float) -> list[int]:
        insert = "INSERT INTO part (topic, number) VALUES (?, ?) RETURNING id"
        with _transaction(self._w):
            self._w.execute("INSERT INTO topic VALUES (?, ?, ?)", (name, partitions, retention_s))
            parts = [int(self._w.execute(insert, (name, number)).fetchone()[0]) for number in range(partitions)]
        self._ends |= dict.fromkeys(parts, 0)
        return parts

    def part(self, topic: str, number: int) -> int:
        """The id of a partition."""
        return self._parts[topic, number]

    def has_part(self, topic: str, number: int) -> bool:
        """Whether the partition exists."""
        return (topic, number) in self._parts

    def append(self, record: Record) -> "asyncio.Future[int]":
        """Its offset once it is durable; the future fails with Unavailable when it could not be written."""
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._pending.append((record, future))
        self._last = future
        if self._flusher is None:
            self._flusher = asyncio.get_running_loop().create_task(self._flush())
        return future

    async def _flush(self) -> None:
        try:
            while self._pending:
                group, self._pending = self._pending, []
                await self._write_group(group)
        finally:
            self._flusher = None

    async def _write_group(self, group: "list[tuple[Record, asyncio.Future[int]]]") -> None:
        try:
            offsets = await self._in_writer(self._write, [record for record, _ in group])
        except Unavailable as exc:
            for _, future in group:
                if not future.done():
                    future.set_exception(exc)
            return
        for (record, future), offset in zip(group, offsets, strict=True):
            self._next[record.part] = offset + 1
            if not future.done():
                future.set_result(offset)
        self.news.set()

    def _write(self, records: Sequence[Record]) -> list[int]:
        """Their offsets. What a failed transaction counted is forgotten with it."""
        ends = {record.part: self._ends[record.part] for record in records}
        rows = []
        for record in records:
            rows.append((record.part, ends[record.part], *_columns(record)))
            ends[record.part] += 1
        with _transaction(self._w):
            self._w.executemany("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?)", rows)
            self._w.executemany("UPDATE part SET next = ? WHERE id = ?", [(end, part) for part, end in ends.items()])
        self._ends |= ends
        return [row[1] for row in rows]

    async def flush(self) -> None:
        """Wait for what was appended before this call; under steady traffic the log is never idle."""
        if self._last is not None and not self._last.done():
            await asyncio.wait([self._last])

    def read(self, part: int, offset: int, limit: int) -> list[Stored]:
        """Durable records from this offset on, in order; gaps that retention left are skipped. Raises Unavailable."""
        if offset >= self._next[part]:
            return []
        select = (
            "SELECT offset, at, key, value, headers FROM record WHERE part = ? AND offset >= ? AND offset < ?"
            " ORDER BY offset LIMIT ?"
        )
        try:
            rows = self._r.execute(select, (part, offset, self._next[part], limit)).fetchall()
        except sqlite3.Error as exc:
            raise _away(exc, self.path) from exc
        return [Stored(number, at, key, value, _headers(headers)) for number, at, key, value, headers in rows]

    def next_offset(self, part: int) -> int:
        """One behind the last durable record."""
        return self._next[part]

    def earliest(self, part: int) -> int:
        """The first record that is still kept."""
        found = self._r.execute("SELECT MIN(offset) FROM record WHERE part = ?", (part,)).fetchone()[0]
        return self._next[part] if found is None else int(found)

    async def commit(self, team: str, offsets: Mapping[int, int]) -> None:
        """Keep what this consumer group has finished, by partition; raises Unavailable."""
        await self._in_writer(self._commit, [(team, part, offset) for part, offset in offsets.items()])

    def _commit(self, rows: Sequence[tuple[str, int, int]]) -> None:
        with _transaction(self._w):
            self._w.executemany(
                "INSERT INTO committed VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET offset = excluded.offset", rows
            )

    def committed(self, team: str) -> dict[int, int]:
        """What this consumer group has finished, by partition."""
        return dict(self._r.execute("SELECT part, offset FROM committed WHERE team = ?", (team,)))

    async def forget(self, heard: Collection[str], now: float, limit: int) -> int:
        """Delete at most `limit` records that retention no longer keeps (see `forget_old`); raises Unavailable."""
        return await self._in_writer(forget_old, self._w, heard, now, limit)

    async def _in_writer(self, work: Callable[..., _Result], *arguments: object) -> _Result:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._writer, work, *arguments)
        except sqlite3.Error as exc:
            raise _away(exc, self.path) from exc
        except RuntimeError as exc:  # the writer takes no more work after `close`
            raise Unavailable("the embedded log", f"{self.path} is closed; start again") from exc

    def close(self) -> None:
        """Finish the writer and let another process have the file."""
        self._writer.shutdown(wait=True)
        self._w.close()
        self._r.close()
        self._lock.close()


def _hold(path: str) -> TextIO:
    """The lock of this log, for one process at a time; closing it lets go, and so does the end of the process."""
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        lock = Path(f"{path}.lock").open("w", encoding="utf-8")  # noqa: SIM115 - held as long as the log is open
    except OSError as exc:
        raise Unavailable("the embedded log", f"{exc}; check the disk and the rights of {path}") from exc
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as exc:
        lock.close()
        todo = "stop it, or choose another ISSUE_STREAM_VAR_DIR"
        raise Unavailable("the embedded log", f"another process uses {path}; {todo}") from exc
    return lock


def _writer_and_reader(path: str) -> tuple[sqlite3.Connection, sqlite3.Connection]:
    with ExitStack() as opened:
        writer = opened.enter_context(closing(connect(path)))
        prepare(writer)
        reader = opened.enter_context(closing(connect(path)))
        opened.pop_all()
    return writer, reader


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk has rolled back already
            connection.execute("ROLLBACK")
        raise


def _away(exc: sqlite3.Error, path: str) -> Unavailable:
    return Unavailable("the embedded log", f"{exc}; check the disk of {path}")


def _columns(record: Record) -> tuple[Any, ...]:
    headers = json.dumps([[name, value.hex()] for name, value in record.headers]) if record.headers else None
    return (record.at, record.key, record.value, headers)


def _headers(stored: str | None) -> Headers:
    return [(name, bytes.fromhex(value)) for name, value in json.loads(stored)] if stored else ()
