"""Who hears which fact: a table over every event, and what no history may break."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents._telling import RECEIPTS
from agents.inform import HEARS, Known, decide
from schemas.envelope import EventMessage
from schemas.events import Accepted, CommentAdded, Event, Raised, SenderConfirmed
from schemas.evolve import evolve
from schemas.issue import Issue
from schemas.notices import Notice, NoticeKind
from schemas.people import Directory, Partner
from schemas.vocabulary import Audience
from tests.agents.every_event import BECAUSE, EVENTS, KINDS
from tests.builders import DAY, HOUR, NOW, STAFF, fact, policy_book, raised_event

PARTNER = Partner(id="nordlys", name="Nordlys Data", tier="gold", channel_manager="cara")
KNOWN = Known(PARTNER, Directory(people={p.id: p for p in STAFF}), policy_book().current)
OWNER = Accepted(owner="mia", owner_name="Mia Example", team="deal_desk", next_update_at=NOW + DAY)


def _history(events: Sequence[Event], who: Sequence[str]) -> list[tuple[EventMessage, Issue]]:
    steps: list[tuple[EventMessage, Issue]] = []
    issue: Issue | None = None
    for version, (event, name) in enumerate(zip(events, who, strict=True), start=1):
        message = fact(event, version, at=NOW + version * HOUR, who=name).model_copy(update={"because": BECAUSE})
        if name == "partner":
            message = message.model_copy(update={"by": message.by.model_copy(update={"id": "ida"})})
        issue = evolve(issue, message)
        steps.append((message, issue))
    return steps


def _told(
    event: Event, *, by: str = "stranger", owned: bool = True, raised: Raised | None = None
) -> tuple[Notice, ...]:
    """The notices of this event on an issue that mia owns, or that stands with the team."""
    before: list[Event] = [raised or raised_event(also_tell=("bo",))]
    if owned:
        before.append(OWNER)
    steps = _history([*before, event], ["partner", *(["mia"] if owned else []), by])
    return decide(*steps[-1], KNOWN)


def _who(notices: Sequence[Notice]) -> set[tuple[str, str]]:
    return {(notice.kind.value, notice.recipient) for notice in notices}


TABLE: dict[str, set[tuple[str, str]]] = {
    "sender-confirmed": {("acknowledged", "ida"), ("acknowledged", "bo")},
    "triaged": {("followed_news", "cara")},
    "summary-set": set(),
    "priority-set": {("followed_news", "mia")},
    "offered": {("offer", "mia")},
    "lead-asked": {("lead_decides", "lena")},
    "accepted": {("owned", "ida"), ("owned", "bo"), ("hand_over_outcome", "omar")},
    "declined": set(),
    "offer-lapsed": set(),
    "hand-over-started": {("offer", "omar")},
    "comment-added": {("partner_said", "mia")},
    "not-moving-said": {("partner_said", "mia")},
    "replied": {("reply", "ida"), ("reply", "bo"), ("followed_news", "mia")},
    "no-progress-told": {
        ("no_progress", "ida"),
        ("no_progress", "bo"),
        ("update_missed", "mia"),
        ("update_missed", "lena"),
    },
    "note-added": {("followed_news", "mia")},
    "wait-started": {("waiting", "ida"), ("waiting", "bo"), ("followed_news", "mia")},
    "wait-ended": {("moving_again", "ida"), ("moving_again", "bo"), ("moving_again", "mia")},
    "resolved": {("resolved", "ida"), ("resolved", "bo"), ("followed_news", "mia")},
    "cannot-be-done": {
        ("cannot_do", "ida"),
        ("cannot_do", "bo"),
        ("followed_news", "mia"),
        ("followed_news", "cara"),
    },
    "resolution-confirmed": {("partner_said", "mia")},
    "resolution-denied": {("partner_said", "mia")},
    "closed": {("closed", "ida"), ("closed", "bo"), ("followed_news", "mia")},
    "still-fixed-asked": {("still_fixed", "ida")},
    "still-fixed-answered": {("partner_said", "mia")},
    "satisfaction-given": {("partner_said", "mia")},
    "reopened": {
        ("reopened", "ida"),
        ("reopened", "bo"),
        ("reopened", "mia"),
        ("reopened", "lena"),
        ("followed_news", "cara"),
    },
    "ladder-step-due": set(),
    "deescalated": {("deescalated", "lena"), ("deescalated", "vera"), ("deescalated", "mia")},
    "problem-linked": {("followed_news", "mia")},
    "problem-unlinked": set(),
    "alike-suggested": set(),
    "alike-dismissed": set(),
    "merged-into": {("merged", "ida"), ("merged", "bo"), ("followed_news", "mia")},
    "unmerged": {("moving_again", "ida"), ("moving_again", "bo"), ("moving_again", "mia")},
    "promise-made": {("date_changed", "ida"), ("date_changed", "bo")},
    "promise-revised": {("date_changed", "ida"), ("date_changed", "bo")},
    "promise-kept": set(),
    "promise-broken": {
        ("date_changed", "ida"),
        ("date_changed", "bo"),
        ("promise_missed", "mia"),
        ("promise_missed", "lena"),
        ("promise_missed", "cara"),
    },
    "promise-withdrawn": {("date_changed", "ida"), ("date_changed", "bo")},
    "executive-informed": {("must_know", "vera")},
    "executive-contacted": {("followed_news", "mia"), ("followed_news", "lena"), ("followed_news", "cara")},
    "delivery-failed": {("unreachable", "mia")},
    "refusal-review-due": {("refusal_review", "mia")},
    "followed": {("followed_news", "cara")},
}
"""Event type → who hears it, on an issue that mia owns and a stranger acts on."""


@pytest.mark.parametrize("event", [x for x in EVENTS if x.type in TABLE], ids=lambda x: x.type)
def test_each_fact_is_told_to_the_people_named_and_to_nobody_else(event: Event) -> None:
    assert _who(_told(event)) == TABLE[event.type]


def test_every_event_of_the_language_has_an_example_here() -> None:
    assert {event.type for event in EVENTS} == KINDS


def test_what_inform_hears_is_exactly_what_somebody_is_told_of() -> None:
    """A declined or lapsed offer is told to a giver only; it is heard for that."""
    later = [x for x in EVENTS if not isinstance(x, Raised)]
    told = {event.type for event in later for owned in (True, False) if _told(event, owned=owned)}

    assert told | {"raised", "declined", "offer-lapsed"} == HEARS


def test_an_unconfirmed_sender_gets_the_confirmation_link_and_nothing_else() -> None:
    raised = raised_event(confirmed=False, also_tell=("bo",))

    assert _who(decide(*_history([raised], ["partner"])[-1], KNOWN)) == {("confirm_address", "ida")}
    for event in EVENTS:
        if not isinstance(event, (Raised, SenderConfirmed)):
            assert all(n.audience is not Audience.PARTNER for n in _told(event, raised=raised)), event.type


def test_the_acknowledgement_carries_accept_by_and_next_update() -> None:
    """R-01: the receipt goes to the sender at once, with both times."""
    (receipt,) = [n for n in decide(*_history([raised_event()], ["partner"])[-1], KNOWN) if n.recipient == "ida"]

    assert receipt.kind is NoticeKind.ACKNOWLEDGED
    assert not receipt.hold
    assert receipt.figures["accept_by"] == (NOW + HOUR).isoformat()
    assert receipt.figures["next_update_at"] == (NOW + 2 * DAY).isoformat()


def test_the_partners_words_reach_the_team_while_nobody_owns_the_issue() -> None:
    raised = raised_event(offer=raised_event().offer.model_copy(update={"team": "deal_desk"}))
    notices = _told(CommentAdded(text="t-comment"), by="partner", owned=False, raised=raised)

    assert _who(notices) == {("partner_said", "mia"), ("partner_said", "omar"), ("partner_said", "lena")}


@pytest.mark.parametrize("kind", ["declined", "offer-lapsed"])
def test_the_giver_hears_that_a_hand_over_was_not_taken(kind: str) -> None:
    """R-38: the giver stays responsible and gets the outcome back."""
    event = next(x for x in EVENTS if x.type == kind).model_copy(update={"who": "omar", "catch_by": None})

    assert _who(_told(event, by="omar")) == {("hand_over_outcome", "mia")}


def test_a_ladder_step_tells_its_executive_once() -> None:
    """The ledger's fact of a ladder step is silent: the escalation itself is the letter."""
    informed = next(x for x in EVENTS if x.type == "executive-informed")

    assert not _told(informed.model_copy(update={"rule": "ladder:standard:5"}))
    assert not _told(informed.model_copy(update={"delivered": True}))


def test_the_partner_hears_what_not_moving_did_in_parts_and_without_names() -> None:
    event = next(x for x in EVENTS if x.type == "escalated" and x.rule == "not-moving")
    heard = [n for n in _told(event) if n.kind is NoticeKind.HEARD_YOU]

    assert {n.recipient for n in heard} == {"ida", "bo"}
    assert all(n.figures["told"] == "lead,channel_manager" for n in heard)


def test_a_must_know_is_never_held() -> None:
    """R-12: the executive hears before the partner calls."""
    (notice,) = _told(next(x for x in EVENTS if x.type == "executive-informed"))

    assert not notice.hold
    assert notice.audience is Audience.EXECUTIVE


def test_when_the_owner_cannot_be_reached_the_lead_hears_it() -> None:
    event = next(x for x in EVENTS if x.type == "delivery-failed").model_copy(update={"recipient": "mia"})

    assert _who(_told(event)) == {("unreachable", "lena")}


LATER_EVENTS = st.lists(
    st.tuples(
        st.sampled_from([x for x in EVENTS if not isinstance(x, Raised)]),
        st.sampled_from(["mia", "omar", "lena", "cara", "vera", "partner", "timer", "escalate"]),
    ),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(LATER_EVENTS, st.booleans())
def test_nobody_is_told_twice_nor_of_their_own_act(later: list[tuple[Event, str]], confirmed: bool) -> None:
    """R-63: one notice a recipient and fact, and the actor hears only receipts; keys never meet again."""
    first = raised_event(also_tell=("bo", "ida"), confirmed=confirmed)
    keys: set[str] = set()
    for message, issue in _history([first, *(e for e, _ in later)], ["partner", *(w for _, w in later)]):
        notices = decide(message, issue, KNOWN)
        recipients = [n.recipient for n in notices]

        assert len(recipients) == len(set(recipients))
        assert all(n.recipient != message.by.id or n.kind in RECEIPTS for n in notices)
        assert keys.isdisjoint(n.key for n in notices)
        keys |= {n.key for n in notices}
