"""The embedded log alone: what was confirmed is there, what could not be written is said, one process at a time."""

import asyncio
import sqlite3
import subprocess
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from issue_stream.carriage.log import Log, Record
from schemas.errors import Unavailable

WRITER = """
import asyncio, sys
from issue_stream.carriage.log import Log, Record
async def write():
    log = Log(sys.argv[1])
    await log.create_topic("t", 1, 0)
    number = 0
    while True:
        sent = [log.append(Record(log.part("t", 0), 0.0, None, b"%d" % n)) for n in range(number, number + 10)]
        number += 10
        print(max(await asyncio.gather(*sent)), flush=True)
asyncio.run(write())
"""
OPENER = "import sys; from issue_stream.carriage.log import Log; Log(sys.argv[1])"


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "log.db")


@pytest.fixture
async def log(path: str) -> AsyncIterator[Log]:
    opened = Log(path)
    await opened.create_topic("t", 2, 0.0)
    yield opened
    opened.close()


def record(log: Log, value: bytes, number: int = 0) -> Record:
    return Record(log.part("t", number), 1.5, b"key", value, (("h", b"\x00\xff"),))


async def test_a_record_comes_back_as_it_was_appended(log: Log) -> None:
    offset = await log.append(record(log, b"raised"))
    (stored,) = log.read(log.part("t", 0), 0, 10)

    assert offset == stored.offset == 0
    assert (stored.at, stored.key, stored.value, stored.headers) == (1.5, b"key", b"raised", [("h", b"\x00\xff")])


async def test_offsets_count_on_in_each_partition_of_its_own(log: Log) -> None:
    sent = [log.append(record(log, b"x", number)) for number in (0, 1, 0, 0, 1)]

    assert await asyncio.gather(*sent) == [0, 0, 1, 2, 1]


async def test_a_record_is_invisible_until_it_is_durable(log: Log) -> None:
    appended = log.append(record(log, b"raised"))
    before = log.read(log.part("t", 0), 0, 10)
    await appended

    assert before == []
    assert len(log.read(log.part("t", 0), 0, 10)) == 1


async def test_everything_is_there_after_closing_and_opening(log: Log, path: str) -> None:
    await log.append(record(log, b"raised"))
    await log.commit("workers", {log.part("t", 0): 1})
    log.close()
    again = Log(path)
    values = [stored.value for stored in again.read(again.part("t", 0), 0, 10)]
    offset = await again.append(record(again, b"offered"))
    finished = again.committed("workers")
    again.close()

    assert (values, offset, finished) == ([b"raised"], 1, {again.part("t", 0): 1})


async def test_two_who_make_one_topic_at_once_make_one(log: Log) -> None:
    await asyncio.gather(*(log.create_topic("new", 3, 0.0) for _ in range(5)))

    assert log.topics["new"] == 3
    assert len({log.part("new", number) for number in range(3)}) == 3


async def test_a_flush_waits_for_what_was_appended_before_it(log: Log) -> None:
    appended = log.append(record(log, b"raised"))
    await log.flush()

    assert appended.done()


async def test_a_full_disk_fails_the_send_and_the_next_one_has_no_gap(log: Log) -> None:
    await log.append(record(log, b"before"))
    pages = log._w.execute("PRAGMA page_count").fetchone()[0]
    log._w.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(Unavailable, match="disk is full; check the disk of"):
        await log.append(record(log, b"x" * 100_000))
    log._w.execute("PRAGMA max_page_count=1000000")
    offset = await log.append(record(log, b"after"))

    assert offset == 1
    assert [stored.value for stored in log.read(log.part("t", 0), 0, 10)] == [b"before", b"after"]


async def test_a_full_disk_makes_no_half_topic(log: Log) -> None:
    pages = log._w.execute("PRAGMA page_count").fetchone()[0]
    log._w.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(Unavailable):
        await log.create_topic("new", 10_000, 0.0)
    log._w.execute("PRAGMA max_page_count=1000000")
    await log.create_topic("new", 1, 0.0)

    assert log.topics["new"] == 1


async def test_a_locked_file_fails_the_send(log: Log, path: str) -> None:
    log._w.execute("PRAGMA busy_timeout=0")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="locked"):
        await log.append(record(log, b"raised"))
    with pytest.raises(Unavailable, match="locked"):
        await log.commit("workers", {log.part("t", 0): 1})
    holder.close()

    assert await log.append(record(log, b"raised")) == 0


async def test_an_append_after_closing_fails(log: Log, path: str) -> None:
    other = Log(f"{path}.other")
    await other.create_topic("t", 1, 0.0)
    other.close()

    with pytest.raises(Unavailable, match="is closed"):
        await other.append(record(other, b"too late"))


def test_a_second_process_is_refused_with_what_to_do(log: Log, path: str) -> None:
    second = subprocess.run([sys.executable, "-c", OPENER, path], capture_output=True, text=True, check=False)

    assert second.returncode == 1
    assert f"another process uses {path}; stop it, or choose another ISSUE_STREAM_VAR_DIR" in second.stderr


@pytest.mark.parametrize("trouble", ["no database", "a newer version", "no folder"])
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(tmp_path: Path, trouble: str) -> None:
    path = tmp_path / "log.db"
    if trouble == "no database":
        path.write_bytes(b"somebody's letter " * 100)
    elif trouble == "no folder":
        path = path / "below" / "log.db"
        path.parent.parent.write_text("a file where a folder should be")
    else:
        newer = sqlite3.connect(path)
        newer.execute("PRAGMA user_version=99")
        newer.close()

    with pytest.raises(Unavailable, match=r"not a database|version 99|Not a directory"):
        Log(str(path))


async def test_a_killed_writer_loses_nothing_that_was_confirmed(path: str) -> None:
    writer = await asyncio.create_subprocess_exec(sys.executable, "-c", WRITER, path, stdout=PIPE)
    assert writer.stdout is not None
    first = [int(await writer.stdout.readline()) for _ in range(25)]
    writer.kill()
    confirmed = [*first, *map(int, (await writer.stdout.read()).split())]
    await writer.wait()
    log = Log(path)
    values = [int(stored.value or b"") for stored in log.read(log.part("t", 0), 0, 1_000_000)]
    log.close()

    assert values == list(range(len(values)))
    assert len(values) > max(confirmed)
