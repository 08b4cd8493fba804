"""`kill -9` at any moment: whatever was acknowledged as sent is handled in the end, on both carriages."""

import asyncio
import os
import random
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.contract.carriage.rig import Rig, Seen, line, records
from tests.services.kafka_broker import Kafka

LARGE = os.environ.get("ISSUE_STREAM_CHAOS") == "large"
KILLS, LONGEST = (12, 2_000) if LARGE else (3, 250)
"""How often, and after how many handled numbers at most."""
NEVER = 1_000_000_000
TAIL = 50


@dataclass
class Told:
    """What the killed processes have said."""

    sent: set[int] = field(default_factory=set)
    handled: list[int] = field(default_factory=list)

    @property
    def following(self) -> int:
        return max(self.sent, default=-1) + 1

    async def listen(self, process: Process, until_handled: float) -> None:
        """Until so many were handled in all, or the process ended."""
        assert process.stdout is not None
        while len(self.handled) < until_handled and (said := await process.stdout.readline()):
            word, _, number = said.decode().partition(" ")
            if word == "sent":
                self.sent.add(int(number))
            elif word == "handled":
                self.handled.append(int(number))


@pytest.mark.chaos
async def test_nothing_acknowledged_is_lost_when_the_process_is_killed(rig: Rig) -> None:
    told, chance = Told(), random.Random(7)  # noqa: S311 - the same moments in every run
    for _ in range(KILLS):
        process = await _start(rig, told.following, NEVER)
        await told.listen(process, until_handled=len(told.handled) + chance.randint(20, LONGEST))
        process.kill()
        await told.listen(process, until_handled=float("inf"))
        await process.wait()
    last = told.following + TAIL
    process = await _start(rig, told.following, last)
    await told.listen(process, until_handled=float("inf"))
    await process.wait()

    assert process.returncode == 0
    assert told.sent == set(range(last + 1))
    assert told.sent <= set(told.handled)


async def _start(rig: Rig, first: int, last: int) -> Process:
    arguments = (rig.url, str(rig.folder), rig.team, str(first), str(last))
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.contract.carriage.killable", *arguments, stdout=PIPE
    )


@pytest.mark.chaos
@pytest.mark.services
async def test_a_broker_that_is_killed_and_comes_back_has_lost_nothing(kafka_broker: Kafka, tmp_path: Path) -> None:
    rig, seen = Rig(kafka_broker.url, tmp_path), Seen()
    await rig.make_topics()
    before, during = [str(number) for number in range(50)], [str(number) for number in range(50, 100)]
    async with rig.running(line(seen)[0]) as publisher:
        await publisher.send(rig.inbox, records(*before))
        kafka_broker.kill()
        sending = asyncio.create_task(publisher.send(rig.inbox, records(*during)))
        await asyncio.to_thread(kafka_broker.start)
        await sending
        await seen.until(lambda: set(seen.values) == {*before, *during})

    assert seen.dead == []
