"""Making and showing topics, on both carriages."""

from dataclasses import replace
from pathlib import Path

import pytest

from issue_stream.carriage.topics import create_topics, show_topics
from schemas.errors import Unavailable
from tests.contract.carriage.rig import Rig, Seen, line, records
from tests.services.places import free_ports


async def test_only_missing_topics_are_made(rig: Rig) -> None:
    third = replace(rig.specs[0], name=f"{rig.team}-third")

    assert await create_topics(rig.url, (*rig.specs, third)) == [third.name]
    assert await create_topics(rig.url, (*rig.specs, third)) == []


async def test_a_topic_shows_its_end_and_what_the_group_has_still_to_do(rig: Rig) -> None:
    seen = Seen()
    reader, watching = line(seen)
    async with rig.running(reader) as publisher:
        await publisher.send(rig.inbox, records("one", "two"))
        await publisher.send(rig.outbox, records("three"))
        await seen.until(lambda: watching.finished == 2)
    states = {state.name: state for state in await show_topics(rig.url, rig.specs, rig.team)}

    assert (states[rig.inbox].end, states[rig.inbox].lag) == (2, 0)
    assert (states[rig.outbox].end, states[rig.outbox].lag) == (1, 1)


async def test_a_broker_that_is_away_is_said_with_its_address() -> None:
    url = f"kafka://127.0.0.1:{free_ports(1)[0]}"
    with pytest.raises(Unavailable, match=f"is {url} right, and is it running"):
        await create_topics(url, ())
    with pytest.raises(Unavailable, match=f"is {url} right, and is it running"):
        await show_topics(url, (), "workers")


async def test_a_log_that_cannot_be_made_is_said_with_its_path(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()

    with pytest.raises(Unavailable, match="check the disk and the rights"):
        await create_topics(f"embedded://{blocked}/log.db", ())
