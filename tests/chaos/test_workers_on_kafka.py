"""Two workers on Kafka and PostgreSQL, while everything beneath them goes away and comes back."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from issue_stream.carriage.topics import create_topics
from issue_stream.clock import utc_now
from issue_stream.house import House
from issue_stream.run import house_of_web
from issue_stream.settings import Settings
from issue_stream.store import tables as t
from schemas.errors import Unavailable
from schemas.topics import TOPICS
from tests.bench import company, raising
from tests.chaos.crew import Worker, faults, settings_for
from tests.services.kafka_broker import Kafka
from tests.services.postgres import Postgres

pytestmark = pytest.mark.chaos

LARGE = os.environ.get("ISSUE_STREAM_CHAOS") == "large"
ISSUES = 2_000 if LARGE else 150
RATE = 20
"""Issues a second: half of what two workers do on two cores that also carry broker and database."""
PATIENCE_S = 240


@pytest.fixture(name="broker")
def own_broker() -> Iterator[Kafka]:
    broker = Kafka()
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(name="server")
def own_server() -> Iterator[Postgres]:
    server = Postgres()
    server.start()
    yield server
    server.stop()


async def test_nothing_is_lost_or_doubled_whatever_is_killed(broker: Kafka, server: Postgres, tmp_path: Path) -> None:
    """R-09: every accepted issue is on somebody, once, after kills of both workers, the broker and the store."""
    settings = settings_for(tmp_path, server.url, broker.url)
    await create_topics(broker.url, TOPICS)
    await company.settle(settings, utc_now())
    crew = [Worker(settings, "one"), Worker(settings, "two")]
    for worker in crew:
        worker.start()
    try:
        accepted = await _drill(settings, crew, broker, server)
        async with house_of_web(settings) as house:
            on_somebody = await _settled(house, accepted, crew)
            wrong = await faults(house)
            doubled = await _doubled(house)
    finally:
        for worker in crew:
            worker.end(signal.SIGTERM)

    said = "\n".join(worker.said() for worker in crew)
    assert on_somebody == accepted, said
    assert wrong == [], said
    assert doubled == 0


async def _drill(settings: Settings, crew: list[Worker], broker: Kafka, server: Postgres) -> int:
    """Issues come in at a steady pace while one thing after the other goes away; how many the door accepted."""
    async with house_of_web(settings) as house:
        feeding = asyncio.create_task(_feed(house))
        for _ in range(4 if LARGE else 1):
            await asyncio.sleep(1)
            await asyncio.to_thread(crew[0].end, signal.SIGKILL)
            crew[0].start()
            await asyncio.sleep(1)
            await asyncio.to_thread(crew[1].end, signal.SIGTERM)
            crew[1].start()
            await asyncio.to_thread(broker.kill)
            await asyncio.sleep(2)
            await asyncio.to_thread(broker.start)
            await asyncio.to_thread(server.kill)
            await asyncio.sleep(2)
            await asyncio.to_thread(server.start)
        return await feeding


async def _feed(house: House) -> int:
    """Raise at the pace; what the door refused because the store was away is raised again, as a person would."""
    people = await raising.people(house)
    began = time.perf_counter()
    for number in range(ISSUES):
        await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
        while True:
            try:
                await raising.raise_one(house, people, number)
            except Unavailable:
                await asyncio.sleep(0.5)
            else:
                break
    return ISSUES


async def _settled(house: House, wanted: int, crew: list[Worker]) -> int:
    """How many issues are offered to a person, or wait for a person's triage, once all are or the patience ends."""
    i = t.issues.c
    done = select(func.count()).where(i.offered_to.is_not(None) | i.owner_id.is_not(None) | i.triage_asked)
    until = time.monotonic() + PATIENCE_S
    while True:
        async with house.db.read() as conn:
            found = int((await conn.execute(done)).scalar_one())
        if found >= wanted or time.monotonic() > until:
            return found
        for worker in crew:
            worker.look_after()
        await asyncio.sleep(0.5)


async def _doubled(house: House) -> int:
    """Issues that were raised, offered to the same person or acknowledged twice."""
    n = t.notices.c
    twice = select(n.issue_id).where(n.kind == "acknowledged").group_by(n.issue_id, n.recipient)
    async with house.db.read() as conn:
        acknowledged = len((await conn.execute(twice.having(func.count() > 1))).all())
        numbers = int((await conn.execute(select(func.count(t.issues.c.number.distinct())))).scalar_one())
        issues = int((await conn.execute(select(func.count()).select_from(t.issues))).scalar_one())
    return acknowledged + issues - numbers
