"""Topics made and looked at, on either carriage: what `issue-stream topics create|show` does."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from issue_stream.carriage import kafka_topics
from issue_stream.carriage.read_only import look
from issue_stream.carriage.settings import EMBEDDED_PARTITIONS
from issue_stream.carriage.shared import acquire, release
from schemas.topics import TopicSpec


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic as it stands. `lag` is how many records the worker group has not finished."""

    name: str
    partitions: int
    end: int
    lag: int


async def create_topics(broker_url: str, specs: Sequence[TopicSpec], partitions: int | None = None) -> list[str]:
    """Make those that are missing; gives back their names. Raises Unavailable when the broker is away."""
    if broker_url.startswith("embedded://"):
        return await _create_embedded(_path(broker_url), specs)
    return await kafka_topics.create(broker_url, specs, partitions)


async def show_topics(broker_url: str, specs: Sequence[TopicSpec], team: str) -> list[TopicState]:
    """Every topic that exists, with what the worker group has still to do. Raises Unavailable, as above."""
    if broker_url.startswith("embedded://"):
        return [TopicState(*row) for row in look(_path(broker_url), team)]
    return [TopicState(*row) for row in await kafka_topics.show(broker_url, [spec.name for spec in specs], team)]


def _path(broker_url: str) -> str:
    return str(Path(urlsplit(broker_url).path).resolve())


async def _create_embedded(path: str, specs: Sequence[TopicSpec]) -> list[str]:
    log = acquire(path)
    try:
        missing = [spec for spec in specs if spec.name not in log.topics]
        for spec in missing:
            await log.create_topic(spec.name, min(spec.partitions, EMBEDDED_PARTITIONS), spec.retention.total_seconds())
    finally:
        release(path)
    return [spec.name for spec in missing]
