"""Looking after a house: policies, audits, exports, keys, dead letters, topics, stories, the map."""

import asyncio
from pathlib import Path
from zipfile import ZipFile

import orjson

from issue_stream.policies.loader import default_text
from issue_stream.store import tables as t
from issue_stream.store.upsert import insert_missing
from tests.issue_stream.commands.conftest import Call
from tests.issue_stream.commands.said import number_of, said
from tests.issue_stream.little_house import little_house


def test_a_policy_is_checked_line_by_line(call: Call, tmp_path: Path) -> None:
    broken = tmp_path / "mine.yaml"
    broken.write_text(default_text().replace("weight: 20", "weight: 99").replace("hold: 1m", "hold: soon"), "utf-8")
    result, document = call("policy", "check", str(broken)), said(call("policy", "check", str(broken), "--json"))

    assert result.exit_code == 1
    assert "mine.yaml:22:" in result.stderr
    assert (document["ok"], len(document["faults"])) == (False, 2)
    assert call("policy", "check").exit_code == 0


def test_the_policy_in_force_can_be_copied_changed_and_compared(call: Call, tmp_path: Path) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(call("policy", "show", "--text").stdout, "utf-8")
    new.write_text(old.read_text("utf-8").replace("urgent: 15m", "urgent: 5m"), "utf-8")

    assert call("policy", "check", str(old)).exit_code == 0
    assert "from 15 minutes to 5 minutes" in call("policy", "diff", str(old), str(new)).stdout
    assert said(call("policy", "diff", str(old), str(old), "--json"))["changes"] == []
    assert len(said(call("policy", "show", "--json"))["categories"]) == 9


def test_an_audit_exits_1_and_names_the_row_when_a_sum_is_off(company: Call, tmp_path: Path) -> None:
    assert said(company("verify", "--json"))["ok"] is True

    asyncio.run(_spoil(tmp_path))
    result = company("verify")

    assert result.exit_code == 1
    assert "commands: received = applied + refused" in result.stdout


async def _spoil(folder: Path) -> None:
    async with little_house(folder) as house, house.db.write() as conn:
        await conn.execute(t.tallies.update().where(t.tallies.c.name == "received").values(n=0))


def test_one_partner_s_export_holds_nothing_of_another(company: Call, tmp_path: Path) -> None:
    out = tmp_path / "thames.zip"
    result = company("export", "--partner", "thames", str(out), "--json")
    with ZipFile(out) as made:
        everything = b"".join(made.read(name) for name in made.namelist())
        manifest = orjson.loads(made.read("manifest.json"))

    assert said(result)["counts"] == manifest["counts"]
    assert manifest["counts"] == {"issues": 1, "events": 1, "partners": 1, "contacts": 2, "texts": 1, "files": 0}
    assert b"priya" in everything
    for other in (b"fjord", b"harbour", b"Paul Mercier", b"hospital"):
        assert other not in everything


def test_everything_can_be_taken_away(company: Call, tmp_path: Path) -> None:
    out = tmp_path / "all.zip"
    counts = said(company("export", "--all", str(out), "--json"))["counts"]

    assert (counts["issues"], counts["partners"], counts["contacts"], counts["staff"]) == (8, 12, 16, 14)
    assert company("export", "--all", str(out)).exit_code == 2
    assert company("export", "--all", "--force", str(out)).exit_code == 0
    assert [path.name for path in tmp_path.glob("*.part")] == []


def test_a_key_is_shown_once_and_can_be_revoked(company: Call) -> None:
    made = said(company("keys", "create", "--name", "Shop", "--partner", "harbour", "--json"))
    listed = company("keys", "list", "--json")
    revoked = company("keys", "revoke", made["id"])

    assert made["secret"] not in listed.stdout
    assert said(listed)["keys"][0]["revoked_at"] is None
    assert revoked.exit_code == 0
    assert said(company("keys", "list", "--json"))["keys"][0]["revoked_at"] is not None


def test_a_dead_letter_is_listed_shown_and_replayed(desk_runs: Call, tmp_path: Path) -> None:
    number = number_of(desk_runs, "harbour")
    issue = str(said(desk_runs("show", number, "--json"))["issue"]["id"])
    asyncio.run(_bury(tmp_path, 7, _accept(issue)))
    asyncio.run(_bury(tmp_path, 8, b"\x1b[31mnot json"))
    listed = said(desk_runs("dead-letters", "list", "--json"))["dead_letters"]
    hopeless = desk_runs("dead-letters", "replay", "issue-commands/0/8")

    assert [letter["letter"] for letter in listed] == ["issue-commands/0/8", "issue-commands/0/7"]
    assert "\x1b" not in desk_runs("dead-letters", "show", "issue-commands/0/8").stdout
    assert desk_runs("dead-letters", "replay", "issue-commands/0/7").exit_code == 0
    assert hopeless.exit_code == 2
    assert len(said(desk_runs("dead-letters", "list", "--json"))["dead_letters"]) == 1


def _accept(issue: str) -> bytes:
    by = {"kind": "staff", "id": "mia", "name": "Mia"}
    head = {"specversion": "1.0", "id": "22222222-2222-4222-8222-222222222222", "source": "test", "subject": issue}
    kind = {"type": "issue-stream.command.accept.v1", "time": "2026-03-02T09:00:00+00:00", "by": by}
    return orjson.dumps(head | kind | {"data": {"type": "accept"}})


async def _bury(folder: Path, offset: int, value: bytes) -> None:
    row = {"topic": "issue-commands", "partition": 0, "offset": offset, "agent": "desk", "value": value, "reason": "x"}
    async with little_house(folder) as house, house.db.write() as conn:
        await conn.execute(insert_missing("sqlite", t.dead_letters).values(row | {"at": house.now()}))


def test_nothing_automatic_is_said_plainly(company: Call) -> None:
    number = number_of(company, "harbour")

    assert "nothing was decided automatically yet" in company("why", number).stdout
    assert said(company("why", number, "--json"))["decisions"] == []


def test_the_topics_are_made_once(call: Call) -> None:
    first, again = said(call("topics", "create", "--json")), said(call("topics", "create", "--json"))

    assert len(first["created"]) == 4
    assert again["created"] == []
    assert [topic["exists"] for topic in said(call("topics", "show", "--json"))["topics"]] == [True] * 4


STORY = """\
about: A partner is answered within the hour.
start: 2026-03-02T09:00:00Z
steps:
  - raise: A
    from: harbour-jana
    what: Our deal registration for the harbour hospital was rejected and nobody says why.
    category: deal_registration
  - accept: A
    by: mia
    after: 5m
    expect: {state: accepted, owner: mia}
"""


def test_a_story_is_played_line_by_line_in_the_order_of_time(call: Call, tmp_path: Path) -> None:
    story = tmp_path / "story.yaml"
    story.write_text(STORY, "utf-8")
    lines = [orjson.loads(line) for line in call("rehearse", str(story), "--json").stdout.splitlines()]

    assert next(line["name"] for line in lines if line["kind"] == "event") == "raised"
    assert "accepted" in [line["name"] for line in lines]
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    assert max(map(len, call("rehearse", str(story)).stdout.splitlines())) <= 100


def test_a_story_whose_end_is_another_exits_1(call: Call, tmp_path: Path) -> None:
    story = tmp_path / "story.yaml"
    story.write_text(STORY.replace("owner: mia}", "owner: paul}"), "utf-8")
    result = call("rehearse", str(story))

    assert result.exit_code == 1
    assert "paul" in result.stderr


def test_the_map_draws_every_agent_and_topic_from_the_code(call: Call) -> None:
    drawn, document = call("map"), said(call("map", "--json"))
    desk = next(agent for agent in document["agents"] if agent["name"] == "desk")

    assert [topic["name"] for topic in document["topics"]] == ["issue-commands", "issue-events", "issue-notices"]
    assert (desk["reads"], desk["writes"]) == ("issue-commands", ["issue-events"])
    assert all(f"├──► {agent['name']}" in drawn.stdout for agent in document["agents"])
    assert max(map(len, drawn.stdout.splitlines())) <= 100
