"""What detect_recurrence keeps: the index of all issues' words, rebuilt from the store when a worker starts.

The index is a cache and may be thrown away at any time. Every worker has its own; it hears its own partitions' new
issues at once, and reads those of the others every few minutes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from agents import detect_recurrence
from agents.detect_recurrence import Text
from issue_stream.house import House
from issue_stream.likeness.index import LikenessIndex
from issue_stream.store import tables as t
from issue_stream.store.contents import read_texts
from issue_stream.store.intake import keep_texts, text_ref
from schemas.issue import Issue
from schemas.ports import Now, Reading, Wish
from schemas.values import TextRef

PAGE = 1_000


@dataclass(slots=True)
class Remembered:
    """The index, and how far it has read: the instant and id of the last issue."""

    house: House
    index: LikenessIndex
    at: datetime | None = None
    issue: str = ""

    def needs(self, reading: Reading, wish: Wish, now: Now) -> detect_recurrence.Needs:
        """What the agent needs, with this index."""
        return detect_recurrence.Needs(reading, wish, now, self.index, self.keep)

    async def keep(self, lines: Sequence[str]) -> Sequence[TextRef]:
        """Keep shared words as texts, so that no topic carries a partner's words."""
        async with self.house.db.write() as conn:
            await keep_texts(conn, lines, self.house.now())
        return [text_ref(line) for line in lines]

    async def catch_up(self) -> bool:
        """Read a page of issues raised since the last look; whether there is more."""
        i = t.issues.c
        wanted = select(i.body).where(i.confirmed).order_by(i.raised_at, i.id).limit(PAGE)
        if self.at is not None:
            wanted = wanted.where((i.raised_at > self.at) | ((i.raised_at == self.at) & (i.id > self.issue)))
        async with self.house.db.read() as conn:
            issues = [Issue.model_validate_json(body) for body in (await conn.execute(wanted)).scalars()]
            words = await read_texts(conn, [issue.what for issue in issues])
        self.index.add([Text(x.id, words.get(x.what, ""), x.raised_at, x.partner) for x in issues])
        if issues:
            self.at, self.issue = issues[-1].raised_at, issues[-1].id
        return len(issues) == PAGE


async def open_likeness(house: House) -> Remembered:
    """An index of everything the store holds; 100,000 issues take about half a minute, so it is read in pages."""
    remembered = Remembered(house, LikenessIndex())
    while await remembered.catch_up():
        pass
    return remembered
