"""What `doctor` asks other parts: the database, the broker, the workers' signs of life, the clock. It reads only."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.app import APP_ID
from issue_stream.carriage.topics import show_topics
from issue_stream.commands._checkup_place import ANSWERS_WITHIN_S
from issue_stream.commands._findings import Finding, advice, away, fine, wrong
from issue_stream.settings import Settings
from issue_stream.store import tables as t
from issue_stream.store.database import Database
from issue_stream.store.dead_letters import count_dead
from issue_stream.store.heartbeats import all_beats
from issue_stream.store.migrate import current, heads
from schemas.errors import IssueStreamError
from schemas.topics import TOPICS

SILENT = timedelta(seconds=30)
"""Workers give a sign of life every two seconds."""
OLD = timedelta(seconds=60)
AHEAD = timedelta(minutes=1)


async def parts(settings: Settings, now: datetime) -> AsyncIterator[Finding]:
    """Everything that is asked elsewhere; what needs the store is left out while it is away."""
    store = await database(settings)
    yield store
    yield await log(settings)
    if store.standing != "ok":
        return
    db = await Database.open(settings.database)
    try:
        async with db.read() as conn:
            yield await workers(conn, now)
            yield await queues(conn, now)
            yield await letters(conn)
            yield await clock(conn, now)
    finally:
        await db.close()


async def database(settings: Settings) -> Finding:
    """Reachable, and with the tables of this release."""
    name = settings.database.partition("://")[0]
    path = Path(settings.database.removeprefix("sqlite:///"))
    if name == "sqlite" and not _is_there(path):
        return wrong("database", f"there is no store at {path} yet", "Run: issue-stream migrate (or up)")
    try:
        stands = await current(settings.database)
    except IssueStreamError as exc:
        return away("database", str(exc), "Check ISSUE_STREAM_DATABASE_URL, and that the database runs.")
    if stands not in heads():
        found = "no tables yet" if stands is None else f"tables of another release ({stands})"
        return wrong("database", found, "Run: issue-stream migrate")
    return fine("database", f"{name}, tables at {stands}")


async def log(settings: Settings) -> Finding:
    """Reachable, with its topics; how much the workers have still to do."""
    path = Path(settings.broker.removeprefix("embedded://"))
    if settings.is_embedded and not _is_there(path):
        return fine("log", f"embedded, made at {path} by the first up")
    try:
        async with asyncio.timeout(ANSWERS_WITHIN_S * 2):
            states = await show_topics(settings.broker, TOPICS, APP_ID)
    except (IssueStreamError, TimeoutError) as exc:
        todo = "Wishes wait in the store until it answers. Check ISSUE_STREAM_BROKER_URL."
        return away("log", str(exc) or "it does not answer", todo)
    missing = {topic.name for topic in TOPICS} - {state.name for state in states}
    if missing:
        return wrong("log", f"missing topics: {', '.join(sorted(missing))}", "Run: issue-stream topics create")
    return fine("log", f"{len(states)} topics, {sum(state.lag for state in states):,} records to do")


def _is_there(path: Path) -> bool:
    return path.exists()


async def workers(conn: AsyncConnection, now: datetime) -> Finding:
    """Whether somebody runs the agents."""
    beats = await all_beats(conn)
    alive = {beat.worker for beat in beats if now - beat.at < SILENT}
    if not alive:
        last = (
            f"the last sign of life was at {max(b.at for b in beats):%Y-%m-%d %H:%M} UTC" if beats else "none ever ran"
        )
        return advice("workers", last, "Wishes are kept and wait. Run: issue-stream up (or worker)")
    noted = sorted({beat.note for beat in beats if beat.note and beat.worker in alive})
    if noted:
        return wrong("workers", noted[0], "Mend what it says; a policy: issue-stream policy check")
    return fine("workers", f"{len(alive)} alive")


async def queues(conn: AsyncConnection, now: datetime) -> Finding:
    """How far behind the desk and the announcing are."""
    w, o = t.waiting_commands.c, t.outbox.c
    waiting, oldest = (await conn.execute(select(func.count(), func.min(w.at)))).one()
    left, first = (await conn.execute(select(func.count(), func.min(o.at)))).one()
    said = f"{waiting} wishes wait, {left} events to announce"
    late = [at for at in (oldest, first) if at is not None and now - at > OLD]
    if late:
        todo = "Is a worker running and the log reachable? Then look at issue-stream dead-letters list."
        return wrong("lag", f"{said}, the oldest since {min(late):%Y-%m-%d %H:%M} UTC", todo)
    return fine("lag", said)


async def letters(conn: AsyncConnection) -> Finding:
    """Messages that nobody could take."""
    dead = await count_dead(conn)
    if dead:
        return advice("dead letters", f"{dead} put away", "Look at them: issue-stream dead-letters list")
    return fine("dead letters", "none")


async def clock(conn: AsyncConnection, now: datetime) -> Finding:
    """Whether this clock agrees with the store: nothing may have happened in the future."""
    newest: datetime | None = (await conn.execute(select(func.max(t.issues.c.changed_at)))).scalar_one()
    theirs: datetime = now
    if conn.dialect.name == "postgresql":
        theirs = (await conn.execute(select(func.now()))).scalar_one()
    apart = abs(theirs - now)
    if apart > AHEAD:
        return wrong("clock", f"the database's clock is {apart.total_seconds():.0f} s apart", "Set both clocks by NTP.")
    if newest is not None and newest > now + AHEAD:
        todo = "Set this machine's clock by NTP; until then deadlines come late."
        return wrong("clock", f"the newest fact is of {newest:%Y-%m-%d %H:%M} UTC, in the future", todo)
    return fine("clock", f"{now:%Y-%m-%d %H:%M} UTC")
