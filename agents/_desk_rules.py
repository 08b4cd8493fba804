"""What every decision of the desk shares: its context, its answer, and who may do what.

Pure. A decision returns the events it grants, or a `Refusal` with a code and facts; it never raises for a normal "no".
"""

from dataclasses import dataclass
from datetime import timedelta

from schemas.deadlines import due_after
from schemas.envelope import CommandMessage
from schemas.events import Event
from schemas.issue import Issue
from schemas.people import Directory, Person
from schemas.policy import Policy, PolicyBook
from schemas.refusals import Refusal
from schemas.values import Actor, Instant, Scalar
from schemas.vocabulary import RESOLVER_ROLES, ActorKind, Priority, Role, state_word

Decision = tuple[Event, ...] | Refusal
"""Events when granted, a reasoned no otherwise."""

FARTHEST = timedelta(days=365)
"""A review, update or promise further away than a year is a typing mistake."""


@dataclass(frozen=True, slots=True)
class DeskContext:
    """What the desk knows beside the issue: the policies and who works here."""

    book: PolicyBook
    directory: Directory

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self.book.current


@dataclass(frozen=True, slots=True)
class Case:
    """One wish about one existing issue, with all a decision may look at."""

    issue: Issue
    by: Actor
    now: Instant
    context: DeskContext

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self.context.policy

    @property
    def person(self) -> Person | None:
        """The member of staff who wishes it; None for partners, agents and timers."""
        return self.context.directory.person(self.by.id) if self.by.kind is ActorKind.STAFF else None

    @property
    def is_automatic(self) -> bool:
        """Whether an agent or a timer wishes it."""
        return self.by.kind in {ActorKind.AGENT, ActorKind.TIMER}

    @property
    def leads(self) -> bool:
        """Whether the wisher is a lead or an admin."""
        return self.person is not None and self.person.role in {Role.LEAD, Role.ADMIN}

    def next_update(self, priority: Priority | None = None) -> Instant:
        """When the partner hears next, counted from now."""
        return due_after(self.now, self.policy.updates.of(priority or self.issue.priority))


def case_of(issue: Issue, message: CommandMessage, now: Instant, context: DeskContext) -> Case:
    """The case of a message about an existing issue."""
    return Case(issue=issue, by=message.by, now=now, context=context)


def refuse(code: str, **facts: Scalar) -> Refusal:
    """A reasoned no."""
    return Refusal(code, facts)


def said(at: Instant) -> str:
    """An instant inside a refusal: UTC, because the desk does not know the reader's zone; pages say it in theirs."""
    return at.strftime("%a %d %b, %H:%M UTC")


def over(case: Case) -> Refusal | None:
    """A no when the issue is not open."""
    if case.issue.is_open:
        return None
    if case.issue.merged_number is not None:
        return refuse("merged", into=case.policy.number(case.issue.merged_number))
    return refuse("over", state=state_word(case.issue.state).staff.lower())


def not_staff(case: Case) -> Refusal | None:
    """A no to everybody who is not an active member of staff; agents and timers pass."""
    if case.is_automatic:
        return None
    if case.by.kind is not ActorKind.STAFF:
        return refuse("not_staff")
    if case.person is None or not case.person.active:
        return refuse("unknown_staff", who=case.by.id)
    return None


def not_person(case: Case) -> Refusal | None:
    """A no to agents and timers too: only a person becomes the owner."""
    return refuse("not_staff") if case.is_automatic else not_staff(case)


def not_resolver(case: Case) -> Refusal | None:
    """A no to channel managers and executives: they log and follow, never resolve (R-15)."""
    no = not_staff(case)
    if no is not None or case.is_automatic:
        return no
    person = case.person
    if person is not None and person.role not in RESOLVER_ROLES:
        return refuse("not_for_role", role=person.role.replace("_", " "), owner=who_has(case))
    return None


def not_owner(case: Case) -> Refusal | None:
    """A no to everybody but the owner, leads and admins; an unowned issue is open to every resolver."""
    no = not_resolver(case)
    if no is not None or case.is_automatic or case.leads:
        return no
    if case.issue.owner is not None and case.issue.owner != case.by.id:
        return refuse("not_owner", owner=case.issue.owner_name)
    return None


def not_lead(case: Case) -> Refusal | None:
    """A no to everybody but leads and admins."""
    no = not_resolver(case)
    if no is not None or case.is_automatic or case.leads:
        return no
    return refuse("not_lead")


def not_future(case: Case, at: Instant, what: str) -> Refusal | None:
    """A no when an instant is past or absurdly far."""
    if at <= case.now:
        return refuse("past", what=what, found=said(at))
    if at > case.now + FARTHEST:
        return refuse("too_far", what=what, found=said(at), days=FARTHEST.days)
    return None


def who_has(case: Case) -> str:
    """The owner, the one it is offered to, or the team: a name for a sentence."""
    issue = case.issue
    if issue.owner is not None:
        return issue.owner_name
    if issue.offer is not None and issue.offer.to_name:
        return issue.offer.to_name
    team = case.policy.team(issue.team)
    return team.name if team else "the team"


def first_no(*answers: Refusal | None) -> Refusal | None:
    """The first no, or None when all agree."""
    return next((answer for answer in answers if answer is not None), None)
