"""The notice book in memory: what waits, what was sent with what, what failed, and when the next one is due.

Fulfils `NoticeBook` of `schemas/ports.py`. Every change of a notice is also said to a listener, so that a rehearsal can
print it; claiming and counting cost no more than what is claimed.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

from schemas.letter import Claimed, Entry, Mark, NoticeState
from schemas.notices import Notice
from schemas.values import Instant, Span

Heard = Callable[[Notice, NoticeState, str], None]
"""A notice, where it stands now, and the reason of a failure."""


@dataclass(slots=True)
class _Kept:
    notice: Notice
    state: NoticeState
    due_at: Instant
    claimed_until: Instant | None
    tries: int = 0


_Group = tuple[str, str | None, str]


def _group(notice: Notice) -> _Group:
    return (notice.recipient, notice.issue, notice.channel.value)


@dataclass
class MemoryNoticeBook:
    """`NoticeBook` of one process."""

    heard: Heard = lambda _notice, _state, _reason: None
    kept: dict[str, _Kept] = field(default_factory=dict)
    _due: list[tuple[Instant, Instant, str]] = field(default_factory=list)
    _waiting: dict[_Group, dict[str, None]] = field(default_factory=dict)
    _sent: dict[str, list[Instant]] = field(default_factory=dict)
    _for_digest: dict[str, dict[str, None]] = field(default_factory=dict)

    async def add(self, entries: Sequence[Entry]) -> frozenset[str]:
        """Store the notices whose key is not known yet; gives back exactly the new keys."""
        new = []
        for entry in entries:
            if entry.notice.key not in self.kept:
                new.append(entry.notice.key)
                self._keep(entry)
        return frozenset(new)

    def _keep(self, entry: Entry) -> None:
        key = entry.notice.key
        kept = _Kept(entry.notice, entry.state, entry.due_at, entry.claimed_until)
        self.kept[key] = kept
        if entry.state is NoticeState.WAITING:
            self._wait(key, kept)
        if entry.state is NoticeState.DIGEST:
            self._for_digest.setdefault(entry.notice.recipient, {})[key] = None
            self.heard(entry.notice, entry.state, "")

    def _wait(self, key: str, kept: _Kept) -> None:
        due = max(kept.due_at, kept.claimed_until) if kept.claimed_until is not None else kept.due_at
        heappush(self._due, (due, kept.notice.at, key))
        self._waiting.setdefault(_group(kept.notice), {})[key] = None

    def next_at(self) -> Instant | None:
        """When the next waiting notice is due and free."""
        while self._due and not self._is_open(self._due[0]):
            heappop(self._due)
        return self._due[0][0] if self._due else None

    def _is_open(self, row: tuple[Instant, Instant, str]) -> bool:
        """Whether the row still speaks of a waiting notice as it stands."""
        kept = self.kept[row[2]]
        free = max(kept.due_at, kept.claimed_until) if kept.claimed_until is not None else kept.due_at
        return kept.state is NoticeState.WAITING and row[0] == free

    async def claim_due(self, now: Instant, limit: int, lease: Span) -> tuple[Claimed, ...]:
        """Take what is due and free, and other waiting, free news of the same recipient, issue and channel with it."""
        taken: dict[str, None] = {}
        at = self.next_at()
        while at is not None and at <= now and len(taken) < limit:
            key = self._due[0][2]
            for other in (key, *self._waiting[_group(self.kept[key].notice)]):
                if self._claim(other, now, lease):
                    taken[other] = None
            at = self.next_at()
        return tuple(Claimed(notice=self.kept[key].notice, tries=self.kept[key].tries) for key in taken)

    def _claim(self, key: str, now: Instant, lease: Span) -> bool:
        kept = self.kept[key]
        if kept.state is not NoticeState.WAITING or (kept.claimed_until is not None and kept.claimed_until > now):
            return False
        kept.claimed_until = now + lease
        heappush(self._due, (max(kept.due_at, kept.claimed_until), kept.notice.at, key))
        return True

    async def mark(self, marks: Sequence[Mark]) -> None:
        """Write what became of claimed notices."""
        for mark in marks:
            kept = self.kept[mark.key]
            kept.state, kept.tries, kept.claimed_until = mark.state, mark.tries, None
            self._waiting.get(_group(kept.notice), {}).pop(mark.key, None)
            if mark.state is NoticeState.SENT:
                self._sent.setdefault(kept.notice.recipient, []).append(mark.at)
            if mark.state is NoticeState.DIGEST:
                self._for_digest.setdefault(kept.notice.recipient, {})[mark.key] = None
            if mark.state is NoticeState.WAITING:
                kept.due_at = mark.due_at or mark.at
                self._wait(mark.key, kept)
            else:
                self.heard(kept.notice, mark.state, mark.failure)

    async def sent_since(self, since: Mapping[str, Instant], enough: int) -> Mapping[str, int]:
        """How many letters each recipient was sent from their instant on, up to `enough`; missing means none."""
        counts = {}
        for recipient, instant in since.items():
            sent = self._sent.get(recipient, [])
            if count := len(sent) - bisect_left(sent, instant):
                counts[recipient] = min(count, enough)
        return counts

    def held_for(self) -> Mapping[str, tuple[Notice, ...]]:
        """News that waits for each reader's digest."""
        return {who: tuple(self.kept[key].notice for key in keys) for who, keys in self._for_digest.items() if keys}

    def told_by_digest(self, reader: str) -> None:
        """The reader's digest was made: what waited for it is told with it."""
        for key in self._for_digest.pop(reader, {}):
            self.kept[key].state = NoticeState.TOGETHER
