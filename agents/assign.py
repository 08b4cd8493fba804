"""Assign: to whom an issue is offered next.

hears   triaged, declined, offer-lapsed, reopened, unmerged: an issue that nobody has
keeps   nothing
decides one person to ask and by when, or that the lead must decide
says    offer, ask-lead

It must never offer to somebody absent, full or not of the trade, nor twice to one person, and it never leaves an issue
on nobody: when there is no lead either, an admin is asked.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from agents._candidates import Search, candidates
from schemas import events as e
from schemas.commands import AskLead, Command, OfferIssue
from schemas.deadlines import due_after
from schemas.envelope import CommandMessage, EventMessage, reaction_id
from schemas.issue import Issue
from schemas.people import Person
from schemas.ports import Now, Reading, Wish
from schemas.values import Actor, Because
from schemas.vocabulary import ActorKind, DeclineReason, Role

HEARS = frozenset({"triaged", "declined", "offer-lapsed", "reopened", "unmerged", "sender-confirmed"})
SAYS = frozenset({"offer", "ask-lead"})

WHO = Actor(kind=ActorKind.AGENT, id="assign")

_TO_THE_LEAD = frozenset({DeclineReason.NOT_MY_AUTHORITY.value, DeclineReason.NEED_INFORMATION.value})
"""Another colleague would have to decline for the same reason; only the lead can decide or find out."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What to wish, and why."""

    command: Command
    because: Because
    person: str


def decide(message: EventMessage, search: Search) -> Choice | None:
    """Whom to ask now; None when somebody has it, was asked already, or it is not yet to be offered."""
    issue, policy = search.issue, search.policy
    if not _is_on_nobody(issue, message):
        return None
    refusals = len(issue.decline_reasons) + issue.lapses
    if refusals >= policy.offers.refusals_before_lead:
        return _ask_lead(search, "refusals", f"{refusals} refusals or unanswered offers: the lead decides")
    if issue.decline_reasons and issue.decline_reasons[-1] in _TO_THE_LEAD:
        reason = issue.decline_reasons[-1].replace("_", " ")
        return _ask_lead(search, "reason", f"declined with the reason {reason!r}: the lead decides")
    found = candidates(search)
    if not found:
        return _ask_lead(search, "nobody-free", "nobody of the team or its backup is there with room for it")
    return _offer(search, found[0], found[1] if len(found) > 1 else None)


def _is_on_nobody(issue: Issue, message: EventMessage) -> bool:
    if issue.owner is not None or not issue.is_open or not issue.confirmed or issue.triage_asked:
        return False
    if issue.offer is not None and issue.offer.to is not None:
        return False
    return issue.category is not None or not isinstance(message.event, e.SenderConfirmed)


def _offer(search: Search, person: Person, second: Person | None) -> Choice:
    policy, issue, category = search.policy, search.issue, search.category
    within = policy.offers.accept_within.of(issue.priority)
    why = _why(search, person)
    command = OfferIssue(
        to=person.id,
        to_name=person.name,
        team=person.team or search.team,
        accept_by=due_after(search.now, within),
        why_you=why,
        first_step=category.first_step[:400] if category else "Read it and choose its category.",
        done_means=category.done_means[:400] if category else "It has a category and an owner.",
    )
    others = len([p for p in search.directory.of_team(search.team) if p.id != person.id])
    because = Because(
        rule="assign/offer",
        sentence=f"Offered to {person.name}: {why}",
        inputs={
            "team": search.team,
            "category": issue.category,
            "region": issue.region,
            "load": search.load(person),
            "capacity": person.capacity,
            "colleagues": others,
            "refusals": len(issue.declined_by),
        },
        otherwise=_otherwise(person, second),
        policy=policy.version,
    )
    return Choice(command, because, person.id)


def _why(search: Search, person: Person) -> str:
    """Why this person, for them to read (R-35)."""
    category = search.category
    parts = []
    if category is not None and category.id in person.skills:
        parts.append(f"{category.name} is yours")
    elif category is not None:
        parts.append(f"your team owns {category.name}" if person.team == search.team else "you stand in for the team")
    if search.issue.region and search.issue.region in person.regions:
        parts.append(f"the partner is in your region ({search.issue.region})")
    load = search.load(person)
    parts.append(f"you have room ({load} of {person.capacity})")
    return ", ".join(parts)[:400]


def _otherwise(person: Person, second: Person | None) -> str:
    if second is None:
        return f"Without {person.first_name} a stand-in, the backup team or the lead would have been asked."
    return f"Had {person.first_name} been away or full, {second.name} would have been asked."


def _ask_lead(search: Search, rule: str, why: str) -> Choice:
    lead = _decider(search)
    policy = search.policy
    command = AskLead(
        lead=lead.id,
        lead_name=lead.name,
        team=search.team,
        decide_by=due_after(search.now, policy.offers.lead_decides_within),
        reason=why,
    )
    because = Because(
        rule=f"assign/{rule}",
        sentence=f"{lead.name} decides: {why}.",
        inputs={
            "declined_by": ", ".join(search.issue.declined_by),
            "reasons": ", ".join(search.issue.decline_reasons),
            "unanswered": search.issue.lapses,
            "refusals_before_lead": policy.offers.refusals_before_lead,
        },
        otherwise="Somebody of the team who is there, has room and has not declined would have been asked first.",
        policy=policy.version,
    )
    return Choice(command, because, lead.id)


def _decider(search: Search) -> Person:
    """The lead of the team, of the backup team, any lead, an admin: the first who is there and was not asked yet."""
    directory = search.directory
    leads = [directory.lead_of(search.team), directory.lead_of(search.backup_team or "")]
    everybody = [*leads, *directory.with_role(Role.LEAD), *directory.with_role(Role.ADMIN)]
    known = [person for person in everybody if person is not None]
    fresh = [p for p in known if p.id not in search.issue.declined_by] or known
    there = [p for p in fresh if not p.is_away(search.now)] or fresh
    if not there:
        raise NobodyWorksHere("expected at least one active lead or admin, found none; add one under People")
    return there[0]


class NobodyWorksHere(Exception):
    """There is neither a lead nor an admin."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What assign needs from the world."""

    reading: Reading
    wish: Wish
    now: Now


async def hear(needs: Needs, messages: Sequence[EventMessage]) -> None:
    """Decide for a batch: one read for each kind of thing, one wish; offers of one batch spread over the people."""
    issues = await needs.reading.issues(tuple(dict.fromkeys(message.issue for message in messages)))
    directory, policy, now = await needs.reading.directory(), needs.reading.policies().current, needs.now()
    wishes: list[CommandMessage] = []
    offered: Counter[str] = Counter()
    for message in messages:
        issue = issues.get(message.issue)
        if issue is None:
            continue
        search = Search(issue, policy.category(issue.category), directory, policy, now, offered)
        choice = decide(message, search)
        if choice is None:
            continue
        offered[choice.person] += 1
        wishes.append(
            CommandMessage(
                id=reaction_id(message.id, "assign"),
                issue=message.issue,
                at=now,
                by=WHO,
                because=choice.because,
                command=choice.command,
            )
        )
    if wishes:
        await needs.wish(wishes)
