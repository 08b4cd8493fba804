"""All issues' words in memory: who is likely, then who is alike.

`detect_recurrence.Index` in this process; a cache, rebuilt from the store when a worker starts. The newest issues stand
in word lists of our own and are found at once; they move into tantivy by hundreds, because a commit costs milliseconds.
It holds the latest 200,000 issues, about 160 MB for 100,000. Not safe for several threads. It never links anything.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate

import tantivy

from agents.detect_recurrence import Hit, Text
from issue_stream.likeness.score import (
    Asked,
    Counted,
    Kept,
    Usage,
    asked,
    by_groups,
    by_words,
    counted,
    kept,
    likeness,
)

CANDIDATES = 40
"""Of the settled and again of the newest, compared by words; 20 lost four of a hundred among the first ten."""
CLOSER = 30
"""Of those, compared by letter groups too; 14 lost four of a hundred among the first ten."""
SHOWN = 10
QUERY_WORDS = 64
"""The rarest words of a text ask the index; the others find everything."""
READ_AT_MOST = 10_000
"""Entries of word lists that one look may read: as the store grows, common words are left out, a look stays quick."""
SETTLE_AT = 500
LATEST = 60
"""Not yet settled issues looked at for each word, the latest: bounds a look when everybody writes of one thing."""
REMEMBERED = 200_000
"""Issues that are held; the oldest leave first. Trouble older than so many issues is a known problem or forgotten."""
MOST_FEATURES = 400_000
"""Words or letter groups that are counted. Beyond it those met once go: unknown counts as rarest, which they are."""
SHARED_SHOWN = 6
HEAP_BYTES = 15_000_000
"""tantivy's least for its writer."""
DAY_S = 86_400


class LikenessIndex:
    """`detect_recurrence.Index`; `settle_at=None` never uses tantivy: the same texts give the same hits every time."""

    def __init__(self, settle_at: int | None = SETTLE_AT, remembered: int = REMEMBERED) -> None:
        self._settle_at, self._remembered = settle_at, remembered
        self._usage = Usage(Counter(), Counter())
        self._kept: dict[str, Kept] = {}
        self._new: dict[str, Kept] = {}
        self._new_by_word: dict[str, list[str]] = defaultdict(list)
        self._settled: _Settled | None = None

    def add(self, texts: Sequence[Text]) -> None:
        """Remember these, found from the next look on; an issue's words never change, so a known one stays as it is."""
        for text in texts:
            if text.issue not in self._kept:
                self._add(text, counted(text.words))
        if self._settle_at is not None and len(self._new) >= self._settle_at:
            self._settle()

    def alike(self, text: Text, at_least: float) -> Sequence[Hit]:
        """Earlier issues at or above this likeness, likest first, ten at most; never the issue itself."""
        mine = counted(text.words)
        new = asked(mine, self._usage, text.raised_at.timestamp() / DAY_S, text.kind)
        likely = [self._kept[issue] for issue in self._likely(self._telling(mine)) if issue in self._kept]
        others = [old for old in likely if old.issue != text.issue]
        scored = [(score, old) for score, old in self._closer(new, others) if score >= at_least]
        scored.sort(key=lambda pair: (-pair[0], -pair[1].day, pair[1].issue))
        return [Hit(old.issue, round(score, 3), self._shared(mine, old)) for score, old in scored[:SHOWN]]

    def _add(self, text: Text, features: Counted) -> None:
        self._usage.add(features)
        old = kept(text.issue, features, self._usage, text.raised_at.timestamp() / DAY_S, text.kind)
        self._kept[text.issue] = self._new[text.issue] = old
        for word in features.words:
            self._new_by_word[word].append(text.issue)
        if len(self._kept) > self._remembered:
            self._forget(next(iter(self._kept)))
        if len(self._usage.words) > MOST_FEATURES:
            self._usage.words = _without_single(self._usage.words)
        if len(self._usage.groups) > MOST_FEATURES:
            self._usage.groups = _without_single(self._usage.groups)

    def _forget(self, issue: str) -> None:
        del self._kept[issue]
        self._new.pop(issue, None)
        if self._settled is not None:
            self._settled.forget(issue)

    def _telling(self, mine: Counted) -> list[str]:
        """The words to look for, rarest first."""
        used = self._usage.words
        rare = sorted(mine.words, key=lambda word: (used[word], word))[:QUERY_WORDS]
        reads = accumulate(used[word] for word in rare)
        return [word for word, read in zip(rare, reads, strict=True) if read <= READ_AT_MOST] or rare[:1]

    def _likely(self, rare: Sequence[str]) -> Iterable[str]:
        """Issues worth a look, each once: the best of those that are settled and of the newest."""
        settled = self._settled.likely(rare) if self._settled is not None else []
        weight: dict[str, float] = defaultdict(float)
        for word in rare:
            worth = self._usage.rarity(self._usage.words[word])
            for issue in self._new_by_word.get(word, [])[-LATEST:]:
                weight[issue] += worth
        newest = heapq.nsmallest(CANDIDATES, weight, key=lambda issue: (-weight[issue], issue))
        return dict.fromkeys([*settled, *newest])

    @staticmethod
    def _closer(new: Asked, likely: Iterable[Kept]) -> list[tuple[float, Kept]]:
        """Words first; letter groups only for those that have a chance."""
        words = [(by_words(new, old), old) for old in likely]
        best = heapq.nlargest(CLOSER, words, key=lambda pair: pair[0])
        worth: dict[str, float] = {}
        return [(likeness(score, by_groups(new, old, worth), new, old), old) for score, old in best]

    def _settle(self) -> None:
        """Move the newest into tantivy in one commit."""
        if self._settled is None:
            self._settled = _Settled()
        self._settled.add(self._new.values())
        self._new.clear()
        self._new_by_word.clear()

    def _shared(self, mine: Counted, old: Kept) -> tuple[str, ...]:
        both = set(old.stems) & mine.words.keys()
        rare = sorted(both, key=lambda word: (self._usage.words[word], word))
        return tuple(mine.written[word] for word in rare[:SHARED_SHOWN])


class _Settled:
    """tantivy in memory: the words of settled issues, asked by BM25."""

    def __init__(self) -> None:
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("issue", stored=True, tokenizer_name="raw")
        schema.add_text_field("words", stored=False, tokenizer_name="whitespace")
        self._schema = schema.build()
        self._index = tantivy.Index(self._schema)
        self._writer = self._index.writer(HEAP_BYTES, 1)

    def add(self, issues: Iterable[Kept]) -> None:
        """Write these and make them visible."""
        for one in issues:
            self._writer.add_document(tantivy.Document(issue=one.issue, words=" ".join(one.stems)))
        self._writer.commit()
        self._index.reload()

    def forget(self, issue: str) -> None:
        """Gone with the next commit."""
        self._writer.delete_documents_by_term("issue", issue)

    def likely(self, words: Sequence[str]) -> list[str]:
        """The best by BM25. One searcher for search and documents: a merge may swap the segments between two."""
        if not words:
            return []
        terms = [(tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "words", word)) for word in words]
        searcher = self._index.searcher()
        hits = searcher.search(tantivy.Query.boolean_query(terms), CANDIDATES).hits
        return [str(searcher.doc(at)["issue"][0]) for _, at in hits]


def _without_single(used: Counter[str]) -> Counter[str]:
    return Counter({feature: n for feature, n in used.items() if n > 1})
