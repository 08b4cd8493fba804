"""The likeness index of a rehearsal: the same scores as in a worker, begun empty, with texts kept in memory.

Nothing is ever settled into tantivy: it orders equals by segments with random names, and a rehearsal must print the
same bytes every time.
"""

from collections.abc import Sequence

from agents import detect_recurrence
from issue_stream.likeness.index import LikenessIndex
from issue_stream.rehearsal.memory import MemoryHouse
from schemas.ports import Now, Reading, Wish
from schemas.values import TextRef


class MemoryLikeness:
    """What detect_recurrence needs beside reading and wishing."""

    def __init__(self, house: MemoryHouse) -> None:
        self._house = house
        self._index = LikenessIndex(settle_at=None)

    def needs(self, reading: Reading, wish: Wish, now: Now) -> detect_recurrence.Needs:
        """Everything the agent needs."""
        return detect_recurrence.Needs(
            reading=reading, wish=wish, now=now, index=self._index, keep_texts=self._keep_texts
        )

    async def _keep_texts(self, words: Sequence[str]) -> Sequence[TextRef]:
        return [self._house.keep_text(line) for line in words]
