"""What each fact changes, and what cannot follow what."""

from typing import Any

import pytest

from schemas import events as e
from schemas import side_events as s
from schemas.events import Event
from schemas.evolve import Impossible, evolve, fold
from schemas.issue import Issue
from schemas.values import Alike, FileRef, Offer
from schemas.vocabulary import CloseReason, DeclineReason, NextMove, Priority, State, StuckReason, WaitingFor
from tests.builders import DAY, HOUR, NOW, fact, raised_event
from tests.schemas.make_examples import EVENTS, filled

LATER = NOW + HOUR
OFFER = Offer(to="mia", to_name="Mia Example", team="deal_desk", made_at=LATER, accept_by=LATER + HOUR)
HANDED = OFFER.model_copy(update={"to": "omar", "handed_over_by": "mia"})
FILE = FileRef(content="file:1", name="a.pdf", media_type="application/pdf", size=1)


def _history(*facts: Event) -> Issue:
    return fold([fact(event, n, at=NOW + n * HOUR / 60) for n, event in enumerate((raised_event(), *facts), start=1)])


TRIAGED = e.Triaged(
    category="leads", team="front_desk", priority=Priority.HIGH, next_update_at=NOW + DAY, ladder="standard"
)
OFFERED = e.Offered(offer=OFFER)
DECLINED = e.Declined(who="mia", reason=DeclineReason.NO_CAPACITY, catch_by=LATER + DAY)
ACCEPTED = e.Accepted(owner="mia", owner_name="Mia Example", team="deal_desk", next_update_at=NOW + DAY)
WAITING = e.WaitStarted(on=WaitingFor.PARTNER, reason="t-why", review_at=NOW + 3 * DAY)
RESOLVED = e.Resolved(text="t-done", assume_at=NOW + 5 * DAY)
CLOSED = e.Closed(reason=CloseReason.CONFIRMED, still_fixed_at=NOW + 14 * DAY)
PROMISED = s.PromiseMade(promise="p1", what="t-p", due_at=NOW + DAY)

TABLE: list[tuple[str, tuple[Event, ...], Event, dict[str, Any]]] = [
    (
        "triaged",
        (),
        TRIAGED,
        {"state": State.TRIAGED, "category": "leads", "priority": Priority.HIGH, "offer.to": None},
    ),
    ("triaged takes an offer back to the team", (OFFERED,), TRIAGED, {"offer.to": None, "offer.team": "front_desk"}),
    ("triaged keeps an owner", (ACCEPTED,), TRIAGED, {"state": State.ACCEPTED, "owner": "mia", "team": "deal_desk"}),
    (
        "another team has refused nothing yet",
        (OFFERED, DECLINED),
        TRIAGED,
        {"team": "front_desk", "decline_reasons": (), "lapses": 0, "declined_by": ("mia",)},
    ),
    (
        "the same team's refusals stand",
        (OFFERED, DECLINED),
        TRIAGED.model_copy(update={"team": "deal_desk"}),
        {"decline_reasons": ("no_capacity",)},
    ),
    (
        "triage asked",
        (),
        e.TriageAsked(team="technical", suggested=("leads",), priority=Priority.LOW),
        {"triage_asked": True, "team": "technical", "offer.team": "technical", "suggested_categories": ("leads",)},
    ),
    ("priority set", (), e.PrioritySet(priority=Priority.URGENT, reason="t-r"), {"priority": Priority.URGENT}),
    (
        "priority set by hand outlives the agent's",
        (e.PrioritySet(priority=Priority.URGENT, reason="t-r"),),
        TRIAGED,
        {"priority": Priority.URGENT, "priority_by_hand": True},
    ),
    ("summary set", (), e.SummarySet(summary="t-new"), {"summary": "t-new"}),
    (
        "sender confirmed",
        (),
        e.SenderConfirmed(contact="ida", next_update_at=LATER, catch_by=LATER),
        {"confirmed": True, "next_update_at": LATER, "offer.accept_by": LATER},
    ),
    ("offered", (TRIAGED,), OFFERED, {"state": State.OFFERED, "offer": OFFER, "team": "deal_desk"}),
    (
        "lead asked",
        (TRIAGED,),
        e.LeadAsked(lead="lena", team="deal_desk", decide_by=LATER + HOUR),
        {"state": State.OFFERED, "asked_lead": True, "offer.to": "lena", "next_move": NextMove.LEAD},
    ),
    (
        "accepted",
        (OFFERED,),
        ACCEPTED,
        {"state": State.ACCEPTED, "owner": "mia", "offer": None, "is_owned": True, "next_move": NextMove.OWNER},
    ),
    (
        "accepting a hand-over does not end a wait",
        (ACCEPTED, WAITING, e.HandOverStarted(offer=HANDED, what="t", expected="t")),
        e.Accepted(owner="omar", owner_name="Omar", team="deal_desk", next_update_at=LATER),
        {"state": State.WAITING, "owner": "omar", "waiting.on": WaitingFor.PARTNER},
    ),
    (
        "declined",
        (OFFERED,),
        e.Declined(who="mia", reason=DeclineReason.NO_CAPACITY, catch_by=LATER + DAY),
        {"state": State.TRIAGED, "declined_by": ("mia",), "offer.to": None, "offer.accept_by": LATER + DAY},
    ),
    (
        "lapsed",
        (OFFERED,),
        e.OfferLapsed(who="mia", catch_by=LATER + DAY),
        {"lapses": 1, "declined_by": ("mia",), "offer.to": None},
    ),
    (
        "lapsed for the whole team",
        (TRIAGED,),
        e.OfferLapsed(catch_by=LATER + DAY),
        {"lapses": 1, "declined_by": (), "offer.accept_by": LATER + DAY},
    ),
    (
        "hand-over started",
        (ACCEPTED,),
        e.HandOverStarted(offer=HANDED, what="t", expected="t"),
        {"owner": "mia", "offer.to": "omar", "state": State.ACCEPTED},
    ),
    (
        "hand-over declined",
        (ACCEPTED, e.HandOverStarted(offer=HANDED, what="t", expected="t")),
        e.Declined(who="omar", reason=DeclineReason.NO_CAPACITY),
        {"owner": "mia", "offer": None, "state": State.ACCEPTED},
    ),
    ("comment", (), e.CommentAdded(text="t", files=(FILE,)), {"unanswered_words": 1, "files": (FILE,)}),
    ("not moving", (), e.NotMovingSaid(reason=StuckReason.AGAIN), {"not_moving": 1, "unanswered_words": 1}),
    (
        "reply",
        (e.CommentAdded(text="t"),),
        e.Replied(text="t", next_update_at=NOW + DAY),
        {"unanswered_words": 0, "next_update_at": NOW + DAY},
    ),
    (
        "no progress",
        (),
        e.NoProgressTold(in_a_row=3, next_update_at=NOW + DAY),
        {"no_progress_in_a_row": 3, "next_update_at": NOW + DAY},
    ),
    ("note", (), e.NoteAdded(text="t"), {"state": State.RAISED}),
    (
        "wait started",
        (ACCEPTED,),
        WAITING,
        {"state": State.WAITING, "waiting.reason": "t-why", "next_move": NextMove.PARTNER},
    ),
    ("wait ended", (ACCEPTED, WAITING), e.WaitEnded(next_update_at=LATER), {"state": State.ACCEPTED, "waiting": None}),
    (
        "resolved",
        (ACCEPTED,),
        RESOLVED,
        {"state": State.RESOLVED, "next_update_at": None, "owner": "mia", "is_open": False},
    ),
    (
        "cannot be done",
        (ACCEPTED,),
        e.CannotBeDone(reason="t", alternative="t", review_on=NOW.date()),
        {"state": State.CANNOT_DO, "review_refusal_on": NOW.date(), "is_open": False},
    ),
    ("resolution confirmed", (ACCEPTED, RESOLVED), e.ResolutionConfirmed(), {"state": State.RESOLVED}),
    (
        "resolution denied",
        (ACCEPTED, RESOLVED),
        e.ResolutionDenied(next_update_at=LATER),
        {"state": State.ACCEPTED, "owner": "mia", "reopened": 1, "assume_at": None},
    ),
    (
        "closed",
        (ACCEPTED, RESOLVED),
        CLOSED,
        {"state": State.CLOSED, "close_reason": CloseReason.CONFIRMED, "still_fixed_at": NOW + 14 * DAY},
    ),
    ("asked again", (ACCEPTED, RESOLVED, CLOSED), e.StillFixedAsked(), {"still_fixed_at": None}),
    ("still fixed", (ACCEPTED, RESOLVED, CLOSED), e.StillFixedAnswered(fixed=True), {"state": State.CLOSED}),
    ("satisfaction", (ACCEPTED, RESOLVED, CLOSED), e.SatisfactionGiven(score=5), {"satisfaction": 5}),
    (
        "reopened with its owner",
        (ACCEPTED, RESOLVED, CLOSED),
        e.Reopened(next_update_at=LATER),
        {"state": State.ACCEPTED, "owner": "mia", "reopened": 1, "close_reason": None, "steps_done": ()},
    ),
    (
        "reopened without an owner",
        (e.Closed(reason=CloseReason.WITHDRAWN),),
        e.Reopened(next_update_at=LATER, catch_by=LATER),
        {"state": State.TRIAGED, "offer.accept_by": LATER, "offer.team": "front_desk"},
    ),
    ("ladder step", (), s.LadderStepDue(ladder="standard", step=1), {"steps_done": (1,)}),
    ("escalated", (), s.Escalated(step=1, told=("lena",)), {"told": ("lena",), "is_escalated": True}),
    ("de-escalated", (s.Escalated(told=("lena",)),), s.Deescalated(reason="t"), {"told": (), "is_escalated": False}),
    ("problem linked", (), s.ProblemLinked(problem="p"), {"problem": "p"}),
    ("problem unlinked", (s.ProblemLinked(problem="p"),), s.ProblemUnlinked(problem="p"), {"problem": None}),
    ("alike suggested", (), s.AlikeSuggested(alike=(Alike(issue="i", score=0.5),)), {"alike.0.issue": "i"}),
    ("alike dismissed", (s.AlikeSuggested(alike=(Alike(score=0.5),)),), s.AlikeDismissed(), {"alike": ()}),
    (
        "merged",
        (OFFERED,),
        s.MergedInto(into="issue-2", into_number=1002),
        {"state": State.MERGED, "before_merge": State.OFFERED, "offer": None, "is_open": False},
    ),
    (
        "unmerged without an owner",
        (OFFERED, s.MergedInto(into="issue-2", into_number=1002)),
        s.Unmerged(next_update_at=NOW + DAY, catch_by=LATER),
        {"state": State.TRIAGED, "offer.accept_by": LATER, "merged_into": None},
    ),
    (
        "unmerged with an owner",
        (ACCEPTED, WAITING, s.MergedInto(into="issue-2", into_number=1002)),
        s.Unmerged(next_update_at=NOW + DAY),
        {"state": State.WAITING, "owner": "mia", "offer": None},
    ),
    ("promise made", (ACCEPTED,), PROMISED, {"promises.0.state": "open", "promises.0.made_by": "mia"}),
    (
        "promise revised in time",
        (ACCEPTED, PROMISED),
        s.PromiseRevised(promise="p1", due_at=LATER + DAY, reason="t"),
        {"promises.0.state": "open", "promises.0.revisions": 1, "promises.0.due_at": LATER + DAY},
    ),
    (
        "promise revised after its date",
        (ACCEPTED, PROMISED),
        s.PromiseRevised(promise="p1", due_at=LATER + DAY, reason="t", before_due=False),
        {"promises.0.state": "late"},
    ),
    ("promise kept", (ACCEPTED, PROMISED), s.PromiseKept(promise="p1"), {"promises.0.state": "kept"}),
    ("promise broken", (ACCEPTED, PROMISED), s.PromiseBroken(promise="p1"), {"promises.0.state": "late"}),
    (
        "promise withdrawn",
        (ACCEPTED, PROMISED),
        s.PromiseWithdrawn(promise="p1", reason="t"),
        {"promises.0.state": "withdrawn"},
    ),
    ("executive informed", (), s.ExecutiveInformed(executive="vera"), {"executives_informed": ("vera",)}),
    (
        "executive reached",
        (),
        s.ExecutiveInformed(executive="vera", delivered=True),
        {"executives_reached": ("vera",)},
    ),
    ("surprise", (), s.ExecutiveContacted(executive="vera", told_first=False), {"surprises": 1}),
    (
        "no surprise",
        (),
        s.ExecutiveContacted(executive="vera", told_first=True),
        {"surprises": 0, "executives_contacted": 1},
    ),
    (
        "delivery failed",
        (),
        s.DeliveryFailedForGood(notice="n", recipient="ida", audience="partner"),
        {"unreachable": ("ida",)},
    ),
    (
        "review of a refusal",
        (ACCEPTED, e.CannotBeDone(reason="t", alternative="t", review_on=NOW.date())),
        s.RefusalReviewDue(),
        {"review_refusal_on": None, "state": State.CANNOT_DO},
    ),
    ("followed", (), s.Followed(staff="cara"), {"followers": ("cara",)}),
    ("no longer followed", (s.Followed(staff="cara"),), s.Followed(staff="cara", on=False), {"followers": ()}),
]


def _look(issue: Issue, path: str) -> object:
    found: Any = issue
    for name in path.split("."):
        found = found[int(name)] if name.isdigit() else getattr(found, name)
    return found


@pytest.mark.parametrize(("before", "event", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_a_fact_changes_what_it_says(before: tuple[Event, ...], event: Event, expected: dict[str, Any]) -> None:
    issue = _history(*before, event)

    assert {path: _look(issue, path) for path in expected} == expected
    assert issue.version == len(before) + 2


def test_the_table_knows_every_event_but_the_first() -> None:
    told = {type(row[2]) for row in TABLE}

    assert told == set(EVENTS) - {e.Raised}


def test_an_issue_is_on_a_team_with_a_deadline_from_its_first_moment() -> None:
    """R-09: nothing is ever on nobody, not even between raising and the first offer."""
    issue = _history()

    assert issue.offer is not None
    assert issue.offer.accept_by > issue.raised_at
    assert issue.next_update_at is not None


@pytest.mark.parametrize("version", [0, 1, 3, 7])
def test_a_gap_or_a_repetition_is_impossible(version: int) -> None:
    issue, next_fact = _history(), fact(e.NoteAdded(text="t"), 2)

    with pytest.raises(Impossible):
        evolve(issue, next_fact.model_copy(update={"version": version}))


@pytest.mark.parametrize("model", [m for m in EVENTS if m is not e.Raised], ids=lambda m: m.__name__)
def test_nothing_but_raised_begins_an_issue(model: type[Any]) -> None:
    with pytest.raises(Impossible):
        evolve(None, fact(filled(model), 1))


def test_an_issue_is_raised_once() -> None:
    with pytest.raises(Impossible):
        evolve(_history(), fact(raised_event(), 2))


def test_an_empty_history_is_no_issue() -> None:
    with pytest.raises(Impossible):
        fold([])


def test_a_denial_by_nobody_s_issue_counts_as_one_reopening() -> None:
    """The desk says both facts when nobody owns it; the second one reopens."""
    closed = _history(e.Closed(reason=CloseReason.ASSUMED))
    denied = evolve(closed, fact(e.ResolutionDenied(next_update_at=LATER), 3))
    issue = evolve(denied, fact(e.Reopened(next_update_at=LATER, catch_by=LATER), 4))

    assert issue.reopened == 1
    assert issue.state is State.TRIAGED


def test_an_unmerged_issue_is_offered_from_now_on() -> None:
    merged = _history(OFFERED, s.MergedInto(into="issue-2", into_number=1002))
    issue = evolve(merged, fact(s.Unmerged(next_update_at=NOW + DAY, catch_by=LATER), 4, at=NOW + HOUR / 2))

    assert issue.offer is not None
    assert issue.offer.made_at == NOW + HOUR / 2
