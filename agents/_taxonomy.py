"""Which category a text belongs to, from the policy's own names, descriptions and examples. Pure.

Every phrase of a category is a vector; a text is as near to a category as to its nearest phrases and to all of them
together. How sure that is comes from the distance to the others (softmax with a temperature).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest

from agents._likeness import Vector, Weights, features, weights_of

TEMPERATURE = 0.04
"""Brings the share that is right near to what is said: with nine categories of eight examples, drawn 25 times from the
intents of banking77 and of clinc150, the two were 0.02 and 0.03 apart (0.06: 0.08 and 0.11; 0.03: 0.04 and 0.02)."""
NEAREST, TOGETHER = 0.55, 0.45
"""Shares of the nearest phrases and of all phrases together; tuned on the same intents."""
READ_CHARACTERS = 1_000
"""What it is about is said in the first lines; a text of any length costs about a millisecond."""
LOOKED_AT = 300
"""Features of a text that are compared, the most telling first: all of 150 characters, and long texts cost no more."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A category with its likeness (0 to 1) and how sure the choice is (0 to 1, all guesses sum to 1)."""

    category: str
    likeness: float
    sure: float


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """A policy's categories, ready to be compared with texts."""

    weights: Weights
    phrases: Mapping[str, Sequence[tuple[int, float]]]
    whole: Mapping[str, Sequence[tuple[int, float]]]
    owner: Sequence[int]
    names: Sequence[str]

    def guesses(self, text: str) -> tuple[Guess, ...]:
        """Every category, likeliest first."""
        vector = _most_telling(self.weights.vector(features(text[:READ_CHARACTERS])), self.phrases)
        near = self._nearest(vector)
        whole = _summed(self.whole, vector, len(self.names))
        likeness = [NEAREST * a + TOGETHER * b for a, b in zip(near, whole, strict=True)]
        top = max(likeness, default=0.0)
        shares = [math.exp((value - top) / TEMPERATURE) for value in likeness]
        total = sum(shares) or 1.0
        guesses = [Guess(n, x, s / total) for n, x, s in zip(self.names, likeness, shares, strict=True)]
        return tuple(sorted(guesses, key=lambda guess: (-guess.likeness, guess.category)))

    def _nearest(self, vector: Vector) -> list[float]:
        """By category the mean of the two nearest phrases: one chance hit alone is not yet likeness."""
        best: list[list[float]] = [[0.0, 0.0] for _ in self.names]
        for number, value in enumerate(_summed(self.phrases, vector, len(self.owner))):
            two = best[self.owner[number]]
            if value > two[1]:
                two[1] = value
                two.sort(reverse=True)
        return [(2 * first + second) / 3 for first, second in best]


def taxonomy_of(categories: Sequence[tuple[str, Sequence[str]]]) -> Taxonomy:
    """Ready to compare: (id, phrases) of every category; a phrase is a name, a description or an example."""
    counted = [(name, [features(phrase) for phrase in phrases]) for name, phrases in categories]
    weights = weights_of(document for _, documents in counted for document in documents)
    owner = [number for number, (_, documents) in enumerate(counted) for _ in documents]
    vectors = [weights.vector(document) for _, documents in counted for document in documents]
    together: list[Counter[str]] = []
    for _, documents in counted:
        joined: Counter[str] = Counter()
        for document in documents:
            joined.update(document)
        together.append(joined)
    whole = [weights.vector(document) for document in together]
    return Taxonomy(weights, _index(vectors), _index(whole), owner, [name for name, _ in counted])


def _index(vectors: Sequence[Vector]) -> dict[str, list[tuple[int, float]]]:
    """By feature, in which vectors it stands and how strongly: a text looks only at what it shares."""
    index: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, vector in enumerate(vectors):
        for feature, weight in vector.items():
            index[feature].append((number, weight))
    return dict(index)


def _most_telling(vector: Vector, known: Mapping[str, object]) -> Vector:
    """Only what some category knows can make a text like it; the rest has its part in the vector's length."""
    shared = [(weight, feature) for feature, weight in vector.items() if feature in known]
    telling = shared if len(shared) <= LOOKED_AT else nlargest(LOOKED_AT, shared)
    return {feature: weight for weight, feature in telling}


def _summed(index: Mapping[str, Sequence[tuple[int, float]]], vector: Vector, size: int) -> list[float]:
    sums = [0.0] * size
    for feature, weight in vector.items():
        for number, other in index.get(feature, ()):
            sums[number] += weight * other
    return sums
