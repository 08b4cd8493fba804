"""The command line as an operator meets it: words, JSON, exit codes, errors in two lines."""

from pathlib import Path

import pytest

from issue_stream.cli import COMMANDS
from tests.issue_stream.commands.conftest import Call
from tests.issue_stream.commands.said import number_of, said, two_lines

ALL = [name for group in COMMANDS.values() for name in group]
GROUPS = {
    "policy": ("check", "show", "diff"),
    "dead-letters": ("list", "show", "replay"),
    "topics": ("create", "show"),
    "keys": ("create", "list", "revoke"),
}
LEAVES = [(name,) for name in ALL if name not in GROUPS] + [(name, sub) for name in GROUPS for sub in GROUPS[name]]


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
