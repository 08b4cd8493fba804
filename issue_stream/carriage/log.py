"""A durable append-only log in one SQLite file: topics, partitions, offsets, what each consumer group has committed.

Records come in by `append` and are durable when its future resolves; what is appended at the same moment shares
one transaction in the writer thread. A write that fails (disk full, file locked) fails its futures, never silently.
One process at a time holds the file.
"""

import asyncio
import fcntl
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from issue_stream.carriage.schema import TABLES, connect
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
        self._hold(path)
        self._writer = ThreadPoolExecutor(1, "embedded-log")
        try:
            self._w, self._r = connect(path), connect(path)
            self._w.executescript(TABLES)
        except sqlite3.Error as exc:
            raise Unavailable("the embedded log", f"{exc}; check the disk and the rights of {path}") from exc
        self.topics: dict[str, int] = dict(self._r.execute("SELECT name, partitions FROM topic"))
        self._parts: dict[tuple[str, int], int] = {}
        self._next: dict[int, int] = {}
        for part, topic, number, following in self._r.execute("SELECT id, topic, number, next FROM part"):
            self._parts[topic, number], self._next[part] = part, following
        self._pending: list[tuple[Record, asyncio.Future[int]]] = []
        self._flusher: asyncio.Task[None] | None = None
        self._last: asyncio.Future[int] | None = None
        self.news = asyncio.Event()

    def _hold(self, path: str) -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._lock = Path(f"{path}.lock").open("w")  # noqa: SIM115 - held as long as the log is open
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            self._lock.close()
            raise Unavailable(
                "the embedded log", f"another process uses {path}; stop it, or choose another ISSUE_STREAM_VAR_DIR"
            ) from exc

    async def create_topic(self, name: str, partitions: int, retention_s: float) -> None:
        """Make a topic; one that exists stays as it is. `retention_s` 0 keeps records for ever."""
        if name in self.topics:
            return
        self.topics[name] = partitions  # taken before the await, so that two at once make one
        parts = await self._in_writer(self._make_topic, name, partitions, retention_s)
        for number, part in enumerate(parts):
            self._parts[name, number], self._next[part] = part, 0

    def _make_topic(self, name: str, partitions: int, retention_s: float) -> list[int]:
        self._w.execute("BEGIN IMMEDIATE")
        self._w.execute("INSERT INTO topic VALUES (?, ?, ?)", (name, partitions, retention_s))
        insert = "INSERT INTO part (topic, number) VALUES (?, ?) RETURNING id"
        parts = [self._w.execute(insert, (name, number)).fetchone()[0] for number in range(partitions)]
        self._w.execute("COMMIT")
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
        following = {record.part: self._next[record.part] for record, _ in group}
        rows = []
        for record, _ in group:
            rows.append((record.part, following[record.part], *_columns(record)))
            following[record.part] += 1
        try:
            await self._in_writer(self._write, rows, following)
        except Unavailable as exc:
            for _, future in group:
                if not future.done():
                    future.set_exception(exc)
            return
        self._next.update(following)
        for row, (_, future) in zip(rows, group, strict=True):
            if not future.done():
                future.set_result(row[1])
        self.news.set()

    def _write(self, rows: list[tuple[Any, ...]], following: Mapping[int, int]) -> None:
        self._w.execute("BEGIN IMMEDIATE")
        try:
            self._w.executemany("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?)", rows)
            advanced = [(offset, part) for part, offset in following.items()]
            self._w.executemany("UPDATE part SET next = ? WHERE id = ?", advanced)
            self._w.execute("COMMIT")
        except BaseException:
            if self._w.in_transaction:
                self._w.execute("ROLLBACK")
            raise

    async def flush(self) -> None:
        """Wait for what was appended before this call; under steady traffic the log is never idle."""
        if self._last is not None and not self._last.done():
            await asyncio.wait([self._last])

    def read(self, part: int, offset: int, limit: int) -> list[Stored]:
        """Durable records from this offset on, in order; gaps that retention left are skipped."""
        if offset >= self._next[part]:
            return []
        rows = self._r.execute(
            "SELECT offset, at, key, value, headers FROM record WHERE part = ? AND offset >= ? AND offset < ?"
            " ORDER BY offset LIMIT ?",
            (part, offset, self._next[part], limit),
        )
        return [Stored(number, at, key, value, _headers(headers)) for number, at, key, value, headers in rows]

    def next_offset(self, part: int) -> int:
        """One behind the last durable record."""
        return self._next[part]

    def earliest(self, part: int) -> int:
        """The first record that is still kept."""
        found = self._r.execute("SELECT MIN(offset) FROM record WHERE part = ?", (part,)).fetchone()[0]
        return self._next[part] if found is None else int(found)

    async def commit(self, team: str, offsets: Mapping[int, int]) -> None:
        """What this consumer group has finished, by partition."""
        rows = [(team, part, offset) for part, offset in offsets.items()]
        upsert = "INSERT INTO committed VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET offset = excluded.offset"
        await self._in_writer(lambda: self._w.executemany(upsert, rows))

    def committed(self, team: str) -> dict[int, int]:
        """What this consumer group has finished, by partition."""
        return dict(self._r.execute("SELECT part, offset FROM committed WHERE team = ?", (team,)))

    async def forget(self, now: float, limit: int) -> int:
        """Delete at most `limit` records that are past their topic's retention and finished by every group."""
        return await self._in_writer(self._forget, now, limit)

    def _forget(self, now: float, limit: int) -> int:
        past = (
            "DELETE FROM record WHERE (part, offset) IN (SELECT r.part, r.offset FROM record r"
            " JOIN part p ON p.id = r.part JOIN topic t ON t.name = p.topic"
            " WHERE t.retention_s > 0 AND r.at < ? - t.retention_s"
            " AND r.offset < (SELECT MIN(c.offset) FROM committed c WHERE c.part = r.part) LIMIT ?)"
        )
        return self._w.execute(past, (now, limit)).rowcount

    async def _in_writer(self, work: Callable[..., _Result], *arguments: object) -> _Result:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._writer, work, *arguments)
        except sqlite3.Error as exc:
            raise Unavailable("the embedded log", f"{exc}; check the disk of {self.path}") from exc

    def close(self) -> None:
        """Finish the writer and let another process have the file."""
        self._writer.shutdown(wait=True)
        self._w.close()
        self._r.close()
        self._lock.close()


def _columns(record: Record) -> tuple[Any, ...]:
    headers = json.dumps([[name, value.hex()] for name, value in record.headers]) if record.headers else None
    return (record.at, record.key, record.value, headers)


def _headers(stored: str | None) -> Headers:
    return [(name, bytes.fromhex(value)) for name, value in json.loads(stored)] if stored else ()
