"""The command line as an operator meets it: words, JSON, exit codes, errors in two lines."""

import asyncio
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import orjson
import pytest
from click.testing import Result

from issue_stream.cli import COMMANDS
from issue_stream.policies.loader import default_text
from issue_stream.store import tables as t
from issue_stream.store.upsert import insert_missing
from tests.issue_stream.commands.conftest import Call
from tests.issue_stream.little_house import little_house

ALL = [name for group in COMMANDS.values() for name in group]
GROUPS = {
    "policy": ("check", "show", "diff"),
    "dead-letters": ("list", "show", "replay"),
    "topics": ("create", "show"),
    "keys": ("create", "list", "revoke"),
}
LEAVES = [(name,) for name in ALL if name not in GROUPS] + [(name, sub) for name in GROUPS for sub in GROUPS[name]]


def said(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(result.stdout)
    return found


def two_lines(result: Result) -> tuple[str, str]:
    """What happened and what to do, both on stderr."""
    what, todo = result.stderr.strip().splitlines()
    return what, todo


def number_of(call: Call, partner: str) -> str:
    return str(said(call("list", "--all", "--partner", partner, "--json"))["issues"][0]["number"])


@pytest.mark.parametrize("words", LEAVES)
def test_every_command_shows_an_example_its_json_and_its_exit_codes(call: Call, words: tuple[str, ...]) -> None:
    result = call(*words, "--help")

    assert result.exit_code == 0, result.output
    assert f"Example: issue-stream {' '.join(words)}" in " ".join(result.stdout.split())
    assert "--json" in result.stdout
    assert "Exit codes" in result.stdout


def test_help_lists_every_command_and_its_line_is_the_command_s_own(call: Call) -> None:
    shown = call("--help").stdout

    assert all(f"  {name} " in shown for name in ALL)


def test_an_unknown_command_is_bad_input(call: Call) -> None:
    assert call("liste").exit_code == 2


def test_without_a_store_it_says_what_to_do(call: Call) -> None:
    result = call("list")

    assert result.exit_code == 2
    assert two_lines(result)[1] == "Run: issue-stream migrate"


def test_a_store_without_tables_says_the_same(call: Call, tmp_path: Path) -> None:
    (tmp_path / "store.db").touch()

    assert two_lines(call("list")) == ("The store has no tables yet.", "Run: issue-stream migrate")


def test_a_wrong_setting_is_named(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISSUE_STREAM_DATABASE_URL", "mysql://x")
    result = call("list")

    assert result.exit_code == 2
    assert two_lines(result)[0].startswith("ISSUE_STREAM_DATABASE_URL: expected")


def test_a_database_that_is_away_is_code_3(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISSUE_STREAM_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    result = call("list")

    assert result.exit_code == 3
    assert "does not answer" in two_lines(result)[0]
    assert "issue-stream doctor" in two_lines(result)[1]


def test_migrating_twice_changes_nothing(call: Call) -> None:
    assert [call("migrate").exit_code, call("migrate", "--json").exit_code] == [0, 0]


def test_an_empty_list_says_why_and_what_next(call: Call) -> None:
    call("migrate")

    assert "issue-stream raise" in call("list").stdout


def test_the_list_stays_within_a_hundred_columns(company: Call) -> None:
    lines = company("list", "--all").stdout.splitlines()

    assert len(lines) >= 9
    assert max(map(len, lines)) <= 100


def test_the_list_can_be_narrowed(company: Call) -> None:
    everything = said(company("list", "--all", "--json"))["issues"]
    of_paul = said(company("list", "--owner", "paul", "--json"))["issues"]
    resolved = said(company("list", "--state", "resolved", "--json"))["issues"]
    first = said(company("list", "--limit", "1", "--json"))

    assert len(everything) == 8
    assert [x["partner"] for x in of_paul] == ["fjord"]
    assert [x["partner"] for x in resolved] == ["moorland"]
    assert (len(first["issues"]), first["more"]) == (1, True)


def test_an_issue_is_shown_with_what_the_partner_saw(company: Call) -> None:
    number = number_of(company, "bluegrass")
    words, shown = company("show", number).stdout, said(company("show", number.removeprefix("PIR-"), "--json"))

    assert "Sam Whitfield" in words
    assert shown["issue"]["owner"] == "sam"
    assert [(e["kind"], e["partner_sees"]) for e in shown["events"]] == [
        ("raised", True),
        ("accepted", True),
        ("note-added", False),
    ]


def test_what_a_partner_wrote_cannot_command_the_terminal(desk_runs: Call) -> None:
    words = "Red \x1b[31m[bold]x[/bold]"
    raised = said(desk_runs("raise", "--contact", "harbour-jana", "--what", words, "--json"))
    shown = desk_runs("list", "--all").stdout + desk_runs("show", raised["number"]).output

    assert "\x1b" not in shown
    assert "[bold]" in shown


def test_an_unknown_issue_is_bad_input(company: Call) -> None:
    result = company("show", "PIR-9999")

    assert result.exit_code == 2
    assert two_lines(result) == (
        "There is no issue PIR-9999.",
        "Look its number up with: issue-stream list --all",
    )


def test_an_issue_is_raised_from_the_command_line(desk_runs: Call) -> None:
    """R-10, R-01: the command line is an intake like the form, acknowledged at once."""
    words = ("raise", "--contact", "resi@alpenblick.example.com", "--what", "Our quote is late.", "--amount", "1200")
    raised = said(desk_runs(*words, "--deal", "Town hall", "--deal-by", "2031-01-31", "--json"))
    shown = said(desk_runs("show", raised["number"], "--json"))

    assert (raised["settled"], raised["granted"]) == (True, True)
    assert shown["issue"]["intake"] == "command_line"
    assert shown["issue"]["partner"] == "alpenblick"
    assert shown["summary"] == "Our quote is late."


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("--what", " "), "what"),
        (("--what", "x", "--amount", "much"), "--amount"),
        (("--what", "x", "--since", "monday"), "--since"),
        (("--what", "x", "--also-tell", "nobody"), "also_tell"),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_is_raised(company: Call, words: tuple[str, ...], field: str) -> None:
    before = len(said(company("list", "--all", "--json"))["issues"])
    result = company("raise", "--contact", "resi@alpenblick.example.com", *words)

    assert result.exit_code == 2
    assert two_lines(result)[0].startswith(f"{field}: expected")
    assert len(said(company("list", "--all", "--json"))["issues"]) == before


def test_an_unknown_contact_is_bad_input(company: Call) -> None:
    assert company("raise", "--contact", "who@example.com", "--what", "x").exit_code == 2


def test_an_issue_goes_from_offer_to_resolved(desk_runs: Call) -> None:
    number = number_of(desk_runs, "harbour")
    calls = [
        ("accept", number, "--as", "mia"),
        ("reply", number, "--text", "I have it.", "--next-update", "1d", "--as", "mia"),
        ("note", number, "--text", "-", "--as", "mia@vendor.example.com"),
        ("wait", number, "--for", "third_party", "--reason", "Distributor looks.", "--as", "mia"),
        ("resume", number, "--as", "mia"),
        ("triage", number, "--category", "deal_registration", "--priority", "high", "--as", "dora"),
        ("hand-over", number, "--to", "paul", "--what", "The claim", "--expected", "Pay it", "--as", "mia"),
        ("accept", number, "--as", "paul"),
        ("escalate", number, "--reason", "They call today.", "--tell", "victoria", "--as", "dora"),
        ("deescalate", number, "--reason", "Done.", "--as", "dora"),
        ("link", number, "--title", "Registrations rejected", "--as", "paul"),
        ("unlink", number, "--as", "paul"),
        ("follow", number, "--as", "carla"),
        ("called", number, "--executive", "victoria", "--as", "victoria"),
        ("resolve", number, "--text", "It is registered.", "--cause", "A typo.", "--as", "paul"),
        ("reopen", number, "--reason", "It is back.", "--as", "paul"),
        ("cannot-do", number, "--reason", "No.", "--alternative", "Yes.", "--review-on", "2031-01-31", "--as", "paul"),
    ]
    results = [desk_runs(*words, stdin="From stdin.") for words in calls]
    kinds = [event["kind"] for event in said(desk_runs("show", number, "--json"))["events"]]

    assert [(r.exit_code, r.output) for r in results if r.exit_code] == []
    assert results[0].stdout == f"{number}: accepted.\n"
    assert kinds[-1] == "cannot-be-done"
    assert {"problem-linked", "problem-unlinked", "followed", "executive-contacted", "wait-ended"} <= set(kinds)


def test_a_decline_needs_an_offer(desk_runs: Call) -> None:
    number = number_of(desk_runs, "harbour")
    result = desk_runs("decline", number, "--reason", "no_capacity", "--as", "mia", "--json")

    assert result.exit_code == 1
    assert said(result)["code"] == "not_offered"


def test_a_channel_manager_is_refused_and_told_who_owns_it(desk_runs: Call) -> None:
    """R-15: a channel manager logs and follows, never resolves."""
    number = number_of(desk_runs, "fjord")
    result = desk_runs("resolve", number, "--text", "Done.", "--as", "carla")

    assert result.exit_code == 1
    assert "Paul Mercier" in two_lines(result)[0]
    assert two_lines(result)[1] == f"See where it stands: issue-stream show {number}"


def test_closing_is_for_those_who_may(desk_runs: Call) -> None:
    number = number_of(desk_runs, "skerry")

    assert desk_runs("close", number, "--text", "Withdrawn on the phone.", "--as", "lena").exit_code == 0


def test_without_a_worker_a_wish_is_kept_and_said_so(company: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    # patched: the real wait of three seconds for a worker that does not run
    monkeypatch.setattr("issue_stream.commands._wish.SETTLE_S", 0.0)
    number = number_of(company, "harbour")
    result = company("accept", number, "--as", "mia")

    assert result.exit_code == 0
    assert "waiting for the worker" in result.stdout
    assert said(company("accept", number, "--as", "mia", "--json"))["settled"] is False


@pytest.mark.parametrize(
    "words",
    [
        ("accept", "1001", "--as", "nobody"),
        ("wait", "1002", "--for", "partner", "--reason", "x", "--review", "soon", "--as", "paul"),
        ("cannot-do", "1002", "--reason", "x", "--alternative", "y", "--review-on", "x", "--as", "paul"),
        ("note", "1002", "--text", " ", "--as", "paul"),
        ("unlink", "1002", "--as", "paul"),
        ("link", "1002", "--as", "paul"),
        ("accept", "1001"),
        ("export", "--all", "--partner", "fjord", "x.zip"),
        ("export", "--partner", "nobody", "x.zip"),
        ("keys", "create", "--name", " "),
        ("keys", "create", "--name", "x", "--partner", "nobody"),
        ("keys", "revoke", "key-1"),
        ("dead-letters", "show", "somewhere"),
        ("dead-letters", "show", "issue-commands/0/1"),
        ("policy", "diff", "gone.yaml", "gone.yaml"),
        ("rehearse", "gone.yaml"),
    ],
)
def test_bad_input_is_code_2(company: Call, words: tuple[str, ...]) -> None:
    result = company(*words)

    assert result.exit_code == 2, result.output
    assert result.stdout == ""


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
