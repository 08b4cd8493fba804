"""Topics on Kafka: made with our partition counts and retention, and looked at. Raises Unavailable while it is away."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, NoError, TopicAlreadyExistsError, for_code

from schemas.errors import Unavailable
from schemas.topics import TopicSpec

COPIES = 3
"""Brokers that keep each record, where there are so many."""
ANSWERS_WITHIN_MS = 15_000
"""A broker that starts takes a few seconds; longer means that it is away."""
KNOWN_WITHIN_S, LOOK_EVERY_S = 10.0, 0.05
"""Brokers hear of a new topic some milliseconds after it was made."""


async def create(broker_url: str, specs: Sequence[TopicSpec], partitions: int | None) -> list[str]:
    """Make those that are missing, and wait until the broker knows them; the names of those that were made here."""
    async with _admin(broker_url) as admin:
        known = await admin.list_topics()
        missing = [spec for spec in specs if spec.name not in known]
        if not missing:
            return []
        copies = min(COPIES, len((await admin.describe_cluster())["brokers"]))
        answer = await admin.create_topics([_new(spec, partitions, copies) for spec in missing])
        made = _made(answer.topic_errors)
        await _until_known(admin, {spec.name for spec in missing})
    return made


async def show(broker_url: str, names: Sequence[str], team: str) -> list[tuple[str, int, int, int]]:
    """(topic, partitions, end, records the group has not finished) of those that exist."""
    async with _admin(broker_url) as admin:
        described = await admin.describe_topics(list(names))
    numbers = {topic["topic"]: [part["partition"] for part in topic["partitions"]] for topic in described}
    async with _consumer(broker_url, team) as consumer:
        return [await _state(consumer, name, parts) for name, parts in numbers.items() if parts]


def servers(broker_url: str) -> list[str]:
    """host:port of every broker in `kafka://a:9092;kafka://b:9092`."""
    return [part.removeprefix("kafka://") for part in broker_url.split(";") if part]


def _new(spec: TopicSpec, partitions: int | None, copies: int) -> NewTopic:
    count = spec.partitions if partitions is None or spec.partitions == 1 else partitions
    kept = {"retention.ms": str(int(spec.retention.total_seconds() * 1000))}
    return NewTopic(spec.name, count, copies, topic_configs=kept)


def _made(answers: Sequence[tuple[Any, ...]]) -> list[str]:
    """The client raises nothing when the broker refuses: its answer has a code for each topic."""
    made = []
    for name, code, *words in answers:
        error = for_code(code)
        if error is NoError:
            made.append(str(name))
        elif error is not TopicAlreadyExistsError:  # then somebody else was faster
            raise Unavailable("the broker", f"it refused to make {name}: {error.__name__} {' '.join(map(str, words))}")
    return made


async def _until_known(admin: AIOKafkaAdminClient, names: Collection[str]) -> None:
    try:
        async with asyncio.timeout(KNOWN_WITHIN_S):
            while not set(names) <= set(await admin.list_topics()):  # noqa: ASYNC110 - a broker sends no news
                await asyncio.sleep(LOOK_EVERY_S)
    except TimeoutError as exc:
        raise Unavailable("the broker", "it has made the topics and does not know them yet; try again") from exc


@asynccontextmanager
async def _admin(broker_url: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers(broker_url), request_timeout_ms=ANSWERS_WITHIN_MS)
    try:
        await admin.start()
        yield admin
    except (KafkaError, OSError) as exc:
        raise _away(broker_url, exc) from exc
    finally:
        await admin.close()


@asynccontextmanager
async def _consumer(broker_url: str, team: str) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(bootstrap_servers=servers(broker_url), group_id=team, enable_auto_commit=False)
    try:
        await consumer.start()
        yield consumer
    except (KafkaError, OSError) as exc:
        raise _away(broker_url, exc) from exc
    finally:
        await consumer.stop()


def _away(broker_url: str, exc: Exception) -> Unavailable:
    return Unavailable("the broker", f"{type(exc).__name__}; is {broker_url} right, and is it running?")


async def _state(consumer: AIOKafkaConsumer, topic: str, numbers: Sequence[int]) -> tuple[str, int, int, int]:
    parts = [TopicPartition(topic, number) for number in numbers]
    ends = await consumer.end_offsets(parts)
    lag = 0
    for part in parts:
        finished = await consumer.committed(part)
        lag += ends[part] - (finished or 0)
    return topic, len(parts), sum(ends.values()), lag
