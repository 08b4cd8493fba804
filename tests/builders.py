"""Values that a test needs and does not care about: a clock, people, the default policy, messages with ids in order."""

from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID, uuid5

from agents._desk_rules import DeskContext
from agents.desk import decide_batch
from issue_stream.policies.loader import default_text, load_policy
from schemas.commands import Command, RaiseIssue
from schemas.envelope import CommandMessage, EventMessage
from schemas.events import Event, Raised
from schemas.issue import Issue
from schemas.people import Directory, Person
from schemas.policy import PolicyBook
from schemas.ports import Effects
from schemas.values import Actor, Offer
from schemas.vocabulary import ActorKind, Intake, Role

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""A Monday morning."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ISSUE = "issue-1"
_SEED = UUID("0d6bd1a4-54a4-4a0e-9a54-0f3f6c6a3a11")


def an_id(*parts: object) -> UUID:
    """The same parts always make the same id."""
    return uuid5(_SEED, "|".join(map(str, parts)))


def person(who: str, role: Role = Role.SUPPORT, team: str | None = "deal_desk", **more: object) -> Person:
    """A member of staff called as their id."""
    fields = {"id": who, "name": f"{who.title()} Example", "email": f"{who}@example.com", "role": role, "team": team}
    return Person.model_validate(fields | more)


STAFF = (
    person("mia"),
    person("omar"),
    person("lena", Role.LEAD),
    person("cara", Role.CHANNEL_MANAGER, None),
    person("vera", Role.EXECUTIVE, None),
    person("ada", Role.ADMIN, None),
    person("gone", active=False),
)


@cache
def policy_book() -> PolicyBook:
    """The packaged policy, nothing pinned."""
    return PolicyBook(current=load_policy(default_text()))


@cache
def context() -> DeskContext:
    """What the desk knows: the packaged policy and the people above."""
    return DeskContext(book=policy_book(), directory=Directory(people={p.id: p for p in STAFF}))


def by(who: str) -> Actor:
    """The actor behind a short name: staff by id, `partner`, or an agent's or timer's name."""
    staff = {p.id: p for p in STAFF}
    if who in staff:
        return Actor(kind=ActorKind.STAFF, id=who, name=staff[who].name)
    kinds = {"partner": ActorKind.PARTNER, "timer": ActorKind.TIMER, "portal": ActorKind.SERVICE}
    return Actor(kind=kinds.get(who, ActorKind.STAFF if who == "stranger" else ActorKind.AGENT), id=who)


def wish(command: Command, who: str = "mia", *, at: datetime = NOW, issue: str = ISSUE, n: int = 0) -> CommandMessage:
    """A command on its way; `n` tells two equal ones apart."""
    identity = an_id("wish", issue, command.type, command.model_dump_json(), who, at, n)
    return CommandMessage(id=identity, issue=issue, at=at, by=by(who), command=command)


def fact(
    event: Event, version: int, *, at: datetime = NOW, who: str = "mia", issue: str = ISSUE, policy: str = ""
) -> EventMessage:
    """An event as the desk would carry it."""
    cause = an_id("cause", issue, version)
    identity = an_id("fact", issue, version)
    return EventMessage(
        id=identity, issue=issue, at=at, by=by(who), event=event, version=version, cause=cause, policy=policy
    )


def raise_command(**more: object) -> RaiseIssue:
    """A confirmed issue of a gold partner."""
    fields: dict[str, object] = {
        "number": 1001,
        "partner": "nordlys",
        "contact": "ida",
        "tier": "gold",
        "intake": Intake.FORM,
        "summary": "t-summary",
        "what": "t-what",
    }
    return RaiseIssue.model_validate(fields | more)


def raised_event(**more: object) -> Raised:
    """What the desk makes of it."""
    fields = raise_command().model_dump(exclude={"type"}) | {
        "next_update_at": NOW + 2 * DAY,
        "offer": Offer(team="front_desk", made_at=NOW, accept_by=NOW + HOUR),
        "ladder": "standard",
    }
    return Raised.model_validate(fields | more)


def answered(
    issue: Issue | None, *messages: CommandMessage, at: datetime = NOW, desk: DeskContext | None = None
) -> Effects:
    """What the desk makes of these wishes about one issue, in order."""
    return decide_batch(messages, {issue.id: issue} if issue else {}, at, desk or context())


def after(issue: Issue | None, *messages: CommandMessage) -> Issue:
    """The issue after these wishes, each at its own instant; every one must be granted."""
    for message in messages:
        effects = answered(issue, message, at=message.at)
        refused = [f"{message.command.type}: {o.refusal} {o.text}" for o in effects.outcomes if o.refusal]
        if refused:
            raise AssertionError(refused)
        issue = effects.issues[message.issue]
    if issue is None:
        raise AssertionError("expected at least one wish")
    return issue
