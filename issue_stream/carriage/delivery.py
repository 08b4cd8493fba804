"""How a fetched message reaches the agents' queues, and how long a stop waits for them, on both carriages.

For every message Faust 0.15.3 starts two tasks, to be able to give up when the flow stops; that takes three rounds of
the event loop, in each of which an agent may work for milliseconds, so that messages trickle and no batch ever forms
(1.8 in a batch instead of 97, a third of the throughput). Putting a message into a queue never waits, and a cancelled
fetcher gives up just as well.
"""

import asyncio
from typing import Any

DELIVERY = 2
"""Faust waits for two things when it delivers a message: the delivery, and that the flow stops."""
FINISH_WITHIN_S = 2.0
"""A batch takes milliseconds. Faust waits for ever for one whose database is away, and so does its whole group."""
LOOK_EVERY_S = 0.01
"""Between two looks whether all is finished."""


class AtOnce:
    """A consumer that delivers and stops at once; stands before Faust's own in the order of classes."""

    async def wait_first(self: Any, *coros: Any, **options: Any) -> Any:  # noqa: ANN401 - mode's signature
        """Deliver, when asked to wait for a delivery; otherwise what mode does."""
        if len(coros) == DELIVERY and not options:
            delivery, flow_stops = coros
            flow_stops.close()
            if self.suspend_flow.is_set():
                # Held until the flow goes on, it would come after the seek to what is committed, and Faust would drop
                # everything from there up to it as seen already. Given up, it is fetched again.
                delivery.close()
                return None
            return await delivery
        return await super().wait_first(*coros, **options)  # type: ignore[misc]  # of the class that follows

    async def wait_empty(self: Any) -> None:
        """Let batches in flight end before a stop or a rebalance, but not for ever: what is left is seen again."""
        until = self.loop.time() + FINISH_WITHIN_S
        while self._unacked_messages and self.loop.time() < until:
            await asyncio.sleep(LOOK_EVERY_S)
            self._clean_unacked_messages()
        await self.commit_and_end_transactions()
