"""Classify: what kind of issue it is, and how soon it hurts.

hears   raised, sender-confirmed: an issue whose words nobody has sorted yet
keeps   the taxonomy of the policy in force, made anew when the policy changes
decides category, how sure that is, heat and priority; below the policy's bar a person decides
says    triage, ask-for-triage

It must never change what a person decided, and never act on an address that is not confirmed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from agents._likeness import MOST_CHARACTERS
from agents._priority import Judged, judge
from agents._taxonomy import Guess, Taxonomy, taxonomy_of
from schemas import events as e
from schemas.commands import AskForTriage, Command, Triage
from schemas.envelope import CommandMessage, EventMessage, reaction_id
from schemas.issue import Issue
from schemas.policy import Policy
from schemas.ports import Now, Reading, Wish
from schemas.values import Actor, Because, Instant
from schemas.vocabulary import ActorKind

HEARS = frozenset({"raised", "sender-confirmed"})
SAYS = frozenset({"triage", "ask-for-triage"})

WHO = Actor(kind=ActorKind.AGENT, id="classify")
SUGGESTED = 3
"""Guesses a person is shown when the agent is not sure."""


@dataclass(frozen=True, slots=True)
class Sense:
    """What the words of an issue say: guesses, likeliest first, and how heated they are (0 calm to 1)."""

    guesses: tuple[Guess, ...]
    heat: float


@dataclass(frozen=True, slots=True)
class Choice:
    """What to wish, and why."""

    command: Command
    because: Because


def decide(issue: Issue, read: Sense, policy: Policy, now: Instant) -> Choice | None:
    """Triage, or ask a person; None when it is not to be sorted now."""
    if not issue.is_unsorted or not issue.confirmed:
        return None
    given = policy.category(issue.category)
    if given is not None and given.enabled:
        judged = judge(issue, given, read.heat, policy, now)
        triage = Triage(category=given.id, priority=judged.priority, sure=1.0, heat=read.heat)
        return Choice(triage, _because("classify/given", "The category was given when it was raised.", judged, policy))
    best = read.guesses[0]
    category = policy.category(best.category)
    judged = judge(issue, category, read.heat, policy, now)
    rules = policy.classification
    if category is None or best.sure < rules.bar or best.likeness < rules.least_likeness:
        return _ask(read, judged, policy)
    said = f"Reads like {category.name} (sure {best.sure:.0%})."
    because = _because("classify/words", said, judged, policy, read.guesses)
    return Choice(Triage(category=category.id, priority=judged.priority, sure=best.sure, heat=read.heat), because)


def _ask(read: Sense, judged: Judged, policy: Policy) -> Choice:
    best, rules = read.guesses[0], policy.classification
    strange = best.likeness < rules.least_likeness
    said = "Reads like nothing in the policy" if strange else f"Not sure enough ({best.sure:.0%} of {rules.bar:.0%})"
    ask = AskForTriage(
        team=rules.front_desk,
        suggested=tuple(guess.category for guess in read.guesses[:SUGGESTED]),
        sure=best.sure,
        priority=judged.priority,
        heat=read.heat,
    )
    return Choice(ask, _because("classify/ask", f"{said}: a person decides.", judged, policy, read.guesses))


def _because(rule: str, said: str, judged: Judged, policy: Policy, guesses: Sequence[Guess] = ()) -> Because:
    likeness = {f"likeness {guess.category}": round(guess.likeness, 3) for guess in guesses[:SUGGESTED]}
    sure = {"sure": round(guesses[0].sure, 3)} if guesses else {}
    bars = {"bar": policy.classification.bar, "least likeness": policy.classification.least_likeness}
    points = {f"points {name}": value for name, value in judged.points.items()}
    return Because(
        rule=rule,
        sentence=f"{said} {judged.sentence}",
        inputs=likeness | sure | bars | points,
        otherwise=judged.otherwise,
        policy=policy.version,
    )


def taxonomy(policy: Policy) -> Taxonomy:
    """The policy's enabled categories as phrases: name, description, examples."""
    enabled = [category for category in policy.categories if category.enabled]
    return taxonomy_of([(c.id, [c.name, c.description, *c.examples]) for c in enabled])


@dataclass(slots=True)
class Reader:
    """Reads words: the taxonomy of the last policy seen, and a scale of heat."""

    _scale: SentimentIntensityAnalyzer = field(default_factory=SentimentIntensityAnalyzer)
    _version: str | None = None
    _taxonomy: Taxonomy | None = None

    def read(self, text: str, policy: Policy) -> Sense:
        """What these words say under this policy."""
        if self._taxonomy is None or self._version != policy.version:
            self._taxonomy, self._version = taxonomy(policy), policy.version
        negative: float = self._scale.polarity_scores(text[:MOST_CHARACTERS])["compound"]
        return Sense(self._taxonomy.guesses(text), round(max(0.0, -negative), 3))


@dataclass(frozen=True, slots=True)
class Needs:
    """What classify needs from the world."""

    reading: Reading
    wish: Wish
    now: Now
    reader: Reader = field(default_factory=Reader)


async def hear(needs: Needs, messages: Sequence[EventMessage]) -> None:
    """Decide for a batch: one read for each kind of thing, one wish."""
    issues = await needs.reading.issues(tuple(dict.fromkeys(message.issue for message in messages)))
    texts = await needs.reading.texts(tuple({issue.what for issue in issues.values()}))
    policy, now = needs.reading.policies().current, needs.now()
    wishes: list[CommandMessage] = []
    for message in messages:
        issue = issues.get(message.issue)
        if issue is None or not issue.is_unsorted or _waits_for_its_sender(message, issue):
            continue
        choice = decide(issue, needs.reader.read(texts.get(issue.what, ""), policy), policy, now)
        if choice is not None:
            wishes.append(
                CommandMessage(
                    id=reaction_id(message.id, "classify"),
                    issue=message.issue,
                    at=now,
                    by=WHO,
                    because=choice.because,
                    command=choice.command,
                )
            )
    if wishes:
        await needs.wish(wishes)


def _waits_for_its_sender(message: EventMessage, issue: Issue) -> bool:
    return isinstance(message.event, e.Raised) and not issue.confirmed
