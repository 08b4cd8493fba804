"""How a fetched message reaches the agents' queues, on both carriages: at once.

For every message Faust 0.15.3 starts two tasks, to be able to give up when the flow stops; that takes three rounds of
the event loop, in each of which an agent may work for milliseconds, so that messages trickle and no batch ever forms
(1.8 in a batch instead of 97, a third of the throughput). Putting a message into a queue never waits, and a cancelled
fetcher gives up just as well.
"""

from typing import Any

DELIVERY = 2
"""Faust waits for two things when it delivers a message: the delivery, and that the flow stops."""


class AtOnce:
    """A consumer that delivers at once; stands before Faust's own in the order of classes."""

    async def wait_first(self, *coros: Any, **options: Any) -> Any:  # noqa: ANN401 - mode's signature
        """Deliver, when asked to wait for a delivery; otherwise what mode does."""
        if len(coros) == DELIVERY and not options:
            delivery, flow_stops = coros
            flow_stops.close()
            return await delivery
        return await super().wait_first(*coros, **options)  # type: ignore[misc]  # of the class that follows
