"""Topics made and looked at, on either carriage: what `issue-stream topics create|show` does."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError

from issue_stream.carriage.read_only import look
from issue_stream.carriage.settings import EMBEDDED_PARTITIONS
from issue_stream.carriage.shared import acquire, release
from schemas.errors import Unavailable
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
        return await _create_embedded(broker_url, specs)
    return await _create_on_kafka(broker_url, specs, partitions)


async def show_topics(broker_url: str, specs: Sequence[TopicSpec], team: str) -> list[TopicState]:
    """Every topic that exists, with what the worker group has still to do."""
    if broker_url.startswith("embedded://"):
        return [TopicState(*row) for row in look(_path(broker_url), team)]
    parts = await _partitions_on_kafka(broker_url, [spec.name for spec in specs])
    async with _consumer(broker_url, team) as consumer:
        return [await _state(consumer, name, numbers) for name, numbers in parts.items() if numbers]


def _path(broker_url: str) -> str:
    return str(Path(urlsplit(broker_url).path).resolve())


async def _create_embedded(broker_url: str, specs: Sequence[TopicSpec]) -> list[str]:
    path = _path(broker_url)
    log = acquire(path)
    try:
        missing = [spec for spec in specs if spec.name not in log.topics]
        for spec in missing:
            await log.create_topic(spec.name, min(spec.partitions, EMBEDDED_PARTITIONS), spec.retention.total_seconds())
    finally:
        release(path)
    return [spec.name for spec in missing]


def servers(broker_url: str) -> list[str]:
    """host:port of every broker in `kafka://a:9092;kafka://b:9092`."""
    return [part.removeprefix("kafka://") for part in broker_url.split(";") if part]


async def _create_on_kafka(broker_url: str, specs: Sequence[TopicSpec], partitions: int | None) -> list[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers(broker_url), request_timeout_ms=15_000)
    try:
        await admin.start()
        known = set(await admin.list_topics())
        missing = [spec for spec in specs if spec.name not in known]
        if missing:
            copies = min(COPIES, len((await admin.describe_cluster())["brokers"]))
            await admin.create_topics([_new(spec, partitions, copies) for spec in missing])
    except TopicAlreadyExistsError:
        return []  # somebody else was faster
    except (KafkaError, OSError) as exc:
        raise Unavailable("the broker", f"{type(exc).__name__}; is {broker_url} right, and is it running?") from exc
    finally:
        await admin.close()
    return [spec.name for spec in missing]


COPIES = 3
"""Brokers that keep each record, where there are so many."""


def _new(spec: TopicSpec, partitions: int | None, copies: int) -> NewTopic:
    count = spec.partitions if partitions is None or spec.partitions == 1 else partitions
    kept = {"retention.ms": str(int(spec.retention.total_seconds() * 1000))}
    return NewTopic(spec.name, count, copies, topic_configs=kept)


async def _partitions_on_kafka(broker_url: str, names: Sequence[str]) -> dict[str, list[int]]:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers(broker_url), request_timeout_ms=15_000)
    try:
        await admin.start()
        described = await admin.describe_topics(list(names))
    except (KafkaError, OSError) as exc:
        raise Unavailable("the broker", f"{type(exc).__name__}; is {broker_url} right, and is it running?") from exc
    finally:
        await admin.close()
    return {topic["topic"]: [part["partition"] for part in topic["partitions"]] for topic in described}


@asynccontextmanager
async def _consumer(broker_url: str, team: str) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(bootstrap_servers=servers(broker_url), group_id=team, enable_auto_commit=False)
    try:
        await consumer.start()
        yield consumer
    except (KafkaError, OSError) as exc:
        raise Unavailable("the broker", f"{type(exc).__name__}; is {broker_url} right, and is it running?") from exc
    finally:
        await consumer.stop()


async def _state(consumer: AIOKafkaConsumer, topic: str, numbers: Sequence[int]) -> TopicState:
    parts = [TopicPartition(topic, number) for number in numbers]
    ends = await consumer.end_offsets(parts)
    lag = 0
    for part in parts:
        finished = await consumer.committed(part)
        lag += ends[part] - (finished or 0)
    return TopicState(topic, len(parts), sum(ends.values()), lag)
