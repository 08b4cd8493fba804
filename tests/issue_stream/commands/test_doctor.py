"""The doctor: every kind of trouble gets a line that says what was found and what to do."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from pydantic import SecretStr
from sqlalchemy import insert, update

from issue_stream.carriage.topics import create_topics
from issue_stream.commands import _checkup_parts as parts
from issue_stream.commands import _checkup_place as place
from issue_stream.commands import _names
from issue_stream.commands._findings import Finding, Standing, advice, away, fine, wrong
from issue_stream.commands.doctor import exit_code
from issue_stream.settings import Settings
from issue_stream.store import tables as t
from issue_stream.store.heartbeats import beat
from issue_stream.web.settings import WebSettings
from schemas.topics import TOPICS
from tests.builders import NOW
from tests.issue_stream.commands.conftest import Call
from tests.issue_stream.little_house import LittleHouse

SOME_ID = UUID("11111111-1111-4111-8111-111111111111")
KEY = SecretStr("k" * 64)
CLOSED = 9
"""The discard port: nobody listens there on this machine."""


def settings(folder: Path, **more: Any) -> Settings:  # noqa: ANN401 - fields of Settings
    return Settings(var_dir=folder, _env_file=None, **more)


def test_a_fresh_place_is_fine(tmp_path: Path) -> None:
    findings = list(place.place(settings(tmp_path)))

    assert [(f.name, f.found, f.todo) for f in findings if f.standing is not Standing.OK] == []
    assert [f.name for f in findings] == ["python", "packages", "names", "policy", "folder", "disk", "secrets"]


def test_a_package_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    # patched: what the installed package says it needs
    monkeypatch.setattr(
        place, "requires", lambda _name: ["click==8.*", "no-such-package>=1", "dev-only; extra == 'dev'"]
    )

    assert place.packages().found == "missing: no-such-package"


def test_a_package_that_is_not_installed_itself_is_named() -> None:
    assert place.packages("not-issue-stream").todo == "Run: make install"


def test_the_clash_of_agents_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    # patched: an environment that holds the other wheel too
    monkeypatch.setattr(_names, "packages_distributions", lambda: {"agents": ["openai-agents", "issue-stream"]})
    finding = _names.names()

    assert finding.standing is Standing.WRONG
    assert "openai-agents clashes" in finding.found
    assert "pip uninstall openai-agents" in finding.todo


STRANGER = """
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
stranger = ModuleType("agents")
stranger.__spec__ = ModuleSpec("agents", None, origin="/elsewhere/agents/__init__.py")
sys.modules["agents"] = stranger
from issue_stream.cli import main
main()
"""


def test_a_command_that_cannot_load_says_the_clash() -> None:
    ran = subprocess.run([sys.executable, "-c", STRANGER, "map"], capture_output=True, check=False, text=True)
    what, todo = ran.stderr.splitlines()

    assert ran.returncode == 1
    assert what == "the package openai-agents clashes with our agents."
    assert "make install" in todo


def test_a_stranger_that_comes_first_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "notifiers").mkdir()
    (tmp_path / "notifiers" / "__init__.py").touch()
    monkeypatch.delitem(sys.modules, "notifiers", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))

    assert _names.names().found == "not ours: notifiers"


def test_a_broken_policy_is_named_with_its_line(tmp_path: Path) -> None:
    broken = tmp_path / "mine.yaml"
    broken.write_text("tiers: 3\nteams: 4\n", "utf-8")
    finding = place.policy(settings(tmp_path, policy_file=broken))

    assert finding.standing is Standing.WRONG
    assert finding.found.startswith("mine.yaml:1: ")
    assert finding.todo == f"Run: issue-stream policy check {broken}"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert place.folder(tmp_path / "file").standing is Standing.WRONG
    assert place.folder(tmp_path / "new" / "deep").standing is Standing.OK


def test_a_disk_that_is_nearly_full_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # patched: how much room counts as enough, since the disk itself should stay as it is
    monkeypatch.setattr(place, "LEAST_FREE", 1 << 60)

    assert place.disk(tmp_path / "not" / "yet").standing is Standing.WRONG


def test_several_processes_need_secrets_of_their_own(tmp_path: Path) -> None:
    kafka = "kafka://127.0.0.1:9092"

    assert place.secrets(settings(tmp_path, broker_url=kafka)).standing is Standing.ADVICE
    assert place.secrets(settings(tmp_path, broker_url=kafka, web=WebSettings(secret_keys=(KEY,)))).found.startswith(
        "1 key"
    )


@asynccontextmanager
async def a_server() -> AsyncIterator[int]:
    async def hello(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hello, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_a_mail_server_answers_or_is_away(tmp_path: Path) -> None:
    async with a_server() as port:
        there = await place.mail(settings(tmp_path, smtp_url=SecretStr(f"smtp://u:secret@127.0.0.1:{port}")))
    gone = await place.mail(settings(tmp_path, smtp_url=SecretStr(f"smtp://u:secret@127.0.0.1:{CLOSED}")))
    none = await place.mail(settings(tmp_path))

    assert [f.standing for f in (there, gone, none)] == [Standing.OK, Standing.AWAY, Standing.ADVICE]
    assert "secret" not in gone.found + gone.todo


async def test_a_store_is_missing_empty_old_away_or_fine(tmp_path: Path) -> None:
    missing = await parts.database(settings(tmp_path))
    (tmp_path / "store.db").touch()
    empty = await parts.database(settings(tmp_path))
    gone = await parts.database(settings(tmp_path, database_url=f"postgresql://u:secret@127.0.0.1:{CLOSED}/x"))

    assert [missing.standing, empty.standing, gone.standing] == [Standing.WRONG, Standing.WRONG, Standing.AWAY]
    assert missing.todo == "Run: issue-stream migrate (or up)"
    assert empty.found == "no tables yet"
    assert "secret" not in gone.found


async def test_the_log_is_new_lacks_topics_or_is_fine(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    new = await parts.log(chosen)
    await create_topics(chosen.broker, TOPICS[:1])
    lacking = await parts.log(chosen)
    await create_topics(chosen.broker, TOPICS)

    assert new.standing is Standing.OK
    assert "issue-events" in lacking.found
    assert lacking.todo == "Run: issue-stream topics create"
    assert (await parts.log(chosen)).found == "4 topics, 0 records to do"


async def test_a_broker_that_is_away_is_named(tmp_path: Path) -> None:
    assert (await parts.log(settings(tmp_path, broker_url=f"kafka://127.0.0.1:{CLOSED}"))).standing is Standing.AWAY


async def look(house: LittleHouse) -> dict[str, Finding]:
    async with house.db.read() as conn:
        checks = (
            parts.workers(conn, house.at),
            parts.queues(conn, house.at),
            parts.letters(conn),
            parts.clock(conn, house.at),
        )
        return {finding.name: finding for finding in [await check for check in checks]}


async def test_a_lived_in_store_without_workers_gets_advice(lived_in: LittleHouse) -> None:
    standing = {name: finding.standing for name, finding in (await look(lived_in)).items()}

    assert standing == {"workers": "advice", "lag": "ok", "dead letters": "ok", "clock": "ok"}


async def test_workers_are_alive_silent_or_troubled(house: LittleHouse) -> None:
    async with house.db.write() as conn:
        await beat(conn, "timers", "one", NOW)
    alive = (await look(house))["workers"]
    house.at = NOW + timedelta(minutes=1)
    silent = (await look(house))["workers"]
    async with house.db.write() as conn:
        await beat(conn, "timers", "one", house.at, "policy.yaml:3: a fault")
    troubled = (await look(house))["workers"]

    assert (alive.found, silent.standing) == ("1 alive", Standing.ADVICE)
    assert (troubled.standing, troubled.found) == (Standing.WRONG, "policy.yaml:3: a fault")


async def test_what_waits_for_long_is_named(house: LittleHouse) -> None:
    async with house.db.write() as conn:
        await conn.execute(insert(t.waiting_commands).values(id=SOME_ID, issue_id="x", body=b"", at=NOW))
    young = (await look(house))["lag"]
    house.at = NOW + timedelta(minutes=2)

    assert young.standing is Standing.OK
    assert (await look(house))["lag"].found.startswith("1 wishes wait, 0 events to announce, the oldest since")


async def test_dead_letters_are_worth_a_look(house: LittleHouse) -> None:
    row = {"topic": "issue-events", "partition": 0, "offset": 1, "agent": "inform", "reason": "x", "at": NOW}
    async with house.db.write() as conn:
        await conn.execute(insert(t.dead_letters).values(row))

    assert (await look(house))["dead letters"].found == "1 put away"


async def test_a_clock_that_went_back_is_named(lived_in: LittleHouse) -> None:
    async with lived_in.db.write() as conn:
        await conn.execute(update(t.issues).values(changed_at=NOW + timedelta(hours=1)))

    assert (await look(lived_in))["clock"].standing is Standing.WRONG


@pytest.mark.parametrize(
    ("findings", "code"),
    [
        ([fine("a", "b")], 0),
        ([fine("a", "b"), advice("a", "b", "c")], 0),
        ([wrong("a", "b", "c"), advice("a", "b", "c")], 1),
        ([wrong("a", "b", "c"), away("a", "b", "c")], 3),
    ],
)
def test_the_exit_code_says_the_worst(findings: list[Finding], code: int) -> None:
    assert exit_code(findings) == code


def test_the_doctor_says_all_of_it(company: Call) -> None:
    words, document = company("doctor"), orjson.loads(company("doctor", "--json").stdout)

    assert words.exit_code == 0, words.output
    assert document["ok"] is True
    assert {"python", "names", "database", "log", "workers", "lag", "clock", "mail"} <= {
        x["name"] for x in document["checks"]
    }
    assert "Set ISSUE_STREAM_SMTP_URL." in words.stdout
