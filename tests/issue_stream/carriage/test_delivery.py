"""How a record reaches the agents' queues: at once, or not at all while the flow is suspended."""

import asyncio
from dataclasses import dataclass, field

import pytest

from issue_stream.carriage import delivery
from issue_stream.carriage.delivery import AtOnce


class Faust:
    async def wait_first(self, *_: object, **__: object) -> str:
        return "waited as Faust does"


@dataclass
class Consumer(AtOnce, Faust):
    suspend_flow: asyncio.Event = field(default_factory=asyncio.Event)
    delivered: list[str] = field(default_factory=list)
    commits: int = 0
    _unacked_messages: set[str] = field(default_factory=set)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    async def deliver(self, record: str) -> None:
        self.delivered.append(record)

    async def commit_and_end_transactions(self) -> None:
        self.commits += 1

    def _clean_unacked_messages(self) -> None:
        self._unacked_messages.discard("finished meanwhile")


async def test_a_record_is_delivered_without_a_turn_of_the_loop() -> None:
    consumer = Consumer()
    turns: list[str] = []
    asyncio.get_running_loop().call_soon(turns.append, "another's turn")
    await consumer.wait_first(consumer.deliver("raised"), consumer.suspend_flow.wait())

    assert (consumer.delivered, turns) == (["raised"], [])


async def test_nothing_is_delivered_while_the_flow_is_suspended() -> None:
    """It is fetched again after the rebalance; delivered late it would hide the records before it."""
    consumer = Consumer()
    consumer.suspend_flow.set()
    await consumer.wait_first(consumer.deliver("raised"), consumer.suspend_flow.wait())

    assert consumer.delivered == []


async def test_any_other_wait_is_left_to_faust() -> None:
    assert await Consumer().wait_first("one thing") == "waited as Faust does"


async def test_a_stop_waits_for_batches_in_flight() -> None:
    consumer = Consumer(_unacked_messages={"finished meanwhile"})
    await consumer.wait_empty()

    assert (consumer._unacked_messages, consumer.commits) == (set(), 1)


async def test_a_stop_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "FINISH_WITHIN_S", 0.0)  # a test does not spend the seconds a stop may take
    consumer = Consumer(_unacked_messages={"the database is away"})
    await consumer.wait_empty()

    assert consumer.commits == 1
