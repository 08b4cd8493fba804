"""The desk's table: what each wish makes true in every situation (event kinds), or why not (`!` and the code)."""

import pytest

from schemas.refusals import REFUSALS
from tests.agents.desk_situations import GROUPS, SITUATIONS, WISHES
from tests.builders import after, answered, wish

TABLE: dict[str, dict[str, str]] = {
    "raise again": {"!raised_already": "ALL"},
    "confirm": {
        "!confirmed_already": "OWNED raised triaged offered lead_asked",
        "sender-confirmed": "unconfirmed",
        "!over": "OVER",
        "!merged": "merged",
    },
    "triage by agent": {
        "triaged": "raised unconfirmed",
        "!triaged_already": "OWNED triaged offered lead_asked",
        "!over": "OVER",
        "!merged": "merged",
    },
    "triage by mia": {"triaged": "UNOWNED OWNED", "!over": "OVER", "!merged": "merged"},
    "ask for triage": {
        "triage-asked": "raised unconfirmed",
        "!triaged_already": "OWNED OVER triaged offered lead_asked merged",
    },
    "set priority": {"priority-set": "UNOWNED OWNED", "!over": "OVER", "!merged": "merged"},
    "set summary": {"summary-set": "ALL"},
    "offer to omar by agent": {
        "offered": "raised unconfirmed triaged",
        "!offer_running": "offered lead_asked",
        "!taken": "OWNED",
        "!over": "OVER",
        "!merged": "merged",
    },
    "offer to omar by lead": {"offered": "UNOWNED", "!taken": "OWNED", "!over": "OVER", "!merged": "merged"},
    "offer to omar by mia": {"!not_lead": "ALL"},
    "offer to a channel manager": {"!cannot_own": "UNOWNED", "!taken": "OWNED", "!over": "OVER", "!merged": "merged"},
    "ask lead": {
        "lead-asked": "raised unconfirmed triaged",
        "!offer_running": "offered lead_asked",
        "!taken": "OWNED",
        "!over": "OVER",
        "!merged": "merged",
    },
    "accept by mia": {
        "accepted": "raised unconfirmed triaged offered",
        "!offered_to_other": "lead_asked",
        "!yourself": "OWNED",
        "!over": "OVER",
        "!merged": "merged",
    },
    "accept by omar": {
        "accepted": "raised unconfirmed triaged handed",
        "!offered_to_other": "offered lead_asked",
        "!taken": "owned waiting",
        "!over": "OVER",
        "!merged": "merged",
    },
    "accept by lead": {"accepted": "UNOWNED", "!taken": "OWNED", "!over": "OVER", "!merged": "merged"},
    "accept by channel manager": {"!not_for_role": "UNOWNED", "!taken": "OWNED", "!over": "OVER", "!merged": "merged"},
    "accept by executive": {"!not_for_role": "UNOWNED", "!taken": "OWNED", "!over": "OVER", "!merged": "merged"},
    "accept by stranger": {"!unknown_staff": "ALL"},
    "accept by one who left": {"!unknown_staff": "ALL"},
    "accept by agent": {"!not_staff": "ALL"},
    "accept by partner": {"!not_staff": "ALL"},
    "decline by mia": {
        "!not_offered": "OWNED raised unconfirmed triaged lead_asked",
        "declined": "offered",
        "!over": "OVER",
        "!merged": "merged",
    },
    "decline by omar": {
        "!not_offered": "UNOWNED owned waiting",
        "declined": "handed",
        "!over": "OVER",
        "!merged": "merged",
    },
    "decline by lead": {
        "!not_offered": "OWNED raised unconfirmed triaged offered",
        "declined": "lead_asked",
        "!over": "OVER",
        "!merged": "merged",
    },
    "hand over by mia": {
        "!unowned": "UNOWNED",
        "hand-over-started": "owned waiting",
        "!offer_running": "handed",
        "!over": "OVER",
        "!merged": "merged",
    },
    "hand over by lead": {
        "!unowned": "UNOWNED",
        "hand-over-started": "owned waiting",
        "!offer_running": "handed",
        "!over": "OVER",
        "!merged": "merged",
    },
    "hand over by channel manager": {"!not_for_role": "UNOWNED OWNED", "!over": "OVER", "!merged": "merged"},
    "hand over to channel manager": {
        "!unowned": "UNOWNED",
        "!cannot_own": "OWNED",
        "!over": "OVER",
        "!merged": "merged",
    },
    "comment": {
        "comment-added": "UNOWNED owned handed resolved confirmed withdrawn cannot_do merged",
        "comment-added wait-ended": "waiting",
        "comment-added reopened": "assumed",
    },
    "comment without words": {"!empty": "ALL"},
    "not moving": {"not-moving-said": "UNOWNED OWNED", "!over": "OVER", "!merged": "merged"},
    "reply by mia": {"replied": "UNOWNED OWNED OVER", "!merged": "merged"},
    "reply by channel manager": {"!not_for_role": "ALL"},
    "reply by partner": {"!not_staff": "ALL"},
    "note by channel manager": {"note-added": "ALL"},
    "note by service": {"!not_staff": "ALL"},
    "wait by mia": {"!unowned": "UNOWNED", "wait-started": "OWNED", "!over": "OVER", "!merged": "merged"},
    "wait by omar": {"!unowned": "UNOWNED", "!not_owner": "OWNED", "!over": "OVER", "!merged": "merged"},
    "resume": {"!not_waiting": "UNOWNED OVER owned handed merged", "wait-ended": "waiting"},
    "resolve by mia": {"accepted resolved": "UNOWNED", "resolved": "OWNED", "!over": "OVER", "!merged": "merged"},
    "resolve by omar": {"accepted resolved": "UNOWNED", "!not_owner": "OWNED", "!over": "OVER", "!merged": "merged"},
    "resolve by lead": {"accepted resolved": "UNOWNED", "resolved": "OWNED", "!over": "OVER", "!merged": "merged"},
    "resolve by channel manager": {"!not_for_role": "UNOWNED OWNED", "!over": "OVER", "!merged": "merged"},
    "resolve by agent": {"!not_staff": "UNOWNED OWNED", "!over": "OVER", "!merged": "merged"},
    "cannot do": {
        "accepted cannot-be-done": "UNOWNED",
        "cannot-be-done": "OWNED",
        "!over": "OVER",
        "!merged": "merged",
    },
    "yes": {
        "resolution-confirmed closed": "UNOWNED OWNED resolved assumed withdrawn",
        "!confirmed_already": "confirmed",
        "!not_resolved": "cannot_do merged",
    },
    "not yet": {
        "!still_open": "UNOWNED OWNED",
        "resolution-denied": "resolved confirmed assumed",
        "resolution-denied reopened": "withdrawn",
        "!not_resolved": "cannot_do merged",
    },
    "still fixed": {
        "!not_resolved": "UNOWNED OWNED resolved cannot_do merged",
        "still-fixed-answered": "confirmed assumed withdrawn",
    },
    "not fixed": {
        "!not_resolved": "UNOWNED OWNED resolved cannot_do merged",
        "still-fixed-answered reopened": "confirmed assumed withdrawn",
    },
    "satisfied": {"!not_resolved": "UNOWNED OWNED", "satisfaction-given": "OVER merged"},
    "close by lead": {
        "closed": "UNOWNED OWNED resolved cannot_do",
        "!over": "confirmed assumed withdrawn",
        "!merged": "merged",
    },
    "close by mia": {"!not_lead": "ALL"},
    "reopen": {"!not_over": "UNOWNED OWNED", "reopened": "OVER", "!merged": "merged"},
    "reopen by partner": {"!not_staff": "ALL"},
    "escalate": {"escalated": "UNOWNED OWNED", "!over": "OVER", "!merged": "merged"},
    "de-escalate": {"!not_escalated": "ALL"},
    "link": {"problem-linked": "ALL"},
    "unlink": {"!not_linked": "ALL"},
    "suggest alike": {"alike-suggested": "UNOWNED OWNED", "!stale": "OVER merged"},
    "dismiss alike": {"alike-dismissed": "ALL"},
    "merge": {"merged-into": "UNOWNED OWNED", "!over": "OVER", "!merged": "merged"},
    "merge into itself": {"!same_issue": "UNOWNED OWNED", "!over": "OVER", "!merged": "merged"},
    "unmerge": {"!not_merged": "UNOWNED OWNED OVER", "unmerged": "merged"},
    "promise": {"promise-made": "UNOWNED OWNED", "!over": "OVER", "!merged": "merged"},
    "revise no promise": {"!no_promise": "UNOWNED OWNED", "!over": "OVER", "!merged": "merged"},
    "keep no promise": {"!no_promise": "ALL"},
    "withdraw no promise": {"!no_promise": "ALL"},
    "inform executive": {"executive-informed": "ALL"},
    "executive was called": {"executive-contacted": "ALL"},
    "delivered to partner": {"!nothing_to_tell": "ALL"},
    "failed for good": {"delivery-failed": "ALL"},
    "follow": {"followed": "ALL"},
    "offer to mia lapses": {
        "!stale": "OWNED OVER raised unconfirmed triaged lead_asked merged",
        "offer-lapsed": "offered",
    },
    "offer to team lapses": {
        "offer-lapsed": "raised triaged",
        "!stale": "OWNED OVER unconfirmed offered lead_asked merged",
    },
    "update due": {"no-progress-told": "OWNED raised triaged offered lead_asked", "!stale": "OVER unconfirmed merged"},
    "wait review": {"!stale": "UNOWNED OVER owned handed merged", "wait-ended": "waiting"},
    "assume resolved": {"!stale": "UNOWNED OWNED confirmed assumed withdrawn cannot_do merged", "closed": "resolved"},
    "ask again": {
        "!stale": "UNOWNED OWNED resolved withdrawn cannot_do merged",
        "still-fixed-asked": "confirmed assumed",
    },
    "ladder step 1": {
        "ladder-step-due": "raised triaged offered lead_asked",
        "!stale": "OWNED OVER unconfirmed merged",
    },
    "promise due": {"!stale": "ALL"},
    "refusal review": {
        "!stale": "UNOWNED OWNED resolved confirmed assumed withdrawn merged",
        "refusal-review-due": "cannot_do",
    },
    "never confirmed": {"!stale": "OWNED OVER raised triaged offered lead_asked merged", "closed": "unconfirmed"},
}


def _expected(name: str) -> dict[str, str]:
    rows: dict[str, str] = {}
    for outcome, words in TABLE[name].items():
        for word in words.split():
            for situation in GROUPS.get(word, (word,)):
                if situation in rows:
                    raise AssertionError(f"{name}: {situation} stands twice")
                rows[situation] = outcome
    return rows


def _found(name: str, situation: str) -> str:
    command, who = WISHES[name]
    effects = answered(after(None, *SITUATIONS[situation]), wish(command, who, n=9))
    refusal = effects.outcomes[0].refusal
    return f"!{refusal}" if refusal else " ".join(message.event.type for message in effects.events)


@pytest.mark.parametrize("name", WISHES)
def test_a_wish_becomes_these_facts_or_this_refusal_in_every_situation(name: str) -> None:
    """R-15, R-38: the whole table, so that no situation is left to chance."""
    assert {situation: _found(name, situation) for situation in SITUATIONS} == _expected(name)


def test_the_table_knows_every_wish() -> None:
    assert set(TABLE) == set(WISHES)


def test_every_refusal_says_why_in_a_sentence_without_holes() -> None:
    for name, (command, who) in WISHES.items():
        for situation in SITUATIONS:
            outcome = answered(after(None, *SITUATIONS[situation]), wish(command, who, n=9)).outcomes[0]
            if outcome.refusal:
                assert outcome.refusal in REFUSALS, (name, situation)
                assert len(outcome.text) > 20, (name, situation)
                assert outcome.text.endswith("."), outcome.text
                assert "{" not in outcome.text
                assert "None" not in outcome.text
