"""Who is told at a ladder's step, on "not moving", and which executive must know first."""

from collections.abc import Collection
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.escalate import Around, Needs, decide, hear
from schemas.envelope import CommandMessage, EventMessage
from schemas.events import Accepted, CommentAdded, Event, NotMovingSaid, Resolved
from schemas.evolve import evolve
from schemas.issue import Issue
from schemas.people import Directory, Partner, Person
from schemas.policy import Ladder, LadderStep, MustKnow, PolicyBook, StepWhen, Tell
from schemas.side_commands import Escalate, InformExecutive
from schemas.side_events import ExecutiveInformed, LadderStepDue
from schemas.values import Blocked
from schemas.vocabulary import Role, StuckReason
from tests.builders import DAY, HOUR, NOW, STAFF, fact, person, policy_book, raised_event

PARTNER = Partner(id="nordlys", name="Nordlys Data", tier="gold", channel_manager="cara")
OWNER = Accepted(owner="mia", owner_name="Mia Example", team="deal_desk", next_update_at=NOW + DAY)
NOT_MOVING = NotMovingSaid(reason=StuckReason.NO_UPDATE, text="t-comment")
BIG = MustKnow(id="big", name="A gold partner is blocked", tiers=("gold",), blocked_amount_over=Decimal(40_000))
RAISED = raised_event(offer=raised_event().offer.model_copy(update={"team": "deal_desk"}), ladder="short")


def _book(
    *must_know: MustKnow, tell: tuple[Tell, ...] = (Tell.LEAD,), when: StepWhen = StepWhen.NOT_RESOLVED
) -> PolicyBook:
    """A ladder of one step, and these rules."""
    step = LadderStep(when=when, after=timedelta(minutes=90), tell=tell)
    ladder = Ladder(id="short", name="Short", steps=(step,))
    policy = policy_book().current.model_copy(update={"ladders": (ladder,), "default_ladder": "short"})
    return PolicyBook(current=policy.model_copy(update={"must_know": must_know}))


def _around(book: PolicyBook, staff: tuple[Person, ...] = STAFF) -> Around:
    return Around(PARTNER, Directory(people={p.id: p for p in staff}), book, NOW)


def _after(*events: Event) -> tuple[EventMessage, Issue]:
    issue: Issue | None = None
    for version, event in enumerate(events, start=1):
        message = fact(event, version, at=NOW + version * HOUR, who="timer")
        issue = evolve(issue, message)
    assert issue is not None
    return message, issue


def _wished(around: Around, *events: Event) -> list[CommandMessage]:
    return list(decide(*_after(*events), around))


def _escalated(wishes: list[CommandMessage]) -> list[tuple[str, ...]]:
    return [wish.command.tell for wish in wishes if isinstance(wish.command, Escalate)]


def _informed(wishes: list[CommandMessage]) -> list[str]:
    return [wish.command.executive for wish in wishes if isinstance(wish.command, InformExecutive)]


STEP = LadderStepDue(ladder="short", step=1)


@pytest.mark.parametrize(
    ("tell", "told"),
    [
        ((Tell.OWNER,), ("mia",)),
        ((Tell.TEAM,), ("lena", "mia", "omar")),
        ((Tell.LEAD,), ("lena",)),
        ((Tell.CHANNEL_MANAGER,), ("cara",)),
        ((Tell.EXECUTIVES,), ("vera",)),
        ((Tell.LEAD, Tell.EXECUTIVES, Tell.LEAD), ("lena", "vera")),
    ],
)
def test_a_step_tells_the_people_its_words_stand_for(tell: tuple[Tell, ...], told: tuple[str, ...]) -> None:
    assert _escalated(_wished(_around(_book(tell=tell)), RAISED, OWNER, STEP)) == [told]


def test_a_step_that_has_nobody_of_its_own_falls_back_to_the_lead() -> None:
    """A step never ends in nobody: the owner's step on an issue without an owner tells the lead."""
    (wish,) = _wished(_around(_book(tell=(Tell.OWNER,))), RAISED, STEP)

    assert isinstance(wish.command, Escalate)
    assert wish.command.tell == ("lena",)
    assert wish.because is not None
    assert wish.because.inputs["fell_back"] is True


def test_an_executive_told_by_a_step_stands_in_the_ledger_first() -> None:
    """R-12: the ledger's wish comes before the escalation that speaks to them."""
    wishes = _wished(_around(_book(tell=(Tell.EXECUTIVES,))), RAISED, OWNER, STEP)

    assert [type(wish.command) for wish in wishes] == [InformExecutive, Escalate]
    assert _informed(wishes) == ["vera"]


def test_a_step_for_the_unaccepted_says_nothing_once_somebody_accepted() -> None:
    around = _around(_book(when=StepWhen.NOT_ACCEPTED))

    assert _escalated(_wished(around, RAISED, STEP)) == [("lena",)]
    assert not _wished(around, RAISED, OWNER, STEP)


def test_a_resolved_issue_escalates_no_more() -> None:
    fixed = Resolved(text="t-fixed", assume_at=NOW + DAY)

    assert not _wished(_around(_book(BIG)), RAISED, OWNER, fixed, STEP)


def test_a_backup_is_told_beside_someone_who_is_away() -> None:
    away = person("lena", Role.LEAD, away_from=NOW - DAY, backup="omar")
    staff = tuple(away if p.id == "lena" else p for p in STAFF)

    assert _escalated(_wished(_around(_book(), staff), RAISED, STEP)) == [("lena", "omar")]


def test_not_moving_tells_lead_and_channel_manager_at_once_and_says_why() -> None:
    (wish,) = _wished(_around(_book()), RAISED, OWNER, NOT_MOVING)

    assert isinstance(wish.command, Escalate)
    assert wish.command.tell == ("lena", "cara")
    assert wish.command.rule == "not-moving"
    assert wish.because is not None
    assert wish.because.inputs["reason"] == "no_update"


def test_a_must_know_needs_every_condition() -> None:
    """R-12: tier and amount must both hold."""
    small = RAISED.model_copy(update={"blocked": Blocked(amount=Decimal(40_000))})
    big = RAISED.model_copy(update={"blocked": Blocked(amount=Decimal(40_001))})
    silver = big.model_copy(update={"tier": "silver"})
    around = _around(_book(BIG))

    assert [_informed(_wished(around, raised)) for raised in (small, silver, big)] == [[], [], ["vera"]]


@pytest.mark.parametrize(
    ("rule", "events"),
    [
        (MustKnow(id="words", name="Wrote twice", partner_words_unanswered=2), (CommentAdded(), CommentAdded())),
        (MustKnow(id="stuck", name="Says stuck", not_moving_said=True), (NOT_MOVING,)),
    ],
)
def test_a_must_know_sees_the_course_of_the_issue(rule: MustKnow, events: tuple[Event, ...]) -> None:
    """R-13: a partner who writes again without an answer is about to call."""
    around = _around(_book(rule))

    assert _informed(_wished(around, RAISED, OWNER)) == []
    assert _informed(_wished(around, RAISED, OWNER, *events)) == ["vera"]


def test_an_empty_must_know_rule_wakes_nobody() -> None:
    assert not _wished(_around(_book(MustKnow(id="empty", name="Empty"))), RAISED)


def test_an_executive_is_informed_of_an_issue_once() -> None:
    big = RAISED.model_copy(update={"blocked": Blocked(amount=Decimal(50_000))})
    told = ExecutiveInformed(executive="vera", rule="must-know:big")

    assert not _wished(_around(_book(BIG)), big, told, CommentAdded())


def test_an_unconfirmed_sender_cannot_wake_an_executive() -> None:
    big = RAISED.model_copy(update={"blocked": Blocked(amount=Decimal(50_000)), "confirmed": False})

    assert not _wished(_around(_book(BIG)), big)


def test_the_same_event_wishes_the_same_commands() -> None:
    first = _wished(_around(_book(BIG)), RAISED, OWNER, NOT_MOVING)

    assert [w.id for w in first] == [w.id for w in _wished(_around(_book(BIG)), RAISED, OWNER, NOT_MOVING)]


PEOPLE = st.lists(
    st.builds(
        person,
        st.sampled_from(["mia", "omar", "lena", "cara", "vera", "ada"]),
        st.sampled_from(list(Role)),
        st.sampled_from(["deal_desk", "front_desk", "nowhere", None]),
        active=st.booleans(),
    ),
    unique_by=lambda p: p.id,
    max_size=6,
)


@settings(max_examples=200, deadline=None)
@given(PEOPLE, st.lists(st.sampled_from(list(Tell)), min_size=1, max_size=3), st.booleans())
def test_an_escalation_never_ends_in_nobody(staff: list[Person], tell: list[Tell], owned: bool) -> None:
    """While one active person exists, every step and every "not moving" tells somebody who is active."""
    active = {p.id for p in staff if p.active}
    around = _around(_book(tell=tuple(tell)), tuple(staff))
    before: list[Event] = [RAISED, OWNER] if owned else [RAISED]
    for event in (STEP, NOT_MOVING):
        (told,) = _escalated(_wished(around, *before, event))

        assert set(told) <= active
        assert bool(told) == bool(active)


class _Reading:
    """One issue in a house that knows everybody."""

    def __init__(self, issue: Issue, book: PolicyBook) -> None:
        self._issue, self._book, self.reads = issue, book, 0

    async def issues_of(self, facts: list[EventMessage]) -> dict[str, Issue]:
        self.reads += 1
        return {fact.issue: self._issue for fact in facts if fact.issue == self._issue.id}

    async def partners(self, ids: tuple[str, ...]) -> dict[str, Partner]:
        return {one: PARTNER for one in ids if one == PARTNER.id}

    async def directory(self, knowing: Collection[str] = ()) -> Directory:  # noqa: ARG002 - always all
        return Directory(people={p.id: p for p in STAFF})

    def policies(self) -> PolicyBook:
        return self._book


async def test_a_batch_is_read_once_and_wished_once() -> None:
    message, issue = _after(RAISED, OWNER, NOT_MOVING)
    reading, wished = _Reading(issue, _book()), []

    async def wish(commands: list[CommandMessage]) -> None:
        wished.append(commands)

    await hear(Needs(reading=reading, wish=wish, now=lambda: NOW), [message] * 50)  # type: ignore[arg-type]  # the reads it needs

    assert reading.reads == 1
    assert [len(commands) for commands in wished] == [50]
