"""What the agents need from the world, as protocols; `issue_stream/store` and `issue_stream/publish.py` fulfil them.

Every call may raise `Unavailable`; nothing here is ever half done.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from schemas.envelope import CommandMessage, EventMessage
from schemas.issue import Issue
from schemas.notices import Notice
from schemas.people import Contact, Directory, Partner
from schemas.policy import PolicyBook
from schemas.values import Deadline, Instant

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


class Reading(Protocol):
    """What agents may read."""

    async def issues(self, ids: Sequence[str]) -> Mapping[str, Issue]:
        """The issues as they stand; unknown ids are missing."""

    async def texts(self, refs: Sequence[str]) -> Mapping[str, str]:
        """The texts behind content ids; erased or unknown ones are missing."""

    async def directory(self) -> Directory:
        """All staff with their load, at most a few seconds old."""

    async def partners(self, ids: Sequence[str]) -> Mapping[str, Partner]:
        """Partners by id; unknown ids are missing."""

    async def contacts(self, ids: Sequence[str]) -> Mapping[str, Contact]:
        """Contacts by id; unknown ids are missing."""

    def policies(self) -> PolicyBook:
        """The policy in force and the pinned ones."""
