"""Stories end to end, on the same agents as in production. Each story carries its own expectations."""

from pathlib import Path
from typing import Any

from issue_stream.rehearsal.run import run_file
from tests.house_rules.python_files import said

STORIES = Path(__file__).parent


async def plays(name: str) -> list[dict[str, Any]]:
    """The lines of a story; every expectation in it has come true when this returns."""
    return [line async for line in run_file(STORIES / f"{name}.yaml")]


def names(lines: list[dict[str, Any]], kind: str) -> list[str]:
    return [line["name"] for line in lines if line["kind"] == kind]


async def test_a_partner_is_acknowledged_owned_answered_and_confirmed() -> None:
    """R-01, R-09, R-19, R-40: number, owner and next update from the first second to the partner's yes."""
    lines = await plays("happy_path")
    first = next(line for line in lines if line["name"] == "acknowledged")

    assert first["issue"] == "PIR-1001"
    assert {"accept_by", "next_update_at"} <= set(first["figures"])


async def test_after_two_refusals_the_lead_decides() -> None:
    """R-42, R-36: no ping-pong."""
    lines = await plays("declined_twice")

    assert names(lines, "event").count("offered") == 2


async def test_an_offer_nobody_answers_goes_to_the_next() -> None:
    """R-09: never on nobody."""
    lines = await plays("offer_lapses")

    assert names(lines, "event").count("offer-lapsed") == 1


async def test_a_partner_who_says_not_moving_is_heard_at_once() -> None:
    """R-13: the lead and the channel manager know before anybody calls."""
    lines = await plays("not_moving")
    said_at = next(line["at"] for line in lines if line["name"] == "not-moving-said")

    assert all(line["at"] == said_at for line in lines if line["name"] == "escalated")


async def test_the_executive_hears_it_before_the_call_and_a_surprise_is_counted() -> None:
    """R-12: told first, or counted."""
    lines = await plays("must_know_first")
    order = [line["name"] for line in lines if line["issue"] == "PIR-1001" and line["to"] == "victoria"]

    assert order.index("must_know") < order.index("executive-contacted")


async def test_an_honest_no_is_told_with_an_alternative_and_looked_at_again() -> None:
    """R-55: a first-class outcome."""
    lines = await plays("cannot_do")
    told = next(line for line in lines if line["kind"] == "notice" and line["name"] == "cannot_do")

    assert told["figures"]["review_on"] == "2026-03-20"


async def test_a_partner_s_answer_ends_the_wait_for_it() -> None:
    """R-25: and the update clock never paused."""
    lines = await plays("waiting_for_partner")

    assert "wait-ended" in names(lines, "event")


async def test_not_yet_opens_it_again_and_silence_is_only_assumed() -> None:
    """R-19: resolved needs the partner's yes or a stated time-out, told apart."""
    lines = await plays("not_yet")
    reasons = [line["figures"]["reason"] for line in lines if line["kind"] == "notice" and line["name"] == "closed"]

    assert "assumed" in reasons


async def test_a_no_after_two_weeks_opens_it_with_its_history() -> None:
    """R-03: closing is not forgetting."""
    lines = await plays("still_fixed_no")

    assert names(lines, "event").count("reopened") == 1


async def test_a_channel_manager_logs_and_follows_and_never_resolves() -> None:
    """R-14, R-15: refused with the reason, and the owner's name once there is one."""
    lines = await plays("channel_manager")
    refusals = [line for line in lines if line["name"] == "refusal" and line["to"] == "carla"]

    assert [line["because"]["rule"] for line in refusals] == ["not_for_role"] * 3
    assert "Lena Lindqvist" in refusals[-1]["because"]["sentence"]


async def test_the_giver_of_a_hand_over_stays_responsible_and_hears_the_outcome() -> None:
    """R-38: nobody is off the hook before somebody else is on it."""
    lines = await plays("hand_over")
    outcomes = [line["to"] for line in lines if line["name"] == "hand_over_outcome"]

    assert set(outcomes) == {"dora"}


async def test_an_update_without_news_goes_out_on_time() -> None:
    """R-25: in the loop on progress, or the lack of it."""
    lines = await plays("nothing_new")
    due = [line["figures"]["next_update_at"] for line in lines if line["name"] in {"owned", "no_progress"}]
    sent = [line["at"] for line in lines if line["name"] == "no_progress"]

    assert sent == due[: len(sent)]


async def test_alike_issues_are_noticed_and_a_person_links_them() -> None:
    """R-40: every issue knows its recurring problem, by a person's hand."""
    lines = await plays("recurrence")

    assert names(lines, "event").count("problem-linked") == 2


async def test_an_unconfirmed_address_starts_no_clock() -> None:
    """R-10: the public form is a door like the others, once the address is theirs."""
    lines = await plays("public_form")

    assert "sender-confirmed" in names(lines, "event")


async def test_who_is_away_is_not_offered_anything() -> None:
    """R-37: absence is checked before offering."""
    lines = await plays("away")
    offered = [line["to"] for line in lines if line["kind"] == "event" and line["name"] == "offered"]

    assert offered[0] != "mia"


async def test_a_date_is_moved_in_time_or_missed_for_all_to_see() -> None:
    """R-26, R-53: the promise ledger."""
    lines = await plays("promises")

    assert "promise-broken" in names(lines, "event")


async def test_a_quiet_morning_says_so_and_a_busy_one_names_the_issues() -> None:
    """R-12, R-17, R-29: surprises, issues a partner may call about, and what was solved before anybody noticed."""
    lines = await plays("digest")
    mornings = [line["digest"] for line in lines if line["name"] == "digest" and line["to"] == "victoria"]

    assert mornings[0]["quiet"] is True
    assert mornings[1]["quiet"] is False
    assert mornings[1]["surprises"] == 1
    assert mornings[1]["resolved_early"] == 1
    assert mornings[1]["lines"][0] == "PIR-1001"
    assert len(mornings[1]["lines"]) <= 5


def test_every_story_is_told() -> None:
    told = Path(__file__).read_text("utf-8")
    untold = [said(path) for path in STORIES.glob("*.yaml") if f'plays("{path.stem}")' not in told]

    assert untold == []
