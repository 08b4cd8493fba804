"""What the agents need from the world, as protocols; `issue_stream/store` and `issue_stream/publish.py` fulfil them.

Every call may raise `Unavailable`; nothing here is ever half done.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol
from uuid import UUID

from schemas.digest import Digest, DigestFigures
from schemas.envelope import CommandMessage, EventMessage
from schemas.issue import Issue
from schemas.letter import Claimed, Entry, Letter, LetterFacts, Mark
from schemas.notices import Notice
from schemas.people import Contact, Directory, Partner
from schemas.policy import PolicyBook
from schemas.values import Deadline, Instant, Span

Now = Callable[[], Instant]
"""The clock: an aware UTC instant. Read only in shells."""

Wish = Callable[[Sequence[CommandMessage]], Awaitable[None]]
"""Send commands to the desk's topic; returns once they are durable."""

Announce = Callable[[Sequence[EventMessage]], Awaitable[None]]
"""Send events to their topic; returns once they are durable."""

TellAll = Callable[[Sequence[Notice]], Awaitable[None]]
"""Send notices to their topic; returns once they are durable."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the desk answered to one command: granted when `refusal` is empty."""

    message: CommandMessage
    events: int
    refusal: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Effects:
    """Everything one batch of the desk changes, written in one transaction.

    `deadlines` holds every issue whose timer rows are to be replaced, also some that did not change otherwise.
    """

    outcomes: tuple[Outcome, ...] = ()
    events: tuple[EventMessage, ...] = ()
    issues: Mapping[str, Issue] = field(default_factory=dict)
    deadlines: Mapping[str, tuple[Deadline, ...]] = field(default_factory=dict)
    duplicates: int = 0
    dead: int = 0


class DeskUnit(Protocol):
    """One transaction of the desk."""

    async def seen(self, commands: Sequence[UUID]) -> frozenset[UUID]:
        """Those of the commands that were answered before."""

    async def issues(self, ids: Sequence[str]) -> Mapping[str, Issue]:
        """The issues as they stand; unknown ids are missing."""

    async def save(self, effects: Effects) -> None:
        """Write all of it: answers, events, states, read rows, deadlines, outbox, tallies; forget carried wishes."""


class DeskStore(Protocol):
    """The desk's side of the store."""

    def unit(self) -> AbstractAsyncContextManager[DeskUnit]:
        """A transaction, committed when the block ends without an error; a lost race raises Unavailable."""

    async def published(self, events: Sequence[UUID]) -> None:
        """These events reached their topic; may be remembered late, since announcing twice changes nothing."""


Told = EventMessage | Notice
"""What names an issue and the version it had then."""


class Reading(Protocol):
    """What agents may read."""

    async def issues(self, ids: Sequence[str]) -> Mapping[str, Issue]:
        """The issues as they stand; unknown ids are missing."""

    async def issues_of(self, told: Sequence[Told]) -> Mapping[str, Issue]:
        """The issues of these, by id, as they stood after them or later; erased ones are missing."""

    async def texts(self, refs: Sequence[str]) -> Mapping[str, str]:
        """The texts behind content ids; erased or unknown ones are missing."""

    async def directory(self, knowing: Collection[str] = ()) -> Directory:
        """All staff with their load, at most a few seconds old; read anew when it lacks one of `knowing`."""

    async def partners(self, ids: Sequence[str]) -> Mapping[str, Partner]:
        """Partners by id; unknown ids are missing."""

    async def contacts(self, ids: Sequence[str]) -> Mapping[str, Contact]:
        """Contacts by id; unknown ids are missing."""

    def policies(self) -> PolicyBook:
        """The policy in force and the pinned ones."""


class NoticeBook(Protocol):
    """Every notice there was, and what became of it: `SqlNoticeBook` in `issue_stream/store/notices.py`."""

    async def add(self, entries: Sequence[Entry]) -> frozenset[str]:
        """Store the notices whose key is not known yet, in one call; gives back exactly the keys that were new."""

    async def claim_due(self, now: Instant, limit: int, lease: Span) -> tuple[Claimed, ...]:
        """Take waiting notices that are due and not claimed, oldest first, at most `limit`.

        Other waiting, unclaimed notices of the same (recipient, issue, channel) come along although they are not due
        yet, beyond the limit: news of one issue leaves together. All are claimed until `now + lease`; two callers
        never get the same notice (SKIP LOCKED on PostgreSQL).
        """

    async def mark(self, marks: Sequence[Mark]) -> None:
        """Write what became of claimed notices, in one transaction."""

    async def sent_since(self, since: Mapping[str, Instant], enough: int) -> Mapping[str, int]:
        """How many messages (state `sent`) each recipient was sent from their instant on; missing means none.

        Counting may stop at `enough`.
        """


class Carrier(Protocol):
    """One way out. Carriers stand in `notifiers/`; `notifiers/choose.py` picks them by settings."""

    @property
    def keeps_letters(self) -> bool:
        """Whether the book's copy is the only one: then it is kept even when it holds a sign-in link."""

    async def send(self, letter: Letter) -> None:
        """Hand the letter over; raises Temporary or Permanent. Returning means the other side has taken it."""


Render = Callable[[Sequence[Notice], LetterFacts], Letter]
"""One letter of all these notices (at least one; same recipient, issue, channel). Pure."""


class Links(Protocol):
    """Addresses put into letters; `issue_stream/web/links.py` signs those of partners."""

    def status(self, issue: str, contact: Contact) -> str:
        """The partner's page of one issue, signed for this contact."""

    def form(self, contact: Contact) -> str:
        """The contact's own form, signed."""

    def confirm(self, issue: str, contact: Contact) -> str:
        """Confirms that the address of a public form is theirs."""

    def staff_issue(self, number: int) -> str:
        """The issue's page for staff; needs a session."""

    def sign_in(self, token: str) -> str:
        """The one-time sign-in address."""

    def board(self) -> str:
        """Where staff see what they owe."""

    def digest(self, day: date) -> str:
        """The reader's own digest of that day; needs a session."""


class DigestReading(Protocol):
    """What digests are made from, and where they are kept: `issue_stream/store/pages_digest.py`."""

    async def figures(self, since: Instant, until: Instant, book: PolicyBook) -> DigestFigures:
        """All figures between two instants, and open issues as they stand now; a few queries, none in a loop."""

    async def without(self, days: Mapping[str, date]) -> frozenset[str]:
        """Those readers who have no digest of their day yet."""

    async def held_for(self) -> frozenset[str]:
        """Staff for whom news waits because their budget was spent."""

    async def keep(self, digests: Sequence[tuple[Digest, Notice]]) -> frozenset[str]:
        """Store each digest with its notice in one transaction, and news held for its reader as sent together with it.

        A reader who has a digest of that day already keeps the old one; gives back the readers whose digest is new.
        """

    async def kept(self, wanted: Sequence[tuple[str, date]]) -> Mapping[tuple[str, date], Digest]:
        """Digests as they were made, by reader and day; unknown ones are missing."""
