"""Whom assign asks: by team, skill, region, room, absence and what was declined; never nobody."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import assign
from schemas import commands as c
from schemas import events as e
from schemas.errors import Unavailable
from schemas.issue import Issue
from schemas.people import Directory, Person
from schemas.policy import Policy
from schemas.values import Offer
from schemas.vocabulary import DeclineReason, Intake, Priority, Role, State
from tests.agents.agent_world import World
from tests.builders import DAY, HOUR, ISSUE, NOW, fact, person, policy_book

DEAL = "deal_registration"
DECLINED = e.Declined(who="mia", reason=DeclineReason.NO_CAPACITY)
LAPSED = e.OfferLapsed(who="mia")
TRIAGED = e.Triaged(category=DEAL, team="deal_desk", priority=Priority.NORMAL, next_update_at=NOW, ladder="fast")


def policy() -> Policy:
    return policy_book().current


def issue(**more: object) -> Issue:
    """A deal registration that its team has and nobody else."""
    fields = {
        "id": ISSUE, "number": 1001, "version": 2, "state": State.TRIAGED, "partner": "nordlys", "contact": "ida",
        "intake": Intake.FORM, "summary": "t", "what": "t", "raised_at": NOW, "changed_at": NOW, "region": "nordics",
        "category": DEAL, "team": "deal_desk", "offer": Offer(team="deal_desk", made_at=NOW, accept_by=NOW + HOUR),
    }  # fmt: skip
    return Issue.model_validate(fields | more)


def staff(*people: Person, **load: int) -> Directory:
    return Directory(people={one.id: one for one in people}, load=load)


def decided(directory: Directory, found: Issue | None = None, event: e.Event = TRIAGED) -> assign.Choice:
    choice = assign.decide(fact(event, 2), found or issue(), directory, policy(), NOW)
    if choice is None:
        raise AssertionError("expected a choice")
    return choice


def asked(directory: Directory, found: Issue | None = None, event: e.Event = TRIAGED) -> str:
    return decided(directory, found, event).person


def away(who: str, role: Role = Role.SUPPORT, team: str | None = "deal_desk", **more: object) -> Person:
    return person(who, role, team, away_from=NOW - DAY, away_until=NOW + DAY, **more)


LENA = person("lena", Role.LEAD, capacity=0)
MIA, OMAR = person("mia"), person("omar")


@pytest.mark.parametrize(
    ("directory", "expected", "why"),
    [
        (staff(MIA, person("omar", skills=(DEAL,))), "omar", "skill before name"),
        (staff(MIA, person("omar", regions=("nordics",))), "omar", "the partner's region"),
        (staff(person("mia", regions=("nordics",)), person("omar", skills=(DEAL,))), "omar", "skill before region"),
        (staff(MIA, OMAR, mia=2, omar=1), "omar", "less load"),
        (staff(person("mia", capacity=20), OMAR, mia=6, omar=5), "mia", "load counts against capacity"),
        (staff(MIA, OMAR), "mia", "stable among equals"),
        (staff(person("mia", skills=("leads",)), OMAR), "omar", "skilled for others only"),
        (staff(away("mia"), OMAR), "omar", "away"),
        (staff(MIA, OMAR, mia=12), "omar", "full"),
        (staff(person("cara", Role.CHANNEL_MANAGER), OMAR), "omar", "a channel manager never owns"),
        (staff(away("mia", backup="zoe"), person("zoe", team="technical"), LENA), "zoe", "named backup"),
        (
            staff(away("mia", backup="yan"), away("yan", Role.SUPPORT, "technical",
                  backup="zoe"), person("zoe", team="technical"), LENA),
            "zoe",
            "the backup's backup",
        ),
        (
            staff(away("mia", backup="yan"), away("yan", Role.SUPPORT, "technical", backup="mia"),
                  LENA),
            "lena",
            "backups in a circle",
        ),
        (staff(away("mia"), person("finn", team="front_desk"), LENA), "finn", "the backup team"),
        (staff(away("mia"), LENA), "lena", "nobody free: the lead"),
    ],
)  # fmt: skip
def test_who_is_asked(directory: Directory, expected: str, why: str) -> None:
    """R-37: capacity and absence are checked before offering."""
    assert asked(directory) == expected, why


NORTH = person("north", regions=("nordics",))
SKILLED = person("skilled", skills=(DEAL,))
IDLE = person("idle")
TEAM = staff(NORTH, SKILLED, IDLE, LENA, north=1, skilled=2)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (DeclineReason.NOT_MY_REGION, "north"),
        (DeclineReason.NOT_MY_PRODUCT, "skilled"),
        (DeclineReason.NO_CAPACITY, "idle"),
        (DeclineReason.NOT_MY_AUTHORITY, "lena"),
        (DeclineReason.NEED_INFORMATION, "lena"),
    ],
)
def test_each_reason_to_decline_leads_elsewhere(reason: DeclineReason, expected: str) -> None:
    """R-36: each reason has its own route."""
    declined = issue(declined_by=("mia",), decline_reasons=(reason.value,))
    event = e.Declined(who="mia", reason=reason)

    assert asked(TEAM, declined, event) == expected


@pytest.mark.parametrize(
    ("reasons", "lapses"), [(("no_capacity", "not_my_region"), 0), (("no_capacity",), 1), ((), 2), ((), 5)]
)
def test_after_two_refusals_or_lapses_the_lead_decides(reasons: tuple[str, ...], lapses: int) -> None:
    """R-42: no ping-pong."""
    refused = issue(decline_reasons=reasons, lapses=lapses, declined_by=("mia", "omar"))
    choice = decided(TEAM, refused, LAPSED)

    assert isinstance(choice.command, c.AskLead)
    assert choice.command.lead == "lena"
    assert choice.command.decide_by == NOW + policy().offers.lead_decides_within
    assert choice.because.inputs["refusals before the lead"] == 2


def test_the_next_is_asked_after_one_lapse() -> None:
    assert asked(staff(MIA, OMAR, LENA), issue(lapses=1, declined_by=("mia",)), LAPSED) == "omar"


def test_a_newly_chosen_team_is_asked_although_another_let_it_pass() -> None:
    assert asked(staff(MIA, LENA), issue(lapses=2, declined_by=("finn",)), TRIAGED) == "mia"


FULL = person("mia", capacity=0)


@pytest.mark.parametrize(
    ("directory", "expected"),
    [
        (staff(FULL, LENA, person("ada", Role.ADMIN, None)), "lena"),
        (staff(FULL, away("lena", Role.LEAD), person("fred", Role.LEAD, "front_desk", capacity=0)), "fred"),
        (staff(FULL, person("tess", Role.LEAD, "technical")), "tess"),
        (staff(FULL, person("ada", Role.ADMIN, None)), "ada"),
        (staff(FULL, away("lena", Role.LEAD, capacity=0)), "lena"),
    ],
)  # fmt: skip
def test_without_the_lead_the_next_responsible_decides(directory: Directory, expected: str) -> None:
    assert asked(directory) == expected


def test_a_lead_who_let_it_pass_is_not_asked_again_while_another_is_there() -> None:
    passed = issue(lapses=3, declined_by=("mia", "omar", "lena"))

    assert asked(staff(MIA, OMAR, LENA, person("ada", Role.ADMIN, None)), passed, LAPSED) == "ada"


def test_with_neither_lead_nor_admin_it_waits_loudly() -> None:
    with pytest.raises(Unavailable, match="add one under People"):
        decided(staff(FULL))


@pytest.mark.parametrize(
    ("found", "event"),
    [
        (issue(owner="mia", state=State.ACCEPTED), DECLINED),
        (issue(offer=Offer(to="mia", team="deal_desk", made_at=NOW, accept_by=NOW + HOUR)), LAPSED),
        (issue(state=State.CLOSED), TRIAGED),
        (issue(state=State.MERGED), TRIAGED),
        (issue(confirmed=False), TRIAGED),
        (issue(triage_asked=True, category=None), TRIAGED),
        (issue(state=State.RAISED), e.SenderConfirmed(contact="ida", next_update_at=NOW, catch_by=NOW)),
    ],
)
def test_nothing_is_offered_that_somebody_has_or_that_is_not_ready(found: Issue, event: e.Event) -> None:
    assert assign.decide(fact(event, 2), found, TEAM, policy(), NOW) is None


def test_what_the_front_desk_did_not_sort_in_time_goes_to_one_of_them() -> None:
    unsorted = issue(triage_asked=True, category=None, team="front_desk", lapses=1)
    choice = decided(staff(person("finn", team="front_desk"), LENA), unsorted, e.OfferLapsed())

    assert choice.person == "finn"
    assert isinstance(choice.command, c.OfferIssue)
    assert choice.command.first_step == "Read it and choose its category."


def test_an_offer_says_why_you_what_first_what_done_means_and_by_when() -> None:
    """R-35: the offer says why you, what is expected, the first step and what done is."""
    command = decided(staff(person("mia", skills=(DEAL,), regions=("nordics",)), mia=3)).command

    assert isinstance(command, c.OfferIssue)
    assert command.why_you == (
        "Deal registration and conflict is yours, the partner is in your region (nordics), you have room (3 of 12)"
    )
    assert command.first_step.startswith("Look the registration up")
    assert command.done_means.startswith("The registration is approved")
    assert command.accept_by == NOW + policy().offers.accept_within.normal


@pytest.mark.parametrize("priority", Priority)
def test_the_time_to_answer_follows_the_priority(priority: Priority) -> None:
    command = decided(staff(MIA), issue(priority=priority)).command

    assert isinstance(command, c.OfferIssue)
    assert command.accept_by == NOW + policy().offers.accept_within.of(priority)


def test_why_names_who_would_have_been_asked_instead() -> None:
    because = decided(staff(MIA, OMAR, LENA)).because

    assert because.rule == "assign/offer"
    assert because.policy == policy().version
    assert because.inputs["others who could"] == 1
    assert because.otherwise == "Had Mia been away or full, Omar Example would have been asked."


_PEOPLE = st.lists(
    st.builds(
        lambda n, role, team, capacity, away, backup: person(
            f"p{n}", role, team, capacity=capacity, away_from=NOW - DAY if away else None, backup=f"p{backup}"
        ),
        st.integers(0, 9),
        st.sampled_from((Role.SUPPORT, Role.LEAD, Role.CHANNEL_MANAGER, Role.EXECUTIVE)),
        st.sampled_from(("deal_desk", "front_desk", "technical")),
        st.integers(0, 3),
        st.booleans(),
        st.integers(0, 9),
    ),
    max_size=10,
    unique_by=lambda one: one.id,
)


@given(
    people=_PEOPLE, load=st.dictionaries(st.integers(0, 9).map("p{}".format), st.integers(0, 4)), seen=st.integers(0, 9)
)
def test_absent_full_and_asked_people_never_receive_an_offer(
    people: Sequence[Person], load: dict[str, int], seen: int
) -> None:
    """R-37: an absent or full owner never receives an offer; and somebody always has it."""
    directory = staff(*people, person("boss", Role.ADMIN, None), **load)
    choice = decided(directory, issue(declined_by=(f"p{seen}",), lapses=1), LAPSED)
    who = directory.people[choice.person]

    if isinstance(choice.command, c.OfferIssue):
        assert who.may_own
        assert not who.is_away(NOW)
        assert load.get(who.id, 0) < who.capacity
        assert who.id != f"p{seen}"
    else:
        assert who.role in {Role.LEAD, Role.ADMIN}


async def _heard(world: World, needs: assign.Needs, *issues: str) -> list[str]:
    before = len(world.wished)
    await assign.hear(needs, [fact(TRIAGED, 2, issue=one) for one in issues])
    return [m.command.to for m in world.wished[before:] if isinstance(m.command, c.OfferIssue)]


async def test_offers_of_one_batch_and_of_the_next_spread() -> None:
    names = [f"i-{n}" for n in range(8)]
    world = World([issue(id=name) for name in names], people=staff(MIA, OMAR, LENA))
    needs = assign.Needs(reading=world, wish=world.wish, now=lambda: NOW)
    first = await _heard(world, needs, *names[:4])
    second = await _heard(world, needs, *names[4:])

    assert sorted(first) == ["mia", "mia", "omar", "omar"]
    assert sorted(second) == ["mia", "mia", "omar", "omar"]


async def test_batches_between_two_readings_of_the_people_never_fill_anybody_beyond_their_room() -> None:
    names = [f"i-{n}" for n in range(6)]
    world = World([issue(id=name) for name in names], people=staff(person("mia", capacity=2), LENA))
    needs = assign.Needs(reading=world, wish=world.wish, now=lambda: NOW)
    offered = [who for name in names for who in await _heard(world, needs, name)]

    assert offered == ["mia", "mia"]
    assert len(world.wished) == len(names)


async def test_two_events_of_one_issue_make_one_offer_and_again_the_same_wish() -> None:
    world = World([issue()], people=staff(MIA, LENA))
    needs = assign.Needs(reading=world, wish=world.wish, now=lambda: NOW + timedelta(minutes=1))
    events = [fact(TRIAGED, 2), fact(DECLINED, 3)]
    await assign.hear(needs, events)
    await assign.hear(needs, events)

    assert len(world.wished) == 2
    assert len({message.id for message in world.wished}) == 1
