"""An agent on a carriage: what every test of the contract drives, on the embedded log and on Kafka alike."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import faust

from agents._shell import DeadLetter, Guard, GuardRules, Incoming, guard
from issue_stream.carriage.hearing import Hears, heard
from issue_stream.carriage.settings import app_options
from issue_stream.carriage.topics import TopicState, create_topics, show_topics
from issue_stream.publish import Publisher
from schemas.errors import Undecodable
from schemas.topics import TopicSpec

WITHIN_S = 40.0
"""Longer than a rebalance on a busy machine; a test that waits so long has failed."""
QUICK = GuardRules(batch_limit=100, first_delay_s=0.01, longest_delay_s=0.05, tries_of_a_bug=3, dead_letter_ceiling=3)


def everything(_: bytes) -> bool:
    """An agent that hears all."""
    return True


async def nothing(_: Sequence[Incoming[str]]) -> None:
    """An agent without effects."""


@dataclass
class Seen:
    """An agent that remembers; `trouble` is awaited first and may raise."""

    trouble: Callable[[Sequence[Incoming[str]]], Awaitable[None]] = nothing
    batches: list[list[Incoming[str]]] = field(default_factory=list)
    dead: list[DeadLetter] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, batch: Sequence[Incoming[str]]) -> None:
        self._news.set()
        await self.trouble(batch)
        self.batches.append(list(batch))

    async def bury(self, letter: DeadLetter) -> None:
        self.dead.append(letter)
        self._news.set()

    def wake(self) -> None:
        self._news.set()

    @property
    def values(self) -> list[str]:
        return [one.value for batch in self.batches for one in batch]

    async def until(self, enough: Callable[[], bool]) -> None:
        """Wait until it is so; raises TimeoutError."""
        async with asyncio.timeout(WITHIN_S):
            while not enough():
                self._news.clear()
                await self._news.wait()


@dataclass
class Watching:
    """What the guard counts, with news for those who wait."""

    seen: Seen
    finished: int = 0
    tries: int = 0
    holds: int = 0

    def handled(self, count: int) -> None:
        self.finished += count
        self.seen.wake()

    def dead(self, count: int) -> None:
        """The dead letter itself was news."""

    def retried(self) -> None:
        self.tries += 1
        self.seen.wake()

    def stopped(self) -> None:
        self.holds += 1
        self.seen.wake()


def decode(value: bytes) -> str | None:
    """A word; raises Undecodable when it is no text, gives None for what is not for this agent."""
    if value.startswith(b"\xff"):
        raise Undecodable("expected text, found something else; mend its sender")
    return None if value == b"not for you" else value.decode()


def line(seen: Seen, *, name: str = "reader", rules: GuardRules = QUICK) -> tuple[Guard[str], Watching]:
    """An agent behind the guard, and what the guard counts."""
    watching = Watching(seen)
    made = Guard(name=name, decode=decode, handle=seen.handle, bury=seen.bury, rules=rules, watch=watching)
    return made, watching


@dataclass(frozen=True)
class Rig:
    """One consumer group with topics of its own."""

    url: str
    folder: Path
    team: str = field(default_factory=lambda: f"team-{uuid4().hex[:8]}")

    @property
    def inbox(self) -> str:
        return f"{self.team}-in"

    @property
    def outbox(self) -> str:
        return f"{self.team}-out"

    @property
    def specs(self) -> tuple[TopicSpec, ...]:
        return tuple(
            TopicSpec(name, "a word", "words", ("tests",), ("reader",), partitions=3, retention=timedelta(days=1))
            for name in (self.inbox, self.outbox)
        )

    async def make_topics(self) -> None:
        await create_topics(self.url, self.specs)

    @asynccontextmanager
    async def running(
        self, *lines: Guard[str], second: Guard[str] | None = None, deaf: Mapping[str, Hears] | None = None
    ) -> AsyncIterator[Publisher]:
        """The agents on the inbox (and one on the outbox) until the block ends; then a gentle stop.

        Each hears everything, but for those named in `deaf`.
        """
        app = faust.App(self.team, **app_options(self.url, self.folder))
        for one in lines:
            guard(app, heard(app, self.inbox, (deaf or {}).get(one.name, everything)), one)
        if second is not None:
            guard(app, heard(app, self.outbox, everything), second)
        app.finalize()
        await app.start()
        try:
            async with asyncio.timeout(WITHIN_S):
                await app.tables.recovery.completed.wait()
            yield Publisher(app)
        finally:
            await app.stop()

    async def state(self) -> TopicState:
        """The inbox as `issue-stream topics show` sees it."""
        states = {state.name: state for state in await show_topics(self.url, self.specs, self.team)}
        return states[self.inbox]


def records(*words: str, key: str = "a") -> list[tuple[bytes, bytes]]:
    return [(key.encode(), word.encode()) for word in words]
