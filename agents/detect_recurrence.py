"""Detect recurrence: whether this trouble has been here before.

hears   raised, sender-confirmed: an issue with new words
keeps   an index of all issues' words, rebuilt from the store at the start
decides which earlier issues or known problems look alike, at or above the policy's likeness
says    suggest-alike

It must never link anything by itself: likeness that was learnt elsewhere does not travel, one click of a person does.
"""

from asyncio import sleep
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from schemas.envelope import CommandMessage, EventMessage, reaction_id
from schemas.issue import Issue
from schemas.policy import Policy
from schemas.ports import Now, Reading, Wish
from schemas.side_commands import SuggestAlike
from schemas.values import Actor, Alike, Because, Instant, TextRef
from schemas.vocabulary import ActorKind, State

HEARS = frozenset({"raised", "sender-confirmed"})
SAYS = frozenset({"suggest-alike"})

WHO = Actor(kind=ActorKind.AGENT, id="detect_recurrence")


@dataclass(frozen=True, slots=True)
class Text:
    """The words of one issue, when and by whom they came, and its kind when that is known already."""

    issue: str
    words: str
    raised_at: Instant
    partner: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """An earlier issue: how alike (0 to 1) and the words both share, the most telling first."""

    issue: str
    score: float
    shared: tuple[str, ...]


class Index(Protocol):
    """All issues' words."""

    def alike(self, text: Text, at_least: float) -> Sequence[Hit]:
        """Earlier issues at or above this likeness, likest first; never the issue itself."""

    def add(self, texts: Sequence[Text]) -> None:
        """Remember these; those known already are replaced."""


KeepTexts = Callable[[Sequence[str]], Awaitable[Sequence[TextRef]]]


@dataclass(frozen=True, slots=True)
class Found:
    """What is suggested before its shared words are kept as texts."""

    hit: Hit
    problem: str | None


def decide(issue: Issue, hits: Sequence[Hit], others: Mapping[str, Issue], policy: Policy) -> tuple[Found, ...]:
    """What to suggest: known problems first, each once, then issues that still stand; nothing when a person decided."""
    if issue.problem is not None or issue.alike or not issue.is_open:
        return ()
    standing = [(hit, others[hit.issue]) for hit in hits if hit.issue in others and hit.issue != issue.id]
    problems: dict[str, Found] = {}
    issues = []
    for hit, other in standing:
        if other.problem is not None:
            problems.setdefault(other.problem, Found(hit, other.problem))
        elif other.state is not State.MERGED:
            issues.append(Found(hit, None))
    return (*problems.values(), *issues)[: policy.recurrence.at_most]


@dataclass(frozen=True, slots=True)
class Needs:
    """What detect_recurrence needs from the world."""

    reading: Reading
    wish: Wish
    now: Now
    index: Index
    keep_texts: KeepTexts


async def hear(needs: Needs, messages: Sequence[EventMessage]) -> None:
    """Look each issue up among the earlier ones, then remember it; one read for each kind of thing, one wish."""
    issues = await needs.reading.issues_of(messages)
    confirmed = {key: issue for key, issue in issues.items() if issue.confirmed}
    words = await needs.reading.texts(tuple({issue.what for issue in confirmed.values()}))
    policy, hits = needs.reading.policies().current, {}
    for key, issue in confirmed.items():
        text = Text(key, words.get(issue.what, ""), issue.raised_at, issue.partner, issue.category or "")
        hits[key] = needs.index.alike(text, policy.recurrence.suggest_at)
        needs.index.add([text])
        await sleep(0)  # a look takes a millisecond or two; in a batch of a hundred others must get their turn
    others = await needs.reading.issues(tuple({hit.issue for found in hits.values() for hit in found}))
    suggested = {key: found for key in hits if (found := decide(confirmed[key], hits[key], others, policy))}
    if suggested:
        await needs.wish(await _wishes(needs, messages, suggested))


async def _wishes(
    needs: Needs, messages: Sequence[EventMessage], suggested: Mapping[str, Sequence[Found]]
) -> list[CommandMessage]:
    lines = [", ".join(found.hit.shared) or "-" for row in suggested.values() for found in row]
    refs = iter(await needs.keep_texts(lines))
    policy, now = needs.reading.policies().current, needs.now()
    first = {message.issue: message.id for message in reversed(messages)}
    wishes = []
    for key, row in suggested.items():
        alike = tuple(_alike(found, next(refs)) for found in row)
        because = _because(row, policy)
        command = SuggestAlike(alike=alike)
        identity = reaction_id(first[key], "alike")
        wishes.append(CommandMessage(id=identity, issue=key, at=now, by=WHO, because=because, command=command))
    return wishes


def _alike(found: Found, words: TextRef) -> Alike:
    issue = None if found.problem is not None else found.hit.issue
    return Alike(issue=issue, problem=found.problem, score=found.hit.score, words=words)


def _because(row: Sequence[Found], policy: Policy) -> Because:
    best = row[0].hit.score
    bar = policy.recurrence.suggest_at
    return Because(
        rule="recurrence/suggest",
        sentence=f"{len(row)} earlier looked alike, the likest {best:.0%}; a person decides.",
        inputs={"likeness": round(best, 3), "suggest at": bar, "found": len(row)},
        otherwise=f"Nothing would have been suggested below a likeness of {bar:.0%}.",
        policy=policy.version,
    )
