"""Assign: to whom an issue is offered next.

hears   triaged, declined, offer-lapsed, reopened, unmerged, sender-confirmed: an issue that nobody has
keeps   the load it made itself since the people were last read
decides one person to ask and by when, or that the lead must decide
says    offer, ask-lead

It must never offer to somebody absent, full or not of the trade, nor twice to one person, and it never leaves an issue
on nobody: when there is no lead either, an admin is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from agents._candidates import Candidate, Search, candidates, deciders
from schemas import events as e
from schemas.commands import AskLead, Command, OfferIssue
from schemas.deadlines import due_after
from schemas.envelope import CommandMessage, EventMessage, reaction_id
from schemas.errors import Unavailable
from schemas.issue import Issue
from schemas.people import Directory, Person
from schemas.policy import Policy
from schemas.ports import Now, Reading, Wish
from schemas.values import Actor, Because, Instant
from schemas.vocabulary import ActorKind, DeclineReason

HEARS = frozenset({"triaged", "declined", "offer-lapsed", "reopened", "unmerged", "sender-confirmed"})
SAYS = frozenset({"offer", "ask-lead"})

WHO = Actor(kind=ActorKind.AGENT, id="assign")

TO_THE_LEAD = frozenset({DeclineReason.NOT_MY_AUTHORITY.value, DeclineReason.NEED_INFORMATION.value})
"""Another colleague would have to decline for the same reason; only the lead can decide or find out."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What to wish, why, and whose load it is."""

    command: Command
    because: Because
    person: str


def decide(message: EventMessage, issue: Issue, directory: Directory, policy: Policy, now: Instant) -> Choice | None:
    """Whom to ask now; None when somebody has it, was asked already, or it waits for its category or its sender."""
    if not _is_on_nobody(issue) or _waits_for_triage(message, issue):
        return None
    search = Search(issue, policy.category(issue.category), directory, policy, now)
    refusals = _refusals(message, issue)
    if refusals >= policy.offers.refusals_before_lead:
        return _ask_lead(search, "refusals", f"{refusals} refusals or unanswered offers: the lead decides")
    if isinstance(message.event, e.Declined) and issue.decline_reasons and issue.decline_reasons[-1] in TO_THE_LEAD:
        reason = issue.decline_reasons[-1].replace("_", " ")
        return _ask_lead(search, "reason", f"declined with the reason {reason!r}: the lead decides")
    found = candidates(search)
    if not found:
        return _ask_lead(search, "nobody-free", "nobody of the team or its backup is there with room for it")
    return _offer(search, found)


def _is_on_nobody(issue: Issue) -> bool:
    if issue.owner is not None or not issue.is_open or not issue.confirmed:
        return False
    return issue.offer is None or issue.offer.to is None


def _waits_for_triage(message: EventMessage, issue: Issue) -> bool:
    """Its category comes first, by classify or the front desk; unless they let the time for it pass."""
    not_caught = isinstance(message.event, e.OfferLapsed | e.Declined)
    return (issue.is_unsorted or issue.triage_asked) and not not_caught


def _refusals(message: EventMessage, issue: Issue) -> int:
    """How often it was refused; what another team let pass does not count against the one it was just sorted to."""
    return 0 if isinstance(message.event, e.Triaged) else len(issue.decline_reasons) + issue.lapses


def _offer(search: Search, found: Sequence[Candidate]) -> Choice:
    best, category = found[0], search.category
    person, issue = best.person, search.issue
    why = _why(search, best)
    command = OfferIssue(
        to=person.id,
        to_name=person.name,
        team=person.team or search.team,
        accept_by=due_after(search.now, search.policy.offers.accept_within.of(issue.priority)),
        why_you=why[:400],
        first_step=category.first_step[:400] if category else "Read it and choose its category.",
        done_means=category.done_means[:400] if category else "It has a category, and an owner who accepted it.",
    )
    because = Because(
        rule="assign/offer",
        sentence=f"Offered to {person.name}: {why}."[:600],
        inputs={
            "team": search.team,
            "category": issue.category,
            "region": issue.region,
            "priority": issue.priority.value,
            "load": search.load(person),
            "capacity": person.capacity,
            "others who could": len(found) - 1,
            "asked before": ", ".join(issue.declined_by),
            "last reason": issue.decline_reasons[-1] if issue.decline_reasons else "",
        },
        otherwise=_otherwise(found),
        policy=search.policy.version,
    )
    return Choice(command, because, person.id)


def _why(search: Search, best: Candidate) -> str:
    """Why this person, for them to read (R-35)."""
    category, person = search.category, best.person
    if best.stands_in_for is not None:
        parts = [f"you stand in for {best.stands_in_for.name}, who is away"]
    elif category is not None and category.id in person.skills:
        parts = [f"{category.name} is yours"]
    elif category is not None:
        parts = [f"your team owns {category.name}" if person.team == search.team else "your team is the backup for it"]
    else:
        parts = ["nobody has chosen its category yet"]
    if search.issue.region and search.issue.region in person.regions:
        parts.append(f"the partner is in your region ({search.issue.region})")
    parts.append(f"you have room ({search.load(person)} of {person.capacity})")
    return ", ".join(parts)


def _otherwise(found: Sequence[Candidate]) -> str:
    first = found[0].person.first_name
    if len(found) == 1:
        return f"Without {first} the lead would have been asked."
    return f"Had {first} been away or full, {found[1].person.name} would have been asked."


def _ask_lead(search: Search, rule: str, why: str) -> Choice:
    lead, policy = _decider(search), search.policy
    command = AskLead(
        lead=lead.id,
        lead_name=lead.name,
        team=search.team,
        decide_by=due_after(search.now, policy.offers.lead_decides_within),
        reason=why[:400],
    )
    because = Because(
        rule=f"assign/{rule}",
        sentence=f"{lead.name} decides: {why}."[:600],
        inputs={
            "team": search.team,
            "asked before": ", ".join(search.issue.declined_by),
            "reasons": ", ".join(search.issue.decline_reasons),
            "unanswered": search.issue.lapses,
            "refusals before the lead": policy.offers.refusals_before_lead,
        },
        otherwise=_LEAD_OTHERWISE[rule],
        policy=policy.version,
    )
    return Choice(command, because, lead.id)


_LEAD_OTHERWISE = {
    "refusals": "One refusal fewer, and the next colleague who is there with room would have been asked.",
    "reason": "With any other reason the next colleague who is there with room would have been asked.",
    "nobody-free": "Somebody of the team or its backup with room, not away and not asked before would have been asked.",
}


def _decider(search: Search) -> Person:
    found = deciders(search)
    if not found:
        raise Unavailable("the staff", "there is no active lead or admin who could decide; add one under People")
    return found[0]


@dataclass(slots=True)
class OwnLoad:
    """The load of offers made since the people were last read: several batches fit between two reads."""

    _read: Directory | None = None
    _with_mine: Directory | None = None

    def on(self, read: Directory) -> Directory:
        """These people with what was added to them; a new reading has it already."""
        if self._with_mine is None or read is not self._read:
            self._read = self._with_mine = read
        return self._with_mine

    def add(self, person: str) -> Directory:
        """One more for this person."""
        directory = self._with_mine or Directory()
        self._with_mine = directory.with_more_load([person])
        return self._with_mine


@dataclass(frozen=True, slots=True)
class Needs:
    """What assign needs from the world."""

    reading: Reading
    wish: Wish
    now: Now
    load: OwnLoad = field(default_factory=OwnLoad)


async def hear(needs: Needs, messages: Sequence[EventMessage]) -> None:
    """Decide for a batch: one read for each kind of thing, one wish, at most one offer an issue."""
    issues = await needs.reading.issues_of(messages)
    policy, now = needs.reading.policies().current, needs.now()
    directory = needs.load.on(await needs.reading.directory())
    wishes: dict[str, CommandMessage] = {}
    for message in messages:
        issue = issues.get(message.issue)
        if issue is None or message.issue in wishes:
            continue
        choice = decide(message, issue, directory, policy, now)
        if choice is not None:
            directory = needs.load.add(choice.person)
            wishes[message.issue] = _wish(message, choice, now)
    if wishes:
        await needs.wish(tuple(wishes.values()))


def _wish(message: EventMessage, choice: Choice, now: Instant) -> CommandMessage:
    return CommandMessage(
        id=reaction_id(message.id, "assign"),
        issue=message.issue,
        at=now,
        by=WHO,
        because=choice.because,
        command=choice.command,
    )
