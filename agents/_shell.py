"""The guard around every agent, in the one form that lost nothing on a real broker.

Faust acknowledges a message whose agent raised, so nothing but a cancellation may leave the agent's body. What waits is
taken as one batch and acknowledged in log order only when its effects are durable. Poison becomes a dead letter; a part
that is away means the same batch again, with the offset where it was; a bug is tried a few times alone and then put
away; too many dead letters in a row hold the line, because a bad deploy must not empty a topic.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from schemas.errors import BadInput, Unavailable, Undecodable

if TYPE_CHECKING:
    import faust
    from faust.types import EventT, StreamT, TopicT

T = TypeVar("T")
log = logging.getLogger("issue_stream.agents")

LONGEST_REASON = 600
"""Characters of a reason that are kept: several sentences."""


@dataclass(frozen=True, slots=True)
class Incoming(Generic[T]):
    """A decoded message and where it stood."""

    key: bytes | None
    value: T
    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that cannot be handled: where it stood, its bytes, whose it was and why."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    agent: str
    reason: str


@dataclass(frozen=True, slots=True)
class GuardRules:
    """How patient the guard is. Delays are seconds and double from the first to the longest."""

    batch_limit: int = 100
    first_delay_s: float = 0.05
    longest_delay_s: float = 5.0
    tries_of_a_bug: int = 5
    dead_letter_ceiling: int = 20


class Watcher(Protocol):
    """Counts what the guard does."""

    def handled(self, count: int) -> None:
        """So many messages are finished."""

    def dead(self, count: int) -> None:
        """So many messages were put away."""

    def retried(self) -> None:
        """A batch is tried again."""

    def stopped(self) -> None:
        """The line is held."""


class Unwatched:
    """Counts nothing."""

    def handled(self, count: int) -> None:
        """Ignored."""

    def dead(self, count: int) -> None:
        """Ignored."""

    def retried(self) -> None:
        """Ignored."""

    def stopped(self) -> None:
        """Ignored."""


Decode = Callable[[bytes], T | None]
"""Bytes to a message; None when it is not for this agent; raises Undecodable."""
Handle = Callable[[Sequence[Incoming[T]]], Awaitable[None]]
"""Effects of a batch, durable when it returns; raises Unavailable, or anything else for a bug."""
Bury = Callable[[DeadLetter], Awaitable[None]]
"""Keep a dead letter, durable when it returns."""
Pause = Callable[[float], Awaitable[None]]


@dataclass(slots=True)
class Guard(Generic[T]):
    """The loop of one agent; `run` never raises but for a cancellation."""

    name: str
    decode: Decode[T]
    handle: Handle[T]
    bury: Bury
    rules: GuardRules = field(default_factory=GuardRules)
    watch: Watcher = field(default_factory=Unwatched)
    pause: Pause = asyncio.sleep
    _dead_in_a_row: int = 0

    async def run(self, stream: "StreamT[bytes]") -> None:
        """Take what waits, finish it, acknowledge it in log order; for ever."""
        events = stream.noack().events()
        queue = stream.channel.queue
        async for first in events:
            batch = [first]
            while len(batch) < self.rules.batch_limit and not queue.empty():
                following = await anext(events, None)
                if following is None:  # the stream ends in the middle of a batch: what is not acknowledged comes again
                    return
                batch.append(following)
            await self._finish(batch)
            for event in batch:
                await stream.ack(event)
            self.watch.handled(len(batch))

    async def _finish(self, batch: "Sequence[EventT[bytes]]") -> None:
        """In log order: what can be decoded is handled together, poison is put away at its place."""
        heard: list[_Heard[T]] = []
        for event in batch:
            found = self._decoded(event.message)
            if isinstance(found, _Heard):
                heard.append(found)
            elif found is not None:
                await self._together(heard)
                heard = []
                await self._put_away_for_certain(event.message, found)
        await self._together(heard)

    def _decoded(self, message: "Message") -> "_Heard[T] | str | None":
        """The message, or why it is none, or None when it is not for this agent."""
        try:
            value = self.decode(message.value or b"")
        except Undecodable as exc:
            return str(exc)
        except Exception as exc:
            log.exception("a message could not be decoded", extra={"agent": self.name})
            return _fault(exc)
        if value is None:
            return None
        return _Heard(Incoming(message.key, value, message.topic, message.partition, message.offset), message)

    async def _together(self, heard: "Sequence[_Heard[T]]") -> None:
        if heard and not await self._handled([one.incoming for one in heard]):
            for one in heard:
                await self._alone(one)

    async def _handled(self, heard: Sequence[Incoming[T]]) -> bool:
        """Whether the batch is finished; False when it must be taken apart to find the poison in it."""
        delay = self.rules.first_delay_s
        while True:
            try:
                await self.handle(heard)
            except Unavailable as exc:
                delay = await self._wait(delay, exc)
            except Exception:
                log.exception("a batch failed and is taken apart", extra={"agent": self.name, "count": len(heard)})
                return False
            else:
                self._dead_in_a_row = 0
                return True

    async def _alone(self, one: "_Heard[T]") -> None:
        """Until it is handled or put away. When the line is held it is tried again: a part may have been mended."""
        delay, faults, reason = self.rules.first_delay_s, 0, ""
        while True:
            away = None
            try:
                await self.handle([one.incoming])
            except Unavailable as exc:
                away = exc
            except (Undecodable, BadInput) as exc:
                faults, reason = self.rules.tries_of_a_bug, f"expected a message that can be handled: {exc}"
            except Exception as exc:
                log.exception("a message failed", extra={"agent": self.name})
                faults, reason = faults + 1, _fault(exc)
            else:
                self._dead_in_a_row = 0
                return
            if away is None and faults >= self.rules.tries_of_a_bug:
                if await self._put_away(one.message, reason):
                    return
            else:
                delay = await self._wait(delay, away)

    async def _wait(self, delay: float, away: Unavailable | None) -> float:
        """Pause; the next delay is twice as long."""
        if away is not None:
            log.warning("a part is away", extra={"agent": self.name, "part": away.part, "cause": away.cause})
        self.watch.retried()
        await self.pause(delay)
        return min(2 * delay, self.rules.longest_delay_s)

    async def _put_away_for_certain(self, message: "Message", reason: str) -> None:
        """The same bytes fail the same way until another version reads them: a held line stays held."""
        while not await self._put_away(message, reason):
            pass

    async def _put_away(self, message: "Message", reason: str) -> bool:
        """Whether it is among the dead letters; after too many in a row it is not, and a long pause was made."""
        if self._dead_in_a_row >= self.rules.dead_letter_ceiling:
            log.critical("the line is held after too many dead letters", extra={"agent": self.name})
            self.watch.stopped()
            await self.pause(self.rules.longest_delay_s)
            return False
        place = (message.topic, message.partition, message.offset)
        letter = DeadLetter(*place, message.key, message.value, self.name, reason[:LONGEST_REASON])
        delay = self.rules.first_delay_s
        while not await self._buried(letter):
            delay = await self._wait(delay, None)
        self._dead_in_a_row += 1
        self.watch.dead(1)
        return True

    async def _buried(self, letter: DeadLetter) -> bool:
        try:
            await self.bury(letter)
        except Exception:
            log.exception("a dead letter could not be kept yet", extra={"agent": self.name})
            return False
        return True


def _fault(exc: Exception) -> str:
    """The class only: the text of a bug may hold a partner's words."""
    return f"a fault of ours ({type(exc).__name__}); mend it, then replay this"


class Message(Protocol):
    """What the guard reads of Faust's message."""

    @property
    def topic(self) -> str:
        """Its topic."""

    @property
    def partition(self) -> int:
        """Its partition."""

    @property
    def offset(self) -> int:
        """Its place in the partition."""

    @property
    def key(self) -> bytes | None:
        """Its key."""

    @property
    def value(self) -> bytes | None:
        """Its bytes."""


@dataclass(frozen=True, slots=True)
class _Heard(Generic[T]):
    incoming: Incoming[T]
    message: Message


def guard(app: "faust.App", topic: "TopicT[bytes]", line: Guard[Any]) -> None:
    """Register the agent of this guard on a topic; one task, scaled by partitions."""
    app.agent(topic, name=line.name, concurrency=1)(line.run)
