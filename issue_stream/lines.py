"""The agents on their lines: each plugged to its topic behind the one guard, with what it needs.

`AGENTS` is the process graph: who hears what and says what. `issue-stream map` draws it, and a test holds drawing,
docstrings and this file together.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agents import assign, classify, deliver, desk, detect_recurrence, escalate, inform
from agents._shell import Bury, Guard, Incoming, guard
from issue_stream.carriage.hearing import Hears, heard
from issue_stream.metrics import Watch
from schemas.envelope import decode_command, decode_event, event_kind
from schemas.notices import decode_notice
from schemas.topics import ISSUE_COMMANDS, ISSUE_EVENTS, ISSUE_NOTICES, TopicSpec

if TYPE_CHECKING:
    import faust


@dataclass(frozen=True, slots=True)
class Agent:
    """One node of the graph: its topic, and the kinds it hears and says."""

    name: str
    topic: TopicSpec
    hears: frozenset[str]
    says: frozenset[str]


AGENTS = (
    Agent("desk", ISSUE_COMMANDS, desk.HEARS, desk.SAYS),
    Agent("classify", ISSUE_EVENTS, classify.HEARS, classify.SAYS),
    Agent("assign", ISSUE_EVENTS, assign.HEARS, assign.SAYS),
    Agent("escalate", ISSUE_EVENTS, escalate.HEARS, escalate.SAYS),
    Agent("detect_recurrence", ISSUE_EVENTS, detect_recurrence.HEARS, detect_recurrence.SAYS),
    Agent("inform", ISSUE_EVENTS, inform.HEARS, inform.SAYS),
    Agent("deliver", ISSUE_NOTICES, deliver.HEARS, deliver.SAYS),
)

Hear = Callable[[Sequence[Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Ears:
    """What each agent does with a batch of what it hears; made by the worker from its parts."""

    desk: Hear
    classify: Hear
    assign: Hear
    escalate: Hear
    detect_recurrence: Hear
    inform: Hear
    deliver: Hear


def attach_all(app: "faust.App", ears: Ears, bury: Bury) -> None:
    """Register every agent on this app; call before it starts."""
    for agent in AGENTS:
        line = Guard(
            name=agent.name,
            decode=_decoder(agent),
            handle=_batches(getattr(ears, agent.name)),
            bury=bury,
            watch=Watch(agent.name),
        )
        guard(app, heard(app, agent.topic.name, _hears(agent)), line)


def _hears(agent: Agent) -> Hears:
    """Facts of other kinds never reach the agent; what cannot be read reaches it, and its guard puts it away."""
    if agent.topic is not ISSUE_EVENTS:
        return lambda _value: True
    return lambda value: (kind := event_kind(value)) is None or kind in agent.hears


def _decoder(agent: Agent) -> Callable[[bytes], Any]:
    if agent.topic is ISSUE_COMMANDS:
        return decode_command
    if agent.topic is ISSUE_NOTICES:
        return decode_notice
    return lambda value: decode_event(value, agent.hears)


def _batches(hear: Hear) -> Callable[[Sequence[Incoming[Any]]], Awaitable[None]]:
    async def handle(batch: Sequence[Incoming[Any]]) -> None:
        await hear([incoming.value for incoming in batch])

    return handle
