"""How alike two short texts are: weighted words, word pairs and letter groups, compared by cosine. Pure.

Texts come in as written; out come sparse vectors (feature to weight, length 1). Only the first 2,000 characters count:
what a partner has to say stands there, and a pasted log must not cost time.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

MOST_CHARACTERS = 2_000
Vector = Mapping[str, float]

_WORD = re.compile(r"[a-z0-9äöüßéèàçñåøæ]+(?:-[0-9]+)?")
# fmt: off
_STOP = frozenset((
    "a", "an", "and", "are", "as", "at", "be", "been", "but", "by", "can", "could", "did", "do", "does", "for",
    "from", "had", "has", "have", "how", "i", "if", "in", "into", "is", "it", "its", "just", "me", "my", "no",
    "not", "of", "on", "or", "our", "so", "than", "that", "the", "their", "them", "then", "there", "they", "this",
    "to", "up", "us", "was", "we", "were", "what", "when", "where", "which", "who", "why", "will", "with",
    "would", "you", "your", "please", "hello", "hi", "dear", "thanks", "thank", "regards",
))
# fmt: on
_ENDINGS = ("ations", "ation", "ments", "ment", "ings", "ing", "ies", "ied", "ers", "ed", "es", "er", "s")
"""Cut from longer words, so that registrations and registered meet. Crude; the letter groups forgive it."""
_SHORTEST_STEM = 4
_GROUPS = (3, 4, 5)


def words_of(text: str) -> list[str]:
    """The words that count, in order: lower case, without marks on letters that do not tell words apart."""
    plain = unicodedata.normalize("NFKC", text[:MOST_CHARACTERS]).lower().replace("'", "")
    return [word for word in _WORD.findall(plain) if word not in _STOP]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without a common ending."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def features(text: str) -> Counter[str]:
    """Words, word pairs and letter groups of a text, counted."""
    words = words_of(text)
    counted = Counter(chain.from_iterable(map(_of_word, words)))
    counted.update(f"p:{one} {two}" for one, two in pairwise(map(stem, words)))
    return counted


@lru_cache(maxsize=50_000)
def _of_word(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    groups = (f"c:{padded[i : i + size]}" for size in _GROUPS for i in range(len(padded) - size + 1))
    return (f"w:{stem(word)}", *groups)


_KIND = {"w": 1.0, "p": 0.7, "c": 0.35}
"""A pair says less than its words once they are counted; a word of eight letters has some twenty letter groups."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much a feature says: rare ones say more (inverse document frequency); `unseen` by kind is for new ones."""

    by_feature: Mapping[str, float]
    unseen: Mapping[str, float]

    def vector(self, counted: Mapping[str, int]) -> Vector:
        """The text as a vector of length 1; empty for a text without features."""
        known, unseen = self.by_feature.get, self.unseen
        once = {feature: known(feature) or unseen[feature[0]] for feature in counted}
        raw = {f: once[f] if n == 1 else once[f] * (1 + math.log(n)) for f, n in counted.items()}
        length = math.sqrt(sum(weight * weight for weight in raw.values()))
        return {feature: weight / length for feature, weight in raw.items()} if length else {}


def weights_of(documents: Iterable[Mapping[str, int]]) -> Weights:
    """Weights from how many documents use each feature (smoothed as in Salton and Buckley, 1988)."""
    used: Counter[str] = Counter()
    total = 0
    for document in documents:
        used.update(document.keys())
        total += 1
    by_feature = {f: (math.log((1 + total) / (1 + n)) + 1) * _KIND[f[0]] for f, n in used.items()}
    return Weights(by_feature, {kind: (math.log(1 + total) + 1) * share for kind, share in _KIND.items()})
