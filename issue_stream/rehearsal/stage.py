"""The same agents as in a worker, on memory and a clock that is set.

Wishes go to the desk, its facts to every agent that hears them, their notices to deliver, in this order and in batches,
until nothing is under way. Time moves only in `pass_until`, which stops at each instant at which something falls due.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agents import assign, classify, deliver, desk, detect_recurrence, digest, escalate, inform
from issue_stream.rehearsal.likeness import MemoryLikeness
from issue_stream.rehearsal.memory import DueRow, MemoryDeskStore, MemoryHouse, MemoryReading
from issue_stream.rehearsal.memory_digest import MemoryDigestReading
from issue_stream.rehearsal.memory_notices import MemoryNoticeBook
from issue_stream.rehearsal.report import Report
from issue_stream.rehearsal.scenario import Scenario
from schemas.envelope import CommandMessage, EventMessage, timer_command_id
from schemas.letter import Letter, LetterFacts
from schemas.notices import Notice
from schemas.people import Directory
from schemas.policy import PolicyBook
from schemas.side_commands import PassDeadline
from schemas.values import Actor, Instant
from schemas.vocabulary import ActorKind, Channel, Role

SEED = UUID("3f1d2a52-6a5e-4b51-8a51-7c6b0f3c2e10")
"""Every id of a rehearsal comes from it, so the same scenario prints the same lines."""

TIMERS = Actor(kind=ActorKind.TIMER, id="timers")


@dataclass(slots=True)
class Clock:
    """The clock of a rehearsal; it only goes forward."""

    at: Instant

    def __call__(self) -> Instant:
        """The simulated instant."""
        return self.at


class _Outbox:
    """A carrier that takes every letter; the notice book has them all."""

    keeps_letters = False

    async def send(self, letter: Letter) -> None:
        """Taken."""


def _plain_letter(notices: Sequence[Notice], facts: LetterFacts) -> Letter:
    """A letter without words: a rehearsal prints who is told what, not how it is said."""
    first = notices[0]
    address, name = facts.reader.address, facts.reader.name
    return Letter(
        key=first.key,
        to_address=address,
        to_name=name,
        subject=first.kind.value,
        text="",
        html="",
        message_id=f"<{first.key}@example.com>",
    )


_Listener = tuple[frozenset[str], Callable[[Sequence[EventMessage]], Awaitable[None]]]


class Stage:
    """Agents, memory and clock of one rehearsal."""

    def __init__(self, scenario: Scenario) -> None:
        company = scenario.company
        self.now = Clock(scenario.start)
        self.house = MemoryHouse(
            book=PolicyBook(current=scenario.policy),
            people=Directory(people=dict(company.staff)),
            partners=dict(company.partners),
            contacts=dict(company.contacts),
        )
        self.report = Report(self.house, self.now)
        self.book = MemoryNoticeBook(heard=self.report.notice)
        self._wishes: list[CommandMessage] = []
        self._facts: list[EventMessage] = []
        self._notices: list[Notice] = []
        self._connect()

    def _connect(self) -> None:
        reading, wish, now = MemoryReading(self.house), self.wish, self.now
        digests = MemoryDigestReading(self.house, self.book)
        self.report.digest_of = digests.made
        for person in self.house.people.people.values():
            if digest.is_due(person, now(), self.house.book.current):
                digests.skip(person.id, digest.local_day(person.zone, now()))
        likeness = MemoryLikeness(self.house)
        self._desk = desk.Needs(store=MemoryDeskStore(self.house), reading=reading, announce=self._announce, now=now)
        self._deliver = deliver.Needs(
            book=self.book,
            reading=reading,
            digests=digests,
            carriers={Channel.EMAIL: _Outbox()},
            render=_plain_letter,
            wish=wish,
            now=now,
        )
        self._digest = digest.Needs(reading=reading, digests=digests, now=now)
        self._listeners: tuple[_Listener, ...] = (
            (classify.HEARS, partial(classify.hear, classify.Needs(reading=reading, wish=wish, now=now))),
            (assign.HEARS, partial(assign.hear, assign.Needs(reading=reading, wish=wish, now=now))),
            (escalate.HEARS, partial(escalate.hear, escalate.Needs(reading=reading, wish=wish, now=now))),
            (detect_recurrence.HEARS, partial(detect_recurrence.hear, likeness.needs(reading, wish, now))),
            (inform.HEARS, partial(inform.hear, inform.Needs(reading=reading, tell=self._tell))),
        )

    async def wish(self, messages: Sequence[CommandMessage]) -> None:
        """Wishes for the desk; heard when the stage settles."""
        self._wishes.extend(messages)

    async def _announce(self, messages: Sequence[EventMessage]) -> None:
        self._facts.extend(messages)
        for message in messages:
            self.report.event(message)

    async def _tell(self, notices: Sequence[Notice]) -> None:
        self._notices.extend(notices)

    async def settle(self) -> None:
        """Let everything under way come to its end at this instant."""
        while self._wishes or self._facts or self._notices:
            wishes, self._wishes = self._wishes, []
            if wishes:
                await desk.hear(self._desk, wishes)
                self.report.refusals(wishes)
            facts, self._facts = self._facts, []
            for hears, hear in self._listeners:
                heard = [message for message in facts if message.event.type in hears]
                if heard:
                    await hear(heard)
            notices, self._notices = self._notices, []
            if notices:
                await deliver.hear(self._deliver, notices)

    async def pass_until(self, end: Instant) -> None:
        """Everything that falls due up to this instant, each at its own instant; then it is that instant."""
        while (at := self._next_due()) is not None and at <= end:
            self.now.at = max(self.now.at, at)
            await self._fall_due()
        self.now.at = max(self.now.at, end)

    def _next_due(self) -> Instant | None:
        found = (self.house.timers.next_at(), self.book.next_at(), self._next_digest())
        return min((at for at in found if at is not None), default=None)

    async def _fall_due(self) -> None:
        """Timers, then letters, then digests, as the rounds of a worker would."""
        now = self.now.at
        due = self.house.timers.claim_due(now)
        if due:
            await self.wish([_timer_wish(row, now) for row in due])
            await self.settle()
        while (at := self.book.next_at()) is not None and at <= now:
            await deliver.sweep(self._deliver)
            await self.settle()
        if (at := self._next_digest()) is not None and at <= now:
            await digest.make_due(self._digest)
            self._digest_seen = now
            await self.settle()

    _digest_seen: Instant | None = None

    def _next_digest(self) -> Instant | None:
        """The next morning of some reader, after the last one that was looked at."""
        after = self._digest_seen or self.now.at - timedelta(microseconds=1)
        zones = sorted({p.zone for p in self.house.people.people.values() if p.active and _reads(p.role)})
        at = self.house.book.current.digest.at
        return min((_next_local(zone, at.hour, at.minute, after) for zone in zones), default=None)


def _reads(role: Role) -> bool:
    return role in {Role.EXECUTIVE, Role.CHANNEL_MANAGER}


def _next_local(zone: str, hour: int, minute: int, after: Instant) -> Instant:
    """The first instant after this one at which the clocks of the zone show this time."""
    try:
        local = after.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        local = after
    morning: datetime = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    while morning.astimezone(after.tzinfo) <= after:
        morning += timedelta(days=1)
    return morning.astimezone(after.tzinfo)


def _timer_wish(row: DueRow, now: Instant) -> CommandMessage:
    """As the worker's poller wishes it: the same deadline always has the same id."""
    return CommandMessage(
        id=timer_command_id(row.issue, row.kind.value, row.ref, row.due_at),
        issue=row.issue,
        at=now,
        by=TIMERS,
        command=PassDeadline(deadline=row.kind, ref=row.ref, due_at=row.due_at),
    )


def issue_id(name: str) -> str:
    """The id of an issue by its name in the scenario."""
    return str(uuid5(SEED, f"issue:{name}"))


def command_id(number: int) -> UUID:
    """The id of the wish of the n-th step."""
    return uuid5(SEED, f"step:{number}")
