"""Messages of ours to their topics, durable when the call returns; wishes carried in the background.

The only place that sends. Any failure of the carriage is `Unavailable`: nothing is lost, as wishes wait in the store,
events in the outbox, and reactions with their unacknowledged event.
"""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson
import structlog

from agents._shell import DeadLetter
from issue_stream import metrics
from schemas.envelope import CommandMessage, EventMessage, encode_command, encode_event
from schemas.errors import Unavailable
from schemas.notices import Notice, encode_notice
from schemas.topics import ISSUE_COMMANDS, ISSUE_DEAD_LETTERS, ISSUE_EVENTS, ISSUE_NOTICES

if TYPE_CHECKING:
    import faust

log = structlog.get_logger("issue_stream.publish")

Record = tuple[bytes, bytes]
"""Key and value."""

SEND_WITHIN_S = 30.0
"""A broker that does not confirm for this long counts as away; the message is sent again, which changes nothing."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Sends over the app's own producer, on either carriage."""

    app: "faust.App"

    async def wish(self, messages: Sequence[CommandMessage]) -> None:
        """Commands to the desk."""
        await self.send(ISSUE_COMMANDS.name, [(m.issue.encode(), encode_command(m)) for m in messages])

    async def announce(self, messages: Sequence[EventMessage]) -> None:
        """Events to everybody."""
        await self.send(ISSUE_EVENTS.name, [(m.issue.encode(), encode_event(m)) for m in messages])

    async def tell(self, notices: Sequence[Notice]) -> None:
        """Notices to deliver."""
        await self.send(ISSUE_NOTICES.name, [(n.recipient.encode(), encode_notice(n)) for n in notices])

    async def bury(self, letter: DeadLetter) -> None:
        """A dead letter with where it stood and why."""
        document = {
            "topic": letter.topic,
            "partition": letter.partition,
            "offset": letter.offset,
            "agent": letter.agent,
            "reason": letter.reason,
            "value": base64.b64encode(letter.value or b"").decode(),
        }
        await self.send(ISSUE_DEAD_LETTERS.name, [(letter.key or b"", orjson.dumps(document))])

    async def send(self, topic: str, records: Sequence[Record]) -> None:
        """All of them, in order per key; returns when every one is durable, raises Unavailable otherwise."""
        if not records:
            return
        try:
            async with asyncio.timeout(SEND_WITHIN_S):
                send = self.app.producer.send
                sent = [await send(topic, key, value, None, None, None) for key, value in records]
                await asyncio.gather(*sent)
        except Exception as exc:
            raise Unavailable("the log", type(exc).__name__) from exc


@dataclass(slots=True)
class Carrier:
    """Takes wishes that the door has kept to the topic, batch by batch, in the background.

    When the carriage is away they stay in `waiting_commands`: `leave` marks them as carried by nobody, and the worker's
    sweep takes them as soon as the carriage answers.
    """

    send: Callable[[Sequence[CommandMessage]], Awaitable[None]]
    leave: Callable[[Sequence[CommandMessage]], Awaitable[None]]
    _waiting: list[CommandMessage] = field(default_factory=list)
    _task: asyncio.Task[None] | None = None

    def carry(self, messages: Sequence[CommandMessage]) -> None:
        """Carry these soon; never raises, never waits."""
        self._waiting.extend(messages)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await self.send(batch)
            except Unavailable as exc:
                log.warning("wishes wait in the store", count=len(batch), cause=exc.cause)
                metrics.CARRIED.labels("left_waiting").inc(len(batch))
                await self._left(batch)
            else:
                metrics.CARRIED.labels("at_once").inc(len(batch))

    async def _left(self, batch: Sequence[CommandMessage]) -> None:
        try:
            await self.leave(batch)
        except Unavailable as exc:
            log.warning("the sweep takes them later than it could", count=len(batch), cause=exc.cause)

    async def stop(self) -> None:
        """Carry what is left, then end."""
        if self._task is not None:
            await self._task
