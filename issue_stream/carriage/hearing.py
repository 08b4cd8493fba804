"""Topics that bring an agent only what it hears.

Faust 0.15.3 takes every message of a topic through every agent's stream, at 0.06 to 0.15 ms each; two thirds of what
the agents of facts are given is not for them. What one does not hear is acknowledged in its name where the message
comes in; the others hold it as before.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import faust
from mode.utils.queues import ThrowableQueue

if TYPE_CHECKING:
    from faust.types import EventT

Hears = Callable[[bytes], bool]
"""Whether a message is for an agent; what cannot be read must be, so that somebody puts it away."""

RAW: dict[str, Any] = {
    "key_type": bytes,
    "key_serializer": "raw",
    "value_type": bytes,
    "value_serializer": "raw",
    "internal": True,
}
"""Topics carry bytes: decoding happens inside the guard."""


class HeardTopic(faust.Topic):
    """A topic as one agent hears it."""

    def __init__(self, app: faust.App, *, hears: Hears, **options: Any) -> None:  # noqa: ANN401 - Faust's options
        super().__init__(app, **options)
        self._hears = hears

    def _clone_args(self) -> dict[str, Any]:
        return {**super()._clone_args(), "hears": self._hears}

    @property
    def queue(self) -> "SelectiveQueue":
        """What waits for the agent."""
        waiting: SelectiveQueue | None = self._queue  # type: ignore[has-type]  # set by Faust's channel
        if waiting is None:
            waiting = self._queue = SelectiveQueue(self._hears, self.app)
        return waiting


class SelectiveQueue(ThrowableQueue):
    """Faust's queue of one agent, which takes what the agent hears and acknowledges the rest."""

    def __init__(self, hears: Hears, app: faust.App) -> None:
        super().__init__(app.conf.stream_buffer_maxsize, flow_control=app.flow_control, clear_on_resume=True)
        self._hears = hears

    def put_nowait_enhanced(self, value: "EventT[bytes]", **pressure: Callable[[], None]) -> bool:
        """Take it when it is for the agent; whether too much waits now."""
        if self._hears(value.message.value or b""):
            full: bool = super().put_nowait_enhanced(value, **pressure)
            return full
        value.ack()
        return False


def heard(app: faust.App, name: str, hears: Hears) -> HeardTopic:
    """The topic of this name, for an agent that hears so."""
    return HeardTopic(app, topics=[name], hears=hears, **RAW)
