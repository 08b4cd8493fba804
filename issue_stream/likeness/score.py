"""How alike two issues are: a cosine of their words and of their letter groups, less with every day between. Pure.

The form was chosen on real duplicate reports in strict time order (docs/explanation/likeness.md). A text is kept as its
stems (every word stands once in memory) and the lengths of its two vectors: a twentieth of the vectors themselves.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from sys import intern

from agents._likeness import stem, words_of

GROUP = 4
"""Letters in a group. Groups of 3 to 5 found no more among the first five (0.707 against 0.706) at thrice the cost."""
FORGETTING = 0.02
"""For each unit of ln(1 + days); 0.05 lost two of a hundred among the first five."""
SAME_KIND = 0.05
WORDS_SHARE = 0.5
MOST_SURE = 0.99
"""Of pairs with the very same words one in a hundred still told of something else."""
STEEP, MIDDLE = 13.7, 0.39
"""From the raw score to the share of pairs that told of the same trouble: logistic fit over 60,401 pairs of a report
and a candidate. Such bounds do not travel from one desk to the next, so a score is only ever a suggestion."""


@dataclass(slots=True)
class Usage:
    """In how many texts each word and each letter group stands; changes with every text."""

    words: Counter[str]
    groups: Counter[str]
    texts: int = 0

    def add(self, counted: "Counted") -> None:
        """One more text."""
        self.texts += 1
        self.words.update(counted.words.keys())
        self.groups.update(counted.groups.keys())

    def rarity(self, used: int) -> float:
        """1 for what stands everywhere, more the rarer it is (inverse document frequency, smoothed)."""
        return math.log((1 + self.texts) / (1 + used)) + 1


@dataclass(frozen=True, slots=True)
class Counted:
    """The stems of a text in order, how each was written, its stems and letter groups with their number."""

    stems: tuple[str, ...]
    written: Mapping[str, str]
    words: Mapping[str, int]
    groups: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of an earlier issue: its stems, the lengths of its vectors, when and of what kind it was."""

    issue: str
    stems: tuple[str, ...]
    words_length: float
    groups_length: float
    day: float
    kind: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A new text as weights: what each of its words and letter groups is worth when another text has it too."""

    words: Mapping[str, float]
    groups: Mapping[str, float]
    day: float
    kind: str


@lru_cache(maxsize=256)
def counted(text: str) -> Counted:
    """The features of the first 2,000 characters."""
    said = words_of(text)
    stems = tuple(intern(stem(word)) for word in said)
    words = Counter(stems)
    groups: Counter[str] = Counter()
    for word, times in words.items():
        for group in _groups(word):
            groups[group] += times
    return Counted(stems, dict(zip(stems, said, strict=True)), words, groups)


@lru_cache(maxsize=50_000)
def _groups(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    return tuple(padded[i : i + GROUP] for i in range(max(1, len(padded) - GROUP + 1)))


def kept(issue: str, text: Counted, usage: Usage, day: float, kind: str) -> Kept:
    """What to remember of an issue. Lengths use the usage of its own time: later texts change them little."""
    words_length = _length((n * usage.rarity(usage.words[f]) for f, n in text.words.items()))
    groups_length = _length((n * usage.rarity(usage.groups[f]) for f, n in text.groups.items()))
    return Kept(issue, text.stems, words_length, groups_length, day, kind)


def asked(text: Counted, usage: Usage, day: float, kind: str) -> Asked:
    """The new text's side of both cosines, with the rarity of both sides in it."""
    return Asked(_weights(text.words, usage, usage.words), _weights(text.groups, usage, usage.groups), day, kind)


def _weights(counts: Mapping[str, int], usage: Usage, used: Counter[str]) -> dict[str, float]:
    rarity = {feature: usage.rarity(used[feature]) for feature in counts}
    weights = {feature: (1 + math.log(n)) * rarity[feature] for feature, n in counts.items()}
    length = _length(weights.values()) or 1.0
    return {feature: weight * rarity[feature] / length for feature, weight in weights.items()}


def _length(weights: Iterable[float]) -> float:
    return math.sqrt(sum(weight * weight for weight in weights))


def by_words(new: Asked, old: Kept) -> float:
    """The cheap half of the score: the cosine of words."""
    return sum(map(new.words.get, old.stems, repeat(0.0))) / (old.words_length or 1.0)


def by_groups(new: Asked, old: Kept, worth: dict[str, float]) -> float:
    """The cosine of letter groups; `worth` remembers each word's share of it within one look."""
    known = new.groups.get
    for word in set(old.stems).difference(worth):
        worth[word] = sum(map(known, _groups(word), repeat(0.0)))
    return sum(map(worth.__getitem__, old.stems)) / (old.groups_length or 1.0)


def likeness(words: float, groups: float, new: Asked, old: Kept) -> float:
    """0 to 1: the share of earlier pairs with this raw score that told of the same trouble."""
    raw = raw_score(words, groups, new, old)
    return min(MOST_SURE, 1 / (1 + math.exp(-STEEP * (raw - MIDDLE))))


def raw_score(words: float, groups: float, new: Asked, old: Kept) -> float:
    """Words and letter groups, less with the days between, a little more for the same kind."""
    apart = FORGETTING * math.log1p(abs(new.day - old.day))
    same = SAME_KIND if new.kind and new.kind == old.kind else 0.0
    return WORDS_SHARE * words + (1 - WORDS_SHARE) * groups - apart + same
