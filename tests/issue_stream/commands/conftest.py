import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from issue_stream.cli import main
from issue_stream.clock import utc_now
from tests.issue_stream.little_house import LittleHouse, little_house

Call = Callable[..., Result]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[LittleHouse]:
    async with little_house(tmp_path) as opened:
        yield opened


@pytest.fixture
async def lived_in(house: LittleHouse) -> LittleHouse:
    """With the sample company and its issues, all answered."""
    await house.set_up.sample()
    await house.settle()
    return house


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Calls the command line on a store of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ISSUE_STREAM_VAR_DIR", str(tmp_path))
    for name in ("ISSUE_STREAM_DATABASE_URL", "ISSUE_STREAM_POLICY_FILE", "ISSUE_STREAM_AS", "ISSUE_STREAM_SMTP_URL"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(main, words, input=stdin)

    return run


@pytest.fixture
def company(call: Call, tmp_path: Path) -> Call:
    """The command line on a store with the sample company, where the desk answered everything once."""
    assert call("migrate").exit_code == 0
    asyncio.run(_fill(tmp_path))
    return call


@pytest.fixture
def desk_runs(company: Call, tmp_path: Path) -> Iterator[Call]:
    """The same while a desk answers beside it."""
    stop = threading.Event()
    beside = threading.Thread(target=lambda: asyncio.run(_answer_until(stop, tmp_path)))
    beside.start()
    yield company
    stop.set()
    beside.join()


async def _fill(folder: Path) -> None:
    async with little_house(folder) as house:
        house.at = utc_now()
        await house.set_up.sample()
        await house.settle()


async def _answer_until(stop: threading.Event, folder: Path) -> None:
    async with little_house(folder) as house:
        while not stop.wait(0.01):
            house.at = utc_now()
            await house.settle()
