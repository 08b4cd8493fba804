"""Escalate: who is told when something does not move, and which executive must know before the partner calls.

hears   due ladder steps, "not moving", and whatever can make a must-know rule hold
keeps   nothing: the issue says who was told already
decides who is told; a step never ends in nobody
says    inform-executive, then escalate; both with the reason

It must never tell anybody itself, nor wake an executive twice about one issue.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from agents import _must_know as must_know
from agents import _people as people
from schemas.envelope import CommandMessage, EventMessage, reaction_id
from schemas.events import NotMovingSaid
from schemas.issue import Issue
from schemas.people import PARTNER_OF_STRANGERS, Directory, Partner
from schemas.policy import Ladder, LadderStep, MustKnow, PolicyBook, StepWhen, Tell
from schemas.ports import Now, Reading, Wish
from schemas.side_commands import Escalate, InformExecutive
from schemas.side_events import LadderStepDue
from schemas.values import Actor, Because, Instant
from schemas.vocabulary import ActorKind, Role

HEARS = frozenset(
    {
        "ladder-step-due",
        "not-moving-said",
        "raised",
        "sender-confirmed",
        "triaged",
        "priority-set",
        "escalated",
        "comment-added",
        "resolution-denied",
        "reopened",
    }
)
SAYS = frozenset({"escalate", "inform-executive"})

NOT_MOVING = "not-moving"
"""The rule of an escalation that the partner asked for; `inform` tells the partner what it did."""

LADDER = "ladder:"
"""Prefix of the rule of a ladder's step; an executive told by it hears the escalation itself, not a second letter."""

ME = Actor(kind=ActorKind.AGENT, id="escalate")


@dataclass(frozen=True, slots=True)
class Around:
    """What is known around one issue when something happens to it."""

    partner: Partner
    directory: Directory
    book: PolicyBook
    now: Instant


def decide(message: EventMessage, issue: Issue, around: Around) -> tuple[CommandMessage, ...]:
    """What to wish because of this event: executives first, so that they know before anybody else moves."""
    if not issue.is_open or not issue.confirmed:
        return ()
    event = message.event
    wishes = list(_must_know(message, issue, around))
    if isinstance(event, LadderStepDue):
        wishes += _ladder_step(message, event, issue, around)
    if isinstance(event, NotMovingSaid):
        wishes.append(_not_moving(message, event, issue, around))
    return _once_each(wishes)


def _once_each(wishes: Sequence[CommandMessage]) -> tuple[CommandMessage, ...]:
    """Executives before escalations, and each executive by the first reason only."""
    first: dict[str, CommandMessage] = {}
    for wish in wishes:
        if isinstance(wish.command, InformExecutive):
            first.setdefault(wish.command.executive, wish)
    return (*first.values(), *(wish for wish in wishes if isinstance(wish.command, Escalate)))


def _must_know(message: EventMessage, issue: Issue, around: Around) -> Iterator[CommandMessage]:
    """One wish for each executive not informed yet, by the first rule that holds; others it names are escalated to."""
    policy = around.book.current
    named: set[str] = set(issue.executives_informed)
    for rule in policy.must_know:
        if not must_know.holds(rule, issue):
            continue
        because = must_know.because(rule, issue, policy.version)
        told = [who for tell in rule.tell for who in _of(tell, issue, around)]
        for who in dict.fromkeys(told):
            if _is_executive(who, around.directory) and who not in named:
                named.add(who)
                wish = InformExecutive(executive=who, rule=must_know.rule_name(rule))
                yield _wish(message, around, wish, because, reaction_id(message.id, f"must-know:{who}"))
        yield from _others(message, issue, around, rule, because)


def _others(
    message: EventMessage, issue: Issue, around: Around, rule: MustKnow, because: Because
) -> Iterator[CommandMessage]:
    """A must-know rule may name leads and channel managers too: told once for each rule."""
    name = must_know.rule_name(rule)
    told = tuple(
        dict.fromkeys(
            who for tell in rule.tell for who in _of(tell, issue, around) if not _is_executive(who, around.directory)
        )
    )
    if told and all(plan.rule != name for plan in issue.escalations):
        wish = Escalate(tell=told, rule=name)
        yield _wish(message, around, wish, because, reaction_id(message.id, f"tell:{rule.id}"))


def _ladder_step(message: EventMessage, event: LadderStepDue, issue: Issue, around: Around) -> Iterator[CommandMessage]:
    ladder = around.book.pinned(issue.ladder_policy).ladder(event.ladder)
    if not 1 <= event.step <= len(ladder.steps):
        return
    step = ladder.steps[event.step - 1]
    if step.when is StepWhen.NOT_ACCEPTED and issue.owner is not None:
        return  # accepted between the timer and us: the step has lost its reason
    told, fell_back = _told_at(step, issue, around)
    because = _because_step(ladder, event.step, issue, around, fell_back=fell_back)
    rule = f"{LADDER}{ladder.id}:{event.step}"
    for who in told:
        if _is_executive(who, around.directory) and who not in issue.executives_informed:
            inform = InformExecutive(executive=who, rule=rule)
            yield _wish(message, around, inform, because, reaction_id(message.id, f"ladder:{who}"))
    yield _wish(
        message, around, Escalate(step=event.step, tell=told, rule=rule), because, reaction_id(message.id, "step")
    )


def _told_at(step: LadderStep, issue: Issue, around: Around) -> tuple[tuple[str, ...], bool]:
    """Whom the step tells, and whether that needed the fall-back because its own people are nobody."""
    named = dict.fromkeys(who for tell in step.tell for who in _of(tell, issue, around))
    told = people.with_backups(named, around.directory, around.now)
    if told:
        return told, False
    return people.somebody(issue, around.directory, around.book.current), True


def _because_step(ladder: Ladder, number: int, issue: Issue, around: Around, *, fell_back: bool) -> Because:
    step = ladder.steps[number - 1]
    what, otherwise = _STEP_WORDS[step.when]
    told = ", ".join(tell.value.replace("_", " ") for tell in step.tell)
    missing = " Nobody fills that part now, so the next responsible was told." if fell_back else ""
    return Because(
        rule=f"{LADDER}{ladder.id}:{number}",
        sentence=f"Step {number} of the ladder {ladder.name}: {what} for {_span(step)}; it tells {told}.{missing}",
        inputs={
            "step": number,
            "after_minutes": int(step.after.total_seconds() // 60),
            "priority": issue.priority.value,
            "owner": issue.owner_name or None,
            "clock_since": issue.ladder_since.isoformat() if issue.ladder_since else None,
            "last_told_at": issue.last_told_at.isoformat() if issue.last_told_at else None,
            "fell_back": fell_back,
        },
        otherwise=otherwise,
        policy=issue.ladder_policy or around.book.current.version,
    )


_STEP_WORDS = {
    StepWhen.NOT_ACCEPTED: ("nobody had accepted it", "Had somebody accepted it before, this step would not have run."),
    StepWhen.NOT_TOLD: ("the partner had heard nothing", "A reply to the partner before would have stopped this step."),
    StepWhen.NOT_RESOLVED: ("it was not resolved", "Had it been resolved before, this step would not have run."),
}


def _span(step: LadderStep) -> str:
    """A span as the policy writes it: 90m, 4h, 2d."""
    minutes = int(step.after.total_seconds() // 60)
    for unit, letter in ((1440, "d"), (60, "h")):
        if minutes and minutes % unit == 0:
            return f"{minutes // unit}{letter}"
    return f"{minutes}m"


def _not_moving(message: EventMessage, event: NotMovingSaid, issue: Issue, around: Around) -> CommandMessage:
    """The owner's lead and the channel manager, at once; the partner is told what it did."""
    owner = around.directory.person(issue.owner)
    team = (owner.team if owner else None) or people.team_of(issue, around.book.current)
    lead = people.lead_of(team, around.directory, around.book.current)
    told = dict.fromkeys((*lead, *_of(Tell.CHANNEL_MANAGER, issue, around)))
    named = people.with_backups(told, around.directory, around.now)
    named = named or people.somebody(issue, around.directory, around.book.current)
    because = Because(
        rule=NOT_MOVING,
        sentence="The partner said that it is not moving; the owner's lead and the channel manager are told at once.",
        inputs={"reason": event.reason.value, "times": issue.not_moving, "owner": issue.owner_name or None},
        otherwise="Without the partner's word the ladder's next step would have decided.",
        policy=around.book.current.version,
    )
    wish = Escalate(tell=named, rule=NOT_MOVING, reason=event.text)
    return _wish(message, around, wish, because, reaction_id(message.id, NOT_MOVING))


def _of(tell: Tell, issue: Issue, around: Around) -> tuple[str, ...]:
    return people.people_of(tell, issue, around.partner, around.directory, around.book.current)


def _is_executive(who: str, directory: Directory) -> bool:
    person = directory.person(who)
    return person is not None and person.role is Role.EXECUTIVE


def _wish(
    message: EventMessage, around: Around, command: Escalate | InformExecutive, because: Because, wish: UUID
) -> CommandMessage:
    return CommandMessage(id=wish, issue=message.issue, at=around.now, by=ME, because=because, command=command)


@dataclass(frozen=True, slots=True)
class Needs:
    """What escalate needs from the world."""

    reading: Reading
    wish: Wish
    now: Now


async def hear(needs: Needs, messages: Sequence[EventMessage]) -> None:
    """Decide for a batch: one read for each kind of thing, one wish."""
    issues = await needs.reading.issues_of(messages)
    partners = await needs.reading.partners(tuple({issue.partner for issue in issues.values()}))
    directory, book, now = await needs.reading.directory(), needs.reading.policies(), needs.now()
    wishes: list[CommandMessage] = []
    for message in messages:
        issue = issues.get(message.issue)
        if issue is not None:
            partner = partners.get(issue.partner, PARTNER_OF_STRANGERS)
            wishes += decide(message, issue, Around(partner, directory, book, now))
    if wishes:
        await needs.wish(wishes)
