"""A letter ready to leave, and everything its words may be made from: values between deliver, notifiers and the store.

A letter knows no notice book and no carrier. Its Message-ID is made from the key of its first notice, so the same
letter is recognisable when a crash between "sent" and "marked" makes it leave twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import Field

from schemas.digest import Digest
from schemas.issue import Issue
from schemas.notices import Notice
from schemas.people import Contact, Partner
from schemas.policy import Policy
from schemas.values import Instant, Value
from schemas.vocabulary import Channel


class Letter(Value):
    """One message to one address. `references` are Message-IDs of the thread it belongs to, oldest first."""

    key: str
    channel: Channel = Channel.EMAIL
    to_address: str = Field(max_length=320)
    to_name: str = ""
    subject: str
    text: str
    html: str
    message_id: str
    references: tuple[str, ...] = ()
    headers: Mapping[str, str] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a letter speaks to: a contact or a member of staff, with the zone their times are said in."""

    id: str
    name: str
    address: str
    zone: str
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What a letter may be made from: who reads it, the issue as it stands now, the texts its notices name."""

    reader: Reader
    policy: Policy
    now: Instant
    issue: Issue | None = None
    partner: Partner | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    digest: Digest | None = None


class NoticeState(StrEnum):
    """Where a notice stands in the book; only `waiting` ones fall due."""

    WAITING = "waiting"
    SENT = "sent"
    TOGETHER = "together"
    DIGEST = "digest"
    FAILED = "failed"


class Entry(Value):
    """A notice as it is put into the book. `claimed_until` keeps others away while its finder sends it at once."""

    notice: Notice
    due_at: Instant
    state: NoticeState = NoticeState.WAITING
    claimed_until: Instant | None = None


class Claimed(Value):
    """A notice taken from the book to be sent, and how often that was tried before."""

    notice: Notice
    tries: int = 0


class Mark(Value):
    """What became of one notice. Fields that do not belong to `state` are ignored.

    `sent` keeps the letter's address, subject, text and html (empty ones are not kept); `together` names the notice it
    left with; `waiting` is tried again at `due_at`; `failed` says why; `digest` waits for the reader's digest.
    Every mark ends the claim and stores `tries`.
    """

    key: str
    state: NoticeState
    at: Instant
    tries: int = 0
    due_at: Instant | None = None
    sent_with: str = ""
    letter: Letter | None = None
    failure: str = Field(default="", max_length=600)
