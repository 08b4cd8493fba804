"""Classify: what kind of issue it is, and how soon it hurts.

hears   raised, sender-confirmed, reopened, unmerged: an issue whose words nobody has sorted yet
keeps   the taxonomy of the policy in force, made anew when the policy changes
decides category, how sure that is, heat and priority; below the policy's bar a person decides
says    triage, ask-for-triage

It must never change what a person decided, and never act on an address that is not confirmed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from agents._priority import Judged, judge
from agents._taxonomy import Guess, Taxonomy, taxonomy_of
from schemas.commands import AskForTriage, Command, Triage
from schemas.envelope import CommandMessage, EventMessage, reaction_id
from schemas.issue import Issue
from schemas.policy import Category, Policy
from schemas.ports import Now, Reading, Wish
from schemas.values import Actor, Because, Instant
from schemas.vocabulary import ActorKind

HEARS = frozenset({"raised", "sender-confirmed", "reopened", "unmerged"})
SAYS = frozenset({"triage", "ask-for-triage"})

WHO = Actor(kind=ActorKind.AGENT, id="classify")
SUGGESTED = 3
"""Guesses a person is shown when the agent is not sure."""
HEAT_CHARACTERS = 500
"""The tone is set in the first sentences, and the scale's time grows faster than its text (2.5 ms for 2,000)."""


@dataclass(frozen=True, slots=True)
class Sense:
    """What the words of an issue say: guesses, likeliest first, and how heated they are (0 calm to 1)."""

    guesses: tuple[Guess, ...]
    heat: float

    @property
    def best(self) -> Guess:
        """The likeliest; like nothing at all when no category is switched on."""
        return self.guesses[0] if self.guesses else Guess("", 0.0, 0.0)


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
        return _given(issue, given, read, policy, now)
    best, rules = read.best, policy.classification
    category = policy.category(best.category) if best.likeness >= rules.least_likeness else None
    judged = judge(issue, category, read.heat, policy, now)
    if category is None or best.sure < rules.bar:
        return _ask(category, read, judged, policy)
    next_best = read.guesses[1].category if len(read.guesses) > 1 else "none"
    because = _because(
        "classify/words",
        f"Reads like {category.name} (sure {best.sure:.0%}).",
        f"Below {rules.bar:.0%} a person would have been asked; next was {next_best}.",
        Ground(read, judged, policy),
    )
    return Choice(Triage(category=category.id, priority=judged.priority, sure=best.sure, heat=read.heat), because)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a decision stands on: the words, the points, the policy."""

    read: Sense
    judged: Judged
    policy: Policy


def _given(issue: Issue, category: Category, read: Sense, policy: Policy, now: Instant) -> Choice:
    judged = judge(issue, category, read.heat, policy, now)
    triage = Triage(category=category.id, priority=judged.priority, sure=1.0, heat=read.heat)
    said = f"{category.name} was chosen when it was raised."
    otherwise = "Without that choice its words would have decided."
    return Choice(triage, _because("classify/given", said, otherwise, Ground(read, judged, policy)))


def _ask(category: Category | None, read: Sense, judged: Judged, policy: Policy) -> Choice:
    """The front desk decides; a text that is like nothing comes without guesses, which would only mislead."""
    best, rules = read.best, policy.classification
    if category is None:
        said, least = "Reads like nothing in the policy", f"a likeness of {rules.least_likeness:g}"
        otherwise = f"From {least} on, instead of {best.likeness:.2f}, there would have been a suggestion."
    else:
        said = f"Not sure enough that it is {category.name} ({best.sure:.0%}, the bar is {rules.bar:.0%})"
        otherwise = f"From {rules.bar:.0%} on it would have been sorted as {category.name}."
    ask = AskForTriage(
        team=rules.front_desk,
        suggested=tuple(guess.category for guess in read.guesses[:SUGGESTED]) if category else (),
        sure=best.sure,
        priority=judged.priority,
        heat=read.heat,
    )
    ground = Ground(read, judged, policy)
    return Choice(ask, _because("classify/ask", f"{said}: a person decides.", otherwise, ground))


def _because(rule: str, said: str, otherwise: str, ground: Ground) -> Because:
    read, judged, rules = ground.read, ground.judged, ground.policy.classification
    likeness = {f"likeness {guess.category}": round(guess.likeness, 3) for guess in read.guesses[:SUGGESTED]}
    bars = {"sure": round(read.best.sure, 3), "bar": rules.bar, "least likeness": rules.least_likeness}
    points = {f"points {name}": value for name, value in judged.points.items()}
    return Because(
        rule=rule,
        sentence=f"{said} {judged.sentence}"[:600],
        inputs=likeness | bars | points,
        otherwise=f"{otherwise} {judged.otherwise}"[:600],
        policy=ground.policy.version,
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
        negative: float = self._scale.polarity_scores(text[:HEAT_CHARACTERS])["compound"]
        return Sense(self._taxonomy.guesses(text), round(max(0.0, -negative), 3))


@dataclass(frozen=True, slots=True)
class Needs:
    """What classify needs from the world."""

    reading: Reading
    wish: Wish
    now: Now
    reader: Reader = field(default_factory=Reader)


async def hear(needs: Needs, messages: Sequence[EventMessage]) -> None:
    """Decide for a batch: one read for each kind of thing, one wish, at most one an issue."""
    issues = await needs.reading.issues_of(messages)
    unsorted = {key: issue for key, issue in issues.items() if issue.is_unsorted and issue.confirmed}
    texts = await needs.reading.texts(tuple({issue.what for issue in unsorted.values()}))
    policy, now = needs.reading.policies().current, needs.now()
    first = {message.issue: message for message in reversed(messages)}
    wishes = []
    for key, issue in unsorted.items():
        choice = decide(issue, needs.reader.read(texts.get(issue.what, ""), policy), policy, now)
        if choice is not None:
            wishes.append(_wish(first[key], choice, now))
    if wishes:
        await needs.wish(wishes)


def _wish(message: EventMessage, choice: Choice, now: Instant) -> CommandMessage:
    return CommandMessage(
        id=reaction_id(message.id, "classify"),
        issue=message.issue,
        at=now,
        by=WHO,
        because=choice.because,
        command=choice.command,
    )
