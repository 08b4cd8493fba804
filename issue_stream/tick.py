"""Work that is done again and again beside the agents: timers, sweeps, digests, heartbeats, retention.

A round that fails is logged, counted and done again at its next time; one task never stops another. Time comes in.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import structlog

from issue_stream import metrics
from schemas.errors import Unavailable

log = structlog.get_logger("issue_stream.tick")


@dataclass(frozen=True, slots=True)
class Task:
    """One kind of round: its name in logs and metrics, the seconds between two rounds, and the round itself.

    A round returns True when there is more to do at once.
    """

    name: str
    seconds: float
    round: Callable[[], Awaitable[bool]]


@dataclass(slots=True)
class Ticker:
    """Runs tasks until it is stopped."""

    tasks: Sequence[Task]
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    _running: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self) -> None:
        """Begin; each task in its own loop."""
        self._running = [asyncio.create_task(self._loop(task), name=task.name) for task in self.tasks]

    async def stop(self) -> None:
        """End at once; an unfinished round is undone by its transaction and done again by the next process."""
        for running in self._running:
            running.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _loop(self, task: Task) -> None:
        while True:
            more = await run_round(task)
            await self.pause(0 if more else task.seconds)


async def run_round(task: Task) -> bool:
    """One round; whether there is more. Failures are told, never raised."""
    try:
        return await task.round()
    except Unavailable as exc:
        log.warning("a part is away", task=task.name, part=exc.part, cause=exc.cause)
    except Exception:
        log.exception("a round failed", task=task.name)
        metrics.TICKS_FAILED.labels(task.name).inc()
    return False
