"""The likeness index of a rehearsal: the same scores as in a worker, begun empty, with texts kept in memory.

Only the first choice differs: tantivy orders equals by segments with random names, and a rehearsal must print the same
bytes every time. Here the rarest words choose, of each the latest issues, so a look never costs more than the last.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

from agents import detect_recurrence
from agents._likeness import stem, words_of
from issue_stream.likeness.index import CANDIDATES, QUERY_WORDS, LikenessIndex
from issue_stream.rehearsal.memory import MemoryHouse
from schemas.ports import Now, Reading, Wish
from schemas.values import TextRef

LATEST = 60
"""Issues looked at for each word: older ones with nothing but common words in common are not alike anyway."""


class _SteadyIndex(LikenessIndex):
    """The worker's index with a first choice that depends on nothing but the texts."""

    def __init__(self) -> None:
        super().__init__()
        self._with_word: dict[str, list[detect_recurrence.Text]] = defaultdict(list)
        self._known: set[str] = set()

    def add(self, texts: Sequence[detect_recurrence.Text]) -> None:
        """Remember these; an issue's words never change, so those known already stay as they are."""
        for text in texts:
            if text.issue in self._known:
                continue
            self._known.add(text.issue)
            self._texts += 1
            stems = sorted({stem(word) for word in words_of(text.words)})
            self._used.update(stems)
            for word in stems:
                self._with_word[word].append(text)

    def _found(self, stems: Sequence[str]) -> list[tuple[str, float, Counter[str]]]:
        rare = sorted(set(stems), key=lambda word: (self._used[word], word))[:QUERY_WORDS]
        weight: dict[str, float] = defaultdict(float)
        met: dict[str, detect_recurrence.Text] = {}
        for word in rare:
            for text in self._with_word.get(word, [])[-LATEST:]:
                met[text.issue] = text
                weight[text.issue] += math.log((1 + self._texts) / (1 + self._used[word])) + 1
        best = sorted(met.values(), key=lambda text: (-weight[text.issue], -text.raised_at.timestamp(), text.issue))
        return [(t.issue, t.raised_at.timestamp(), self._features_of(t.issue, t.words)) for t in best[:CANDIDATES]]


class MemoryLikeness:
    """What detect_recurrence needs beside reading and wishing."""

    def __init__(self, house: MemoryHouse) -> None:
        self._house = house
        self._index = _SteadyIndex()

    def needs(self, reading: Reading, wish: Wish, now: Now) -> detect_recurrence.Needs:
        """Everything the agent needs."""
        return detect_recurrence.Needs(
            reading=reading, wish=wish, now=now, index=self._index, keep_texts=self._keep_texts
        )

    async def _keep_texts(self, words: Sequence[str]) -> Sequence[TextRef]:
        return [self._house.keep_text(line) for line in words]
