"""Retention takes only what is old and what nobody needs any more, in batches."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from issue_stream.carriage import retention
from issue_stream.carriage.log import Log, Record

KEPT_S = 100.0
NOW = 1_000.0
OLD, YOUNG = NOW - KEPT_S - 1, NOW - KEPT_S + 1


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[Log]:
    opened = Log(str(tmp_path / "log.db"))
    await opened.create_topic("events", 1, KEPT_S)
    yield opened
    opened.close()


async def fill(log: Log, ages: Sequence[float], topic: str = "events") -> None:
    for at in ages:
        await log.append(Record(log.part(topic, 0), at, None, b"x"))


def kept(log: Log, topic: str = "events") -> list[int]:
    return [stored.offset for stored in log.read(log.part(topic, 0), 0, 10_000)]


async def trim(log: Log) -> int:
    return await retention.trim(log, {"events"}, now=lambda: NOW)


async def test_old_records_that_every_group_has_finished_go(log: Log) -> None:
    await fill(log, [OLD, OLD, OLD, YOUNG])
    await log.commit("workers", {log.part("events", 0): 4})
    await log.commit("others", {log.part("events", 0): 2})

    assert await trim(log) == 2
    assert kept(log) == [2, 3]


async def test_young_records_stay_although_they_are_finished(log: Log) -> None:
    await fill(log, [YOUNG, YOUNG])
    await log.commit("workers", {log.part("events", 0): 2})

    assert await trim(log) == 0


async def test_nothing_goes_while_the_worker_has_finished_nothing(log: Log) -> None:
    await fill(log, [OLD, OLD])

    assert await trim(log) == 0
    assert kept(log) == [0, 1]


async def test_a_topic_that_nobody_hears_is_kept_by_age_alone(log: Log) -> None:
    """Dead letters: operators look at them, no group finishes them."""
    await log.create_topic("dead-letters", 1, KEPT_S)
    await fill(log, [OLD, YOUNG], "dead-letters")

    assert await trim(log) == 1
    assert kept(log, "dead-letters") == [1]


async def test_a_topic_without_retention_is_kept_for_ever(log: Log) -> None:
    await log.create_topic("for-ever", 1, 0.0)
    await fill(log, [OLD], "for-ever")

    assert await trim(log) == 0


async def test_a_long_backlog_goes_in_batches(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(log, [OLD] * 25)
    await log.commit("workers", {log.part("events", 0): 25})
    monkeypatch.setattr(retention, "AT_ONCE", 10)  # so that 25 records are three batches

    assert await log.forget({"events"}, NOW, 10) == 10
    assert await trim(log) == 15


async def test_offsets_go_on_after_everything_went(log: Log) -> None:
    await fill(log, [OLD, OLD])
    await log.commit("workers", {log.part("events", 0): 2})
    await trim(log)
    offset = await log.append(Record(log.part("events", 0), YOUNG, None, b"x"))

    assert offset == 2
    assert log.earliest(log.part("events", 0)) == 2


async def test_a_locked_file_is_tried_another_time(log: Log) -> None:
    await fill(log, [OLD])
    await log.commit("workers", {log.part("events", 0): 1})
    log._w.execute("PRAGMA query_only=ON")
    while_locked = await trim(log)
    log._w.execute("PRAGMA query_only=OFF")

    assert while_locked == 0
    assert await trim(log) == 1
