"""A Faust app on the embedded log: it outlives a full disk, steps over gaps, and asks before it starts."""

from pathlib import Path

import faust
import pytest
from faust.exceptions import ImproperlyConfigured

from issue_stream.carriage import shared
from issue_stream.carriage.settings import app_options
from schemas.errors import Unavailable
from tests.contract.carriage.rig import Rig, Seen, line, records


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    made = Rig(f"embedded://{tmp_path / 'log.db'}", tmp_path)
    await made.make_topics()
    return made


async def test_a_full_disk_fails_the_send_and_work_goes_on_when_there_is_room(rig: Rig, tmp_path: Path) -> None:
    seen = Seen()
    reader, watching = line(seen)
    async with rig.running(reader) as publisher:
        log = shared.acquire(str(tmp_path / "log.db"))
        pages = log._w.execute("PRAGMA page_count").fetchone()[0]
        log._w.execute(f"PRAGMA max_page_count={pages}")
        with pytest.raises(Unavailable):
            await publisher.send(rig.inbox, records("x" * 100_000))
        log._w.execute("PRAGMA max_page_count=1000000")
        shared.release(str(tmp_path / "log.db"))
        await publisher.send(rig.inbox, records("after"))
        await seen.until(lambda: watching.finished == 1)

    assert seen.values == ["after"]


async def test_a_commit_that_cannot_be_written_stops_nobody(rig: Rig, tmp_path: Path) -> None:
    """It is made up for by the next one; whatever is in between would be seen again after a crash."""
    seen = Seen()
    reader, watching = line(seen)
    async with rig.running(reader) as publisher:
        await publisher.send(rig.inbox, records("one"))
        await seen.until(lambda: watching.finished == 1)
        log = shared.acquire(str(tmp_path / "log.db"))
        log._w.execute("PRAGMA query_only=ON")
        await publisher.app.consumer.commit()
        log._w.execute("PRAGMA query_only=OFF")
        shared.release(str(tmp_path / "log.db"))
        refused = (await rig.state()).lag
        await publisher.send(rig.inbox, records("two"))
        await seen.until(lambda: watching.finished == 2)
    state = await rig.state()

    assert (refused, state.lag) == (1, 0)


async def test_a_gap_in_the_offsets_holds_no_commit_back(rig: Rig, tmp_path: Path) -> None:
    first, second = Seen(), Seen()
    async with rig.running(line(first)[0]) as publisher:
        await publisher.send(rig.inbox, records("0"))
        await first.until(lambda: bool(first.values))
    log = shared.acquire(str(tmp_path / "log.db"))
    part = log.part(rig.inbox, 0)
    log._w.execute("UPDATE part SET next = 5 WHERE id = ?", (part,))
    shared.release(str(tmp_path / "log.db"))
    reader, watching = line(second)
    async with rig.running(reader) as publisher:
        await publisher.send(rig.inbox, records("5", "6"))
        await second.until(lambda: watching.finished == 2)
    state = await rig.state()

    assert second.values == ["5", "6"]
    assert (state.end, state.lag) == (7, 0)


async def test_an_app_answers_about_partitions_before_it_starts(tmp_path: Path) -> None:
    """Faust's own test context asks then."""
    app = faust.App("quiet", **app_options(f"embedded://{tmp_path / 'log.db'}", tmp_path))

    assert app.consumer.topic_partitions("anything") is None


async def test_an_agent_can_be_tried_in_faust_s_test_context(tmp_path: Path) -> None:
    app = faust.App("quiet", **app_options(f"embedded://{tmp_path / 'log.db'}", tmp_path))
    heard: list[bytes] = []

    @app.agent(app.topic("words", value_serializer="raw"))  # type: ignore[untyped-decorator]  # faust has no types
    async def hear(stream: "faust.StreamT[bytes]") -> None:
        async for event in stream.events():
            heard.append(event.value)  # noqa: PERF401 - the stream never ends

    async with hear.test_context() as agent:
        await agent.put(b"raised")

    assert heard == [b"raised"]


async def test_transactions_are_refused_because_there_are_none(tmp_path: Path) -> None:
    options = app_options(f"embedded://{tmp_path / 'log.db'}", tmp_path)
    app = faust.App("quiet", processing_guarantee="exactly_once", **options)
    app.in_worker = True

    with pytest.raises(ImproperlyConfigured, match="has no transactions"):
        _ = app.consumer
