"""An issue's timeline for staff: what happened, who did it, and whether the partner saw it. Pure.

In: events, texts, names. Out: steps, the newest first. `shown` holds only what `schemas.partner_view.partner_line` lets
a partner read; everything else of an event stands in `inside`. A step without a partner's line is never `seen`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from schemas import events as e
from schemas import side_events as s
from schemas.envelope import EventMessage
from schemas.partner_view import partner_line
from schemas.policy import Policy
from schemas.values import FileRef, Instant, Value
from schemas.vocabulary import ActorKind

ERASED = "(erased)"
_TEXTS = ("what", "text", "reason", "alternative", "note", "expected", "title", "cause", "summary", "not_told")
_LABELS = {
    "not_told": "Also named, not told yet",
    "cause": "Cause, for us",
    "alternative": "Instead",
    "expected": "What is expected",
    "summary": "In one line",
}


@dataclass(frozen=True, slots=True)
class Words:
    """A text of a step; `label` is empty when the step's sentence says what it is."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One event as staff read it. `is_seen` when the partner has a line of it, `is_folded` when an agent decided it."""

    version: int
    at: Instant
    who: str
    sentence: str
    is_seen: bool
    is_partners: bool
    is_folded: bool
    shown: tuple[Words, ...]
    inside: tuple[Words, ...]
    files: tuple[FileRef, ...]
    has_why: bool
    until: Instant | None


@dataclass(frozen=True, slots=True)
class Names:
    """Who and what the ids of events stand for."""

    people: Mapping[str, str]
    policy: Policy

    def of(self, who: str | None) -> str:
        """A person's name, or the id of somebody nobody knows."""
        return self.people.get(who, who) if who else "nobody"

    def team(self, team: str | None) -> str:
        """A team's name."""
        found = self.policy.team(team)
        return found.name if found else team or "no team"

    def category(self, category: str | None) -> str:
        """A category's name."""
        found = self.policy.category(category)
        return found.name if found else category or "no category"


def steps(events: tuple[EventMessage, ...], texts: Mapping[str, str], names: Names) -> tuple[Step, ...]:
    """Every event as a step, the newest first."""
    return tuple(_step(message, texts, names) for message in reversed(events))


def _step(message: EventMessage, texts: Mapping[str, str], names: Names) -> Step:
    line = partner_line(message)
    refs = tuple(ref for ref in (line.text, line.second) if ref) if line else ()
    who = _who(message, names)
    all_words = _words_of(message.event, texts)
    return Step(
        version=message.version,
        at=message.at,
        who=who,
        sentence=sentence(message, names).removeprefix(f"{who} "),
        is_seen=line is not None,
        is_partners=message.by.kind is ActorKind.PARTNER,
        is_folded=message.by.kind in {ActorKind.AGENT, ActorKind.TIMER},
        shown=tuple(words for ref, words in all_words if ref in refs),
        inside=tuple(words for ref, words in all_words if ref not in refs),
        files=getattr(message.event, "files", ()),
        has_why=message.because is not None,
        until=getattr(message.event, "next_update_at", None) or getattr(message.event, "review_at", None),
    )


def _words_of(event: Value, texts: Mapping[str, str]) -> list[tuple[str, Words]]:
    """Texts by their content ids; a raised issue's summary is its own first line and not said twice."""
    found = []
    for name in _TEXTS:
        ref = getattr(event, name, None)
        if not isinstance(ref, str) or not ref or (name == "summary" and isinstance(event, e.Raised)):
            continue
        if name == "reason" and isinstance(event, e.Declined | e.LeadAsked | e.NotMovingSaid | e.Closed):
            continue  # a word of the vocabulary, said in the sentence
        if name == "reason" and isinstance(event, s.DeliveryFailedForGood):
            continue
        found.append((ref, Words(_LABELS.get(name, ""), texts.get(ref, ERASED))))
    return found


def _who(message: EventMessage, names: Names) -> str:
    by = message.by
    if by.kind is ActorKind.STAFF or by.kind is ActorKind.PARTNER:
        return by.name or names.of(by.id)
    return {ActorKind.TIMER: "A deadline", ActorKind.AGENT: f"Automatic ({by.id.replace('_', ' ')})"}.get(
        by.kind, by.name or by.id
    )


def sentence(message: EventMessage, names: Names) -> str:
    """What happened, without the texts."""
    event: Any = message.event
    say = _SENTENCES[event.type]
    return say.format(ev=event).replace("_", " ") if isinstance(say, str) else say(event, names)


def _offered(event: e.Offered, names: Names) -> str:
    return f"offered it to {event.offer.to_name or names.of(event.offer.to)} of {names.team(event.offer.team)}"


def _accepted(event: e.Accepted, names: Names) -> str:
    given = f", handed over by {names.of(event.handed_over_by)}" if event.handed_over_by else ""
    return f"{event.owner_name} owns it from now on{given}{' (taken from the queue)' if event.pulled else ''}"


def _lapsed(event: e.OfferLapsed, names: Names) -> str:
    return f"{names.of(event.who) if event.who else 'The team'} did not answer the offer in time"


def _escalated(event: s.Escalated, names: Names) -> str:
    told = ", ".join(names.of(who) for who in event.told) or "nobody new"
    return f"escalated{f' (step {event.step})' if event.step else ''}: {told} told"


def _contacted(event: s.ExecutiveContacted, names: Names) -> str:
    first = "we had told them first" if event.told_first else "we had not told them: a surprise"
    return f"the partner reached {names.of(event.executive)} - {first}"


def _failed(event: s.DeliveryFailedForGood, names: Names) -> str:
    return f"a letter cannot reach {names.of(event.recipient)}: {event.reason or 'no reason was given'}"


_SENTENCES: Mapping[str, str | Callable[[Any, Names], str]] = {
    "raised": "raised it ({ev.intake})",
    "sender-confirmed": "confirmed the address",
    "triaged": lambda ev, n: f"{n.category(ev.category)}, {ev.priority} priority, for {n.team(ev.team)}",
    "triage-asked": lambda ev, n: f"asked {n.team(ev.team)} what kind of issue it is",
    "priority-set": "set the priority to {ev.priority}",
    "summary-set": "wrote a clearer line",
    "offered": _offered,
    "lead-asked": lambda ev, n: f"asked {ev.lead_name or n.of(ev.lead)} to decide who owns it",
    "accepted": _accepted,
    "declined": "declined: {ev.reason}",
    "offer-lapsed": _lapsed,
    "hand-over-started": lambda ev, n: f"hands it over to {ev.offer.to_name or n.of(ev.offer.to)}",
    "comment-added": "wrote",
    "not-moving-said": "said it does not move: {ev.reason}",
    "replied": "replied to the partner",
    "no-progress-told": "told the partner that there is no progress ({ev.in_a_row} in a row)",
    "note-added": "noted",
    "wait-started": lambda ev, _: f"waits for {'us' if ev.on == 'us' else 'the ' + ev.on.replace('_', ' ')}",
    "wait-ended": "the wait is over",
    "resolved": "resolved it",
    "cannot-be-done": lambda ev, _: "not ours" if ev.not_ours else "said that we cannot do it",
    "resolution-confirmed": "confirmed that it is solved",
    "resolution-denied": "said that it is not solved",
    "closed": "closed: {ev.reason}",
    "still-fixed-asked": "asked whether it is still fixed",
    "still-fixed-answered": lambda ev, _: "still fixed" if ev.fixed else "not fixed any more",
    "satisfaction-given": "gave {ev.score} of 5",
    "reopened": "reopened it",
    "ladder-step-due": "a step of the escalation ladder fell due",
    "escalated": _escalated,
    "deescalated": "called the escalation off",
    "problem-linked": "linked it to a recurring problem",
    "problem-unlinked": "took it off the recurring problem",
    "alike-suggested": "found issues that look alike",
    "alike-dismissed": "said that the suggested ones are not alike",
    "merged-into": lambda ev, n: f"merged it into {n.policy.number(ev.into_number)}",
    "unmerged": "undid the merge",
    "promise-made": "promised a date",
    "promise-revised": lambda ev, _: f"moved the promised date{'' if ev.before_due else ', after it had passed'}",
    "promise-kept": lambda ev, _: f"kept the promise{', late' if ev.late else ''}",
    "promise-broken": "a promised date passed without the thing",
    "promise-withdrawn": "took a promise back",
    "executive-informed": lambda ev, n: f"{n.of(ev.executive)} {'was told' if ev.delivered else 'is being told'}",
    "executive-contacted": _contacted,
    "delivery-failed": _failed,
    "refusal-review-due": "the refusal is to be looked at again",
    "followed": lambda ev, n: f"{n.of(ev.staff)} {'follows' if ev.on else 'no longer follows'} it",
}
"""Every kind of event in words; a test holds that none is missing."""
