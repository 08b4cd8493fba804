"""The real services, one of each for a whole run of tests, started by the first test that asks.

A part that is not installed skips its tests and says so; where the environment says CI, it fails them.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from typing import NoReturn
from uuid import uuid4

import pytest
from playwright.async_api import Browser, async_playwright
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.services.kafka_broker import Kafka
from tests.services.places import Missing
from tests.services.postgres import Postgres


def _is_missing(reason: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(f"nothing may be skipped in CI: {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def kafka_broker() -> Iterator[Kafka]:
    """A running broker. A test that kills it starts it again; topics and groups need names of their own."""
    broker = Kafka()
    try:
        broker.start()
    except Missing as exc:
        _is_missing(str(exc))
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """A running server. A test that kills it starts it again."""
    server = Postgres()
    try:
        server.start()
    except Missing as exc:
        _is_missing(str(exc))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_url(postgres_server: Postgres) -> str:
    """The server's first database, shared by the whole run: make a database of your own in it."""
    return postgres_server.url


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """An empty database for one test."""
    name = f"test_{uuid4().hex}"
    asyncio.run(_tell(postgres_url, f"CREATE DATABASE {name}"))
    yield postgres_url.rsplit("/", 1)[0] + f"/{name}"
    asyncio.run(_tell(postgres_url, f"DROP DATABASE {name} WITH (FORCE)"))


async def _tell(url: str, statement: str) -> None:
    engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"), isolation_level="AUTOCOMMIT")
    async with engine.connect() as conn:
        await conn.execute(text(statement))
    await engine.dispose()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser that Debian installs; Playwright is told to use it."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        _is_missing(str(Missing("Chromium")))
    return found


@pytest.fixture
async def browser(chromium_path: str) -> AsyncIterator[Browser]:
    """A browser without a window."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield started
        await started.close()
