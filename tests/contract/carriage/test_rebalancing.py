"""Workers come and go while records flow: everything is handled by those who stay, without a restart (Kafka only)."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from agents._shell import Incoming
from issue_stream.publish import Publisher
from tests.contract.carriage.rig import Rig, Seen, line
from tests.services.kafka_broker import Kafka

NUMBERS, AT_ONCE = 30_000, 500
"""More than the agents' queues hold, so that each rebalance meets a fetcher with records in its hand."""


async def _take_a_moment(_: Sequence[Incoming[str]]) -> None:
    await asyncio.sleep(0.01)  # a transaction's time, so that records wait when the others come and go


@pytest.mark.services
async def test_workers_that_come_and_go_leave_nothing_undone(kafka_broker: Kafka, tmp_path: Path) -> None:
    rig = Rig(kafka_broker.url, tmp_path)
    await rig.make_topics()
    stays, guests = Seen(trouble=_take_a_moment), [Seen(trouble=_take_a_moment) for _ in range(3)]

    def handled() -> set[str]:
        return {value for seen in (stays, *guests) for value in seen.values}

    async with rig.running(line(stays)[0]) as publisher:
        sending = asyncio.create_task(_send(publisher, rig.inbox))
        for guest in guests:
            async with rig.running(line(guest)[0]):
                await guest.until(_has(guest, 50))
        await sending
        await stays.until(lambda: len(handled()) == NUMBERS)
    state = await rig.state()

    assert state.lag == 0


def _has(guest: Seen, count: int) -> Callable[[], bool]:
    return lambda: len(guest.values) >= count


async def _send(publisher: Publisher, topic: str) -> None:
    for start in range(0, NUMBERS, AT_ONCE):
        numbers = range(start, start + AT_ONCE)
        await publisher.send(topic, [(f"issue-{number % 7}".encode(), str(number).encode()) for number in numbers])
