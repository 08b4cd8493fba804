"""Wishes from the command line: raised, accepted, refused, kept until a worker runs."""

import pytest

from tests.issue_stream.commands.conftest import Call
from tests.issue_stream.commands.said import number_of, said, two_lines


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
