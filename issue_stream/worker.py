"""A running worker: its agents on the log, its rounds beside them, and everything they need.

Start-up order: store, policy, likeness, log, agents, rounds; stop is the reverse and takes about a second. Whatever is
away at the start is said; whatever goes away later is waited for.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from time import perf_counter

import faust
import structlog

from agents import assign, classify, deliver, desk, detect_recurrence, digest, escalate, inform
from agents._shell import Bury, DeadLetter
from issue_stream import metrics
from issue_stream.app import APP_ID, make_app
from issue_stream.carriage.topics import show_topics
from issue_stream.clock import utc_now
from issue_stream.house import House, open_house
from issue_stream.letters import carriers_of, renderer_of
from issue_stream.lines import Ears, attach_all
from issue_stream.publish import Carrier, Publisher
from issue_stream.remember import Remembered, open_likeness
from issue_stream.rounds import Rounds
from issue_stream.settings import Settings
from issue_stream.store import dead_letters
from issue_stream.store.desk_store import SqlDeskStore
from issue_stream.store.fresh import FreshReading
from issue_stream.store.notices import SqlNoticeBook
from issue_stream.store.pages_digest import SqlDigestReading
from issue_stream.tick import Ticker
from schemas.envelope import CommandMessage
from schemas.errors import Unavailable
from schemas.ports import Now, Reading
from schemas.topics import TOPICS

BROKER_AGAIN_S = 2.0

log = structlog.get_logger("issue_stream.worker")


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker while it runs. `app` tells whether its log still stands."""

    house: House
    app: faust.App


@asynccontextmanager
async def running_worker(settings: Settings, now: Now = utc_now) -> AsyncIterator[Worker]:
    """A whole worker; agents and rounds run until the block ends, then stop in about a second."""
    app = make_app(settings)
    publisher = Publisher(app)
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(open_house(settings, now=now))
        carrier = Carrier(send=publisher.wish, leave=house.leave)
        rounds = await _attach(app, house, publisher)
        await _until_log_answers(settings)
        await start(app)
        stack.push_async_callback(app.stop)
        house.door.carry = carrier.carry
        stack.push_async_callback(carrier.stop)
        ticker = Ticker(rounds.tasks())
        ticker.start()
        stack.push_async_callback(ticker.stop)
        log.info("worker runs", worker=house.worker, policy=house.keeper.current().version)
        yield Worker(house, app)


async def _until_log_answers(settings: Settings) -> None:
    """Wait for a broker that is away: a worker that is started first must not give up."""
    while not settings.is_embedded:
        try:
            await show_topics(settings.broker, TOPICS, APP_ID)
        except Unavailable as exc:
            log.warning("the broker is away", cause=exc.cause)
            await asyncio.sleep(BROKER_AGAIN_S)
        else:
            return


async def start(app: faust.App) -> None:
    """Start the app and wait until its agents hear."""
    app.finalize()
    await app.start()
    await app.tables.recovery.completed.wait()
    _spare_what_lasts()


def _spare_what_lasts() -> None:
    """What start-up made lasts for ever: the collector need not look at it again, and looks at the rest less often.

    Messages are values without cycles; the default threshold of 700 new ones costs a fifth of the throughput.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


async def _attach(app: faust.App, house: House, publisher: Publisher) -> Rounds:
    desk_store = SqlDeskStore(house.db, house.now)
    reading = FreshReading(house.reading, desk_store.states)
    likeness = await open_likeness(house)
    letters = _letters(house, reading, publisher)
    ears = _ears(reading, publisher, desk_store, likeness, letters)
    attach_all(app, ears, _burial(house, publisher))
    digests = digest.Needs(digests=letters.digests, reading=reading, now=house.now)
    return Rounds(house, publisher, desk_store, letters, digests, likeness)


def _letters(house: House, reading: Reading, publisher: Publisher) -> deliver.Needs:
    return deliver.Needs(
        book=SqlNoticeBook(house.db),
        reading=reading,
        digests=SqlDigestReading(house.db),
        carriers=carriers_of(house.settings),
        render=renderer_of(house.settings),
        wish=publisher.wish,
        now=house.now,
    )


def _ears(
    reading: Reading, publisher: Publisher, store: SqlDeskStore, likeness: Remembered, letters: deliver.Needs
) -> Ears:
    wish, now = publisher.wish, letters.now
    at_the_desk = desk.Needs(store=store, reading=reading, announce=publisher.announce, now=now)
    return Ears(
        desk=partial(_timed_desk, at_the_desk),
        classify=partial(classify.hear, classify.Needs(reading=reading, wish=wish, now=now)),
        assign=partial(assign.hear, assign.Needs(reading=reading, wish=wish, now=now)),
        escalate=partial(escalate.hear, escalate.Needs(reading=reading, wish=wish, now=now)),
        detect_recurrence=partial(detect_recurrence.hear, likeness.needs(reading, wish, now)),
        inform=partial(inform.hear, inform.Needs(reading=reading, tell=publisher.tell)),
        deliver=partial(deliver.hear, letters),
    )


async def _timed_desk(needs: desk.Needs, messages: Sequence[CommandMessage]) -> None:
    began = perf_counter()
    await desk.hear(needs, messages)
    metrics.BATCH.observe(perf_counter() - began)


def _burial(house: House, publisher: Publisher) -> Bury:
    """A dead letter stands in its topic for outside systems, and in the store for operators' pages and commands."""

    async def bury(letter: DeadLetter) -> None:
        await publisher.bury(letter)
        async with house.db.write() as conn:
            await dead_letters.keep(conn, letter, house.now())
        log.error("dead letter", agent=letter.agent, topic=letter.topic, offset=letter.offset, reason=letter.reason)

    return bury
