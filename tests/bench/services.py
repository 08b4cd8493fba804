"""Broker and database for a bench: those the environment names, or real ones started here on loopback."""

import os
from contextlib import AsyncExitStack
from pathlib import Path

from issue_stream.carriage.topics import create_topics
from schemas.topics import TOPICS
from tests.services.kafka_broker import Kafka
from tests.services.postgres import Postgres


async def database_url(store: str, folder: Path, stack: AsyncExitStack) -> str:
    """SQLite in the folder, or PostgreSQL."""
    if store == "sqlite":
        return f"sqlite:///{folder / 'store.db'}"
    if named := os.environ.get("ISSUE_STREAM_BENCH_DATABASE_URL"):
        return named
    server = Postgres()
    server.start()
    stack.callback(server.stop)
    return server.url


async def broker_url(carriage: str, folder: Path, stack: AsyncExitStack) -> str:
    """The embedded log in the folder, or Kafka with our topics."""
    if carriage == "embedded":
        return f"embedded://{folder / 'log.db'}"
    named = os.environ.get("ISSUE_STREAM_BENCH_BROKER_URL")
    if named is None:
        broker = Kafka()
        broker.start()
        stack.callback(broker.stop)
        named = broker.url
    await create_topics(named, TOPICS)
    return named
