"""`topics show` and the checks look into the log of a running process, and of none."""

import asyncio
from pathlib import Path

import pytest

from issue_stream.carriage.log import Log, Record
from issue_stream.carriage.read_only import look
from schemas.errors import Unavailable


async def _filled(path: Path) -> Log:
    log = Log(str(path))
    await log.create_topic("events", 1, 0.0)
    for _ in range(3):
        await log.append(Record(log.part("events", 0), 0.0, None, b"x"))
    await log.commit("workers", {log.part("events", 0): 1})
    return log


async def test_a_running_log_shows_its_ends_and_what_is_left_to_do(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    log = await _filled(path)
    shown, of_others = look(str(path), "workers"), look(str(path), "others")
    log.close()

    assert shown == [("events", 1, 3, 2)]
    assert of_others == [("events", 1, 3, 3)]


def test_a_closed_log_shows_the_same_and_stays_untouched(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    asyncio.run(_filled(path)).close()
    before = path.read_bytes()

    assert look(str(path), "workers") == [("events", 1, 3, 2)]
    assert path.read_bytes() == before


async def test_a_folder_with_an_odd_name_is_no_hindrance(tmp_path: Path) -> None:
    folder = tmp_path / "50% of it? #1"
    (await _filled(folder / "log.db")).close()

    assert look(str(folder / "log.db"), "workers") == [("events", 1, 3, 2)]


def test_where_no_log_is_there_is_nothing_to_show(tmp_path: Path) -> None:
    assert look(str(tmp_path / "log.db"), "workers") == []


def test_a_file_that_is_no_log_is_said(tmp_path: Path) -> None:
    (tmp_path / "log.db").write_bytes(b"somebody's letter " * 100)

    with pytest.raises(Unavailable, match="not a database; check the disk and the rights"):
        look(str(tmp_path / "log.db"), "workers")
