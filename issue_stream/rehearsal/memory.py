"""The store in memory, for scenarios and tests: what the desk writes, what agents read, what falls due.

Fulfils `DeskStore` and `Reading` of `schemas/ports.py` for one process and one clock. It keeps the promises of the real
store (a command once, an event once, rows replaced with their issue) and never reads a clock itself.
"""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from heapq import heappop, heappush
from uuid import UUID

from schemas.envelope import EventMessage
from schemas.errors import Unavailable
from schemas.issue import Issue
from schemas.people import Contact, Directory, Partner
from schemas.policy import PolicyBook
from schemas.ports import DeskUnit, Effects, Outcome, Told
from schemas.values import Deadline, Instant, TextRef
from schemas.vocabulary import DeadlineKind

_Row = tuple[Instant, str, str, str]
"""When, issue, kind, ref: the order in which rows of one instant fall due."""


@dataclass(frozen=True, slots=True)
class DueRow:
    """One timer row that was claimed."""

    issue: str
    kind: DeadlineKind
    ref: str
    due_at: Instant


class MemoryTimers:
    """Timer rows by the time they fall due; replacing an issue's rows costs its own rows only."""

    def __init__(self) -> None:
        self._heap: list[_Row] = []
        self._standing: dict[str, set[_Row]] = {}
        self._claimed: dict[str, set[_Row]] = {}

    def replace(self, issue: str, deadlines: Sequence[Deadline]) -> None:
        """These are all the rows of this issue now; one that was claimed is not claimed again while it stands."""
        rows = {(d.due_at, issue, d.kind.value, d.ref) for d in deadlines}
        before = self._standing.get(issue, set())
        for row in sorted(rows - before):
            heappush(self._heap, row)
        self._standing[issue] = rows
        self._claimed[issue] = self._claimed.get(issue, set()) & rows

    def next_at(self) -> Instant | None:
        """When the next row falls due."""
        while self._heap and not self._is_open(self._heap[0]):
            heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def claim_due(self, now: Instant) -> list[DueRow]:
        """Every row due by now, each once, in order."""
        found = []
        at = self.next_at()
        while at is not None and at <= now:
            row = heappop(self._heap)
            self._claimed.setdefault(row[1], set()).add(row)
            found.append(DueRow(issue=row[1], kind=DeadlineKind(row[2]), ref=row[3], due_at=row[0]))
            at = self.next_at()
        return found

    def _is_open(self, row: _Row) -> bool:
        return row in self._standing.get(row[1], ()) and row not in self._claimed.get(row[1], ())


@dataclass
class MemoryHouse:
    """Everything that is kept. `events` stand in the order in which they became true."""

    book: PolicyBook
    people: Directory
    partners: dict[str, Partner] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    issues: dict[str, Issue] = field(default_factory=dict)
    events: list[EventMessage] = field(default_factory=list)
    answers: dict[UUID, Outcome] = field(default_factory=dict)
    unpublished: dict[UUID, EventMessage] = field(default_factory=dict)
    timers: MemoryTimers = field(default_factory=MemoryTimers)
    open_issues: dict[str, None] = field(default_factory=dict)
    load: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0
    dead: int = 0

    def keep_text(self, words: str) -> TextRef:
        """The content id under which these words are kept from now on; the same words have the same id."""
        ref = f"text:{sha256(words.encode()).hexdigest()[:40]}"
        self.texts[ref] = words
        return ref


class MemoryDeskStore:
    """`DeskStore` over a house: a unit writes all of its effects or, when its block fails, nothing."""

    def __init__(self, house: MemoryHouse) -> None:
        self.house = house

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[DeskUnit]:
        """A transaction; what was saved is written when the block ends without an error."""
        unit = _Unit(self.house)
        yield unit
        if unit.effects is not None:
            _write(self.house, unit.effects)

    async def published(self, events: Sequence[UUID]) -> None:
        """These events reached their topic."""
        for event in events:
            self.house.unpublished.pop(event, None)


class _Unit:
    def __init__(self, house: MemoryHouse) -> None:
        self._house = house
        self.effects: Effects | None = None

    async def seen(self, commands: Sequence[UUID]) -> frozenset[UUID]:
        return frozenset(command for command in commands if command in self._house.answers)

    async def issues(self, ids: Sequence[str]) -> Mapping[str, Issue]:
        return {key: self._house.issues[key] for key in ids if key in self._house.issues}

    async def save(self, effects: Effects) -> None:
        for message in effects.events:
            standing = self._house.issues.get(message.issue)
            if standing is not None and message.version <= standing.version:
                raise Unavailable("the store", "another worker was faster", retry_after_s=0.1)
        self.effects = effects


def _write(house: MemoryHouse, effects: Effects) -> None:
    house.answers |= {outcome.message.id: outcome for outcome in effects.outcomes}
    house.events += effects.events
    house.unpublished |= {message.id: message for message in effects.events}
    house.duplicates += effects.duplicates
    house.dead += effects.dead
    for key, issue in effects.issues.items():
        _carried_by(house, house.issues.get(key), -1)
        _carried_by(house, issue, +1)
        house.issues[key] = issue
        if issue.is_open:
            house.open_issues.setdefault(key)
        else:
            house.open_issues.pop(key, None)
    for key, falling in effects.deadlines.items():
        house.timers.replace(key, falling)


def _carried_by(house: MemoryHouse, issue: Issue | None, one: int) -> None:
    """An open issue is on its owner and on whom it is offered to."""
    if issue is None or not issue.is_open:
        return
    offered = issue.offer.to if issue.offer is not None else None
    for who in {issue.owner, offered} - {None}:
        house.load[str(who)] += one


class MemoryReading:
    """`Reading` over a house."""

    def __init__(self, house: MemoryHouse) -> None:
        self.house = house

    async def issues(self, ids: Sequence[str]) -> Mapping[str, Issue]:
        """The issues as they stand; unknown ids are missing."""
        return {key: self.house.issues[key] for key in ids if key in self.house.issues}

    async def issues_of(self, told: Sequence[Told]) -> Mapping[str, Issue]:
        """The issues of these as they stand."""
        return await self.issues(tuple(dict.fromkeys(one.issue for one in told if one.issue)))

    async def texts(self, refs: Sequence[str]) -> Mapping[str, str]:
        """The texts behind content ids; unknown ones are missing."""
        return {ref: self.house.texts[ref] for ref in refs if ref in self.house.texts}

    async def directory(self, knowing: Collection[str] = ()) -> Directory:  # noqa: ARG002 - always all
        """All staff with their load at this moment."""
        return self.house.people.model_copy(update={"load": dict(self.house.load)})

    async def partners(self, ids: Sequence[str]) -> Mapping[str, Partner]:
        """Partners by id; unknown ids are missing."""
        return {key: self.house.partners[key] for key in ids if key in self.house.partners}

    async def contacts(self, ids: Sequence[str]) -> Mapping[str, Contact]:
        """Contacts by id; unknown ids are missing."""
        return {key: self.house.contacts[key] for key in ids if key in self.house.contacts}

    def policies(self) -> PolicyBook:
        """The policy of the scenario."""
        return self.house.book
