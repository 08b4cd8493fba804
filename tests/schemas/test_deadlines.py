"""What falls due, and when: situations and the rows they make."""

from typing import Any

import pytest

from schemas import commands as c
from schemas import side_commands as w
from schemas.deadlines import CONFIRM_WITHIN, deadlines
from schemas.issue import Issue
from schemas.vocabulary import DeadlineKind as K
from schemas.vocabulary import Priority, WaitingFor
from tests.builders import DAY, HOUR, NOW, after, policy_book, raise_command, wish

RAISED = wish(raise_command(), "partner")
ACCEPT = wish(c.Accept(), "mia")
OFFERED_BY_HAND = wish(c.OfferIssue(to="omar", team="deal_desk", accept_by=NOW + HOUR), "lena")
WAIT = wish(c.Wait(on=WaitingFor.PARTNER, reason="t", review_at=NOW + DAY))
RESOLVE = wish(c.Resolve(text="t"))
MERGE = wish(w.MergeInto(into="issue-2", into_number=1002))


def _due(issue: Issue) -> dict[tuple[K, str], Any]:
    rows = deadlines(issue, policy_book())
    found = {(row.kind, row.ref): row.due_at - NOW for row in rows}
    if len(found) != len(rows):
        raise AssertionError("each (kind, ref) stands once")
    return found


LADDER = {
    (K.LADDER_STEP, "1"): 4 * HOUR,
    (K.LADDER_STEP, "2"): DAY,
    (K.LADDER_STEP, "3"): 2 * DAY,
    (K.LADDER_STEP, "4"): 7 * DAY,
    (K.LADDER_STEP, "5"): 14 * DAY,
}
OWNED = {key: span for key, span in LADDER.items() if key[1] not in {"1", "2"}}


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ((RAISED,), {(K.OFFER_LAPSES, "team"): HOUR, (K.UPDATE_DUE, ""): 2 * DAY} | LADDER),
        ((wish(raise_command(confirmed=False), "partner"),), {(K.CONFIRMATION_ENDS, ""): CONFIRM_WITHIN}),
        (
            (wish(raise_command(confirmed=False), "partner"), OFFERED_BY_HAND),
            {(K.CONFIRMATION_ENDS, ""): CONFIRM_WITHIN, (K.OFFER_LAPSES, "omar"): HOUR},
        ),
        ((RAISED, ACCEPT), {(K.UPDATE_DUE, ""): 2 * DAY} | OWNED),
        ((RAISED, ACCEPT, WAIT), {(K.UPDATE_DUE, ""): 2 * DAY, (K.WAIT_REVIEW, ""): DAY} | OWNED),
        (
            (RAISED, ACCEPT, wish(w.MakePromise(promise="p1", due_at=NOW + DAY))),
            {(K.UPDATE_DUE, ""): 2 * DAY, (K.PROMISE_DUE, "p1"): DAY} | OWNED,
        ),
        ((RAISED, ACCEPT, RESOLVE), {(K.ASSUME_RESOLVED, ""): 5 * DAY}),
        (
            (RAISED, ACCEPT, RESOLVE, wish(c.AnswerResolved(solved=True), "partner")),
            {(K.STILL_FIXED, ""): 14 * DAY},
        ),
        (
            (
                RAISED,
                ACCEPT,
                wish(c.CannotDo(reason="t", alternative="t", review_on=(NOW + 10 * DAY).date())),
            ),
            {(K.REVIEW_REFUSAL, ""): 10 * DAY - HOUR},
        ),
        ((RAISED, MERGE), {}),
        ((RAISED, ACCEPT, WAIT, MERGE), {}),
        ((RAISED, wish(c.Close(), "lena")), {}),
    ],
    ids=[
        "raised",
        "unconfirmed",
        "unconfirmed, offered by hand",
        "owned",
        "waiting",
        "promised",
        "resolved",
        "closed",
        "refused",
        "merged",
        "merged while waiting",
        "withdrawn",
    ],
)
def test_a_situation_has_exactly_these_deadlines(history: tuple[Any, ...], expected: dict[Any, Any]) -> None:
    assert _due(after(None, *history)) == expected


def test_a_higher_priority_brings_the_next_update_nearer() -> None:
    urgent = wish(c.Triage(category="leads", priority=Priority.URGENT), "mia")

    assert _due(after(None, RAISED, urgent))[K.UPDATE_DUE, ""] == 4 * HOUR


def test_a_step_that_ran_is_not_due_again() -> None:
    step = wish(w.PassDeadline(deadline=K.LADDER_STEP, ref="1", due_at=NOW + 4 * HOUR), "timer", at=NOW + 4 * HOUR)

    assert (K.LADDER_STEP, "1") not in _due(after(None, RAISED, step))


def test_telling_the_partner_restarts_the_clock_of_silence() -> None:
    reply = wish(c.ReplyToPartner(text="t"), "mia", at=NOW + DAY)
    issue = after(None, RAISED, ACCEPT, reply)

    assert _due(issue)[K.LADDER_STEP, "3"] == 3 * DAY


def test_the_update_clock_never_pauses_while_the_issue_waits() -> None:
    """R-25: waiting for somebody is no reason to say nothing."""
    before, during = after(None, RAISED, ACCEPT), after(None, RAISED, ACCEPT, WAIT)

    assert _due(before)[K.UPDATE_DUE, ""] == _due(during)[K.UPDATE_DUE, ""]


def test_an_escalation_keeps_the_policy_it_started_with() -> None:
    issue = after(None, RAISED)
    book = policy_book()
    ladders = tuple(ladder.model_copy(update={"steps": ladder.steps[:1]}) for ladder in book.current.ladders)
    newer = book.current.model_copy(update={"version": "newer", "ladders": ladders})
    kept = book.model_copy(update={"current": newer, "earlier": {book.current.version: book.current}})

    assert {row.ref for row in deadlines(issue, kept) if row.kind is K.LADDER_STEP} == {"1", "2", "3", "4", "5"}
