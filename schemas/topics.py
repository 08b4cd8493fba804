"""The topics, as data: what each carries, who writes and reads it, how long it is kept.

They are created by `issue-stream topics create`, never by a broker on its own.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """One topic. `retention` is how long a record is kept at least."""

    name: str
    key: str
    carries: str
    written_by: tuple[str, ...]
    read_by: tuple[str, ...]
    partitions: int
    retention: timedelta


PARTITIONS = 8
"""So many workers can share the work; more would only cost memory at the sizes that were measured."""

_KEPT = timedelta(days=14)
"""Longer than any outage somebody comes back from; the store is the truth, so nothing is lost after it."""

ISSUE_COMMANDS = TopicSpec(
    name="issue-commands",
    key="issue id",
    carries="a wish: CloudEvents envelope with a command",
    written_by=("intake", "classify", "assign", "escalate", "detect_recurrence", "deliver", "timers"),
    read_by=("desk",),
    partitions=PARTITIONS,
    retention=_KEPT,
)
ISSUE_EVENTS = TopicSpec(
    name="issue-events",
    key="issue id",
    carries="a fact: CloudEvents envelope with an event and its issueversion",
    written_by=("desk",),
    read_by=("classify", "assign", "escalate", "detect_recurrence", "inform", "outside systems"),
    partitions=PARTITIONS,
    retention=_KEPT,
)
ISSUE_NOTICES = TopicSpec(
    name="issue-notices",
    key="recipient",
    carries="a notice: CloudEvents envelope with what somebody is told",
    written_by=("inform", "digest"),
    read_by=("deliver",),
    partitions=PARTITIONS,
    retention=_KEPT,
)
ISSUE_DEAD_LETTERS = TopicSpec(
    name="issue-dead-letters",
    key="the original key",
    carries="the bytes of a message that could not be handled, with its topic, partition, offset and the reason",
    written_by=("every agent's guard",),
    read_by=("operators",),
    partitions=1,
    retention=timedelta(days=90),
)

TOPICS = (ISSUE_COMMANDS, ISSUE_EVENTS, ISSUE_NOTICES, ISSUE_DEAD_LETTERS)
