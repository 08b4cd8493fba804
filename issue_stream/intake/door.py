"""The one door: every wish of a person or a program comes in here and is durable before the answer.

A raise takes its number, its texts and its command in one transaction; what comes in at the same moment shares one.
When the database is away the door says `Unavailable` and has accepted nothing. Nothing else writes commands for people.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID, uuid4

from sqlalchemy import select

from issue_stream.intake.colleagues import Told, colleagues
from issue_stream.intake.words import RaiseWords, checked, summary_of
from issue_stream.store import tables as t
from issue_stream.store.database import Database
from issue_stream.store.intake import hold_all, keep_texts, take_numbers, text_ref
from schemas.commands import Command, RaiseIssue
from schemas.envelope import CommandMessage
from schemas.people import PARTNER_OF_STRANGERS
from schemas.policy import PolicyBook
from schemas.ports import Now
from schemas.values import Actor, Blocked, Instant, TextRef

GROUP_LIMIT = 200
"""Wishes that share one transaction: a batch of the desk holds 100."""


class Carry(Protocol):
    """Takes wishes to the desk's topic in the background; never raises, keeps trying."""

    def __call__(self, messages: Sequence[CommandMessage]) -> None:
        """Carry these soon."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """An issue that was accepted: its id, its number, and the command that raises it."""

    issue: str
    number: int
    command: UUID


@dataclass(frozen=True, slots=True)
class Answer:
    """What the desk said to a wish; `code` and `text` are the refusal's."""

    granted: bool
    code: str = ""
    text: str = ""


@dataclass(slots=True)
class _Entry:
    build: Callable[[int | None], CommandMessage]
    texts: tuple[str, ...]
    takes_number: bool
    done: asyncio.Future[CommandMessage]


@dataclass(slots=True)
class Door:
    """`carry` is None where this process has no carriage: a worker's sweep picks the wishes up."""

    db: Database
    book: Callable[[], PolicyBook]
    now: Now
    carry: Carry | None = None
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    _waiting: list[_Entry] = field(default_factory=list)
    _writer: asyncio.Task[None] | None = None

    async def text(self, words: str) -> TextRef:
        """The content id under which these words are now kept."""
        async with self.db.write(durable=True) as conn:
            await keep_texts(conn, [words], self.now())
        return text_ref(words)

    async def raise_issue(self, words: RaiseWords, by: Actor, command_id: UUID | None = None) -> Receipt:
        """A new issue with its number, durable; raises BadInput before anything is stored, Unavailable when away."""
        words = checked(words, self.now().date())
        told = await self._told(words)
        issue, command = new_issue_id(self.now()), command_id or uuid4()
        texts = (words.what, summary_of(words.what), words.blocked_deal, told.strangers)

        def build(number: int | None) -> CommandMessage:
            wish = _raise_command(words, told, number or 0, self.book().current.priority.currency)
            return CommandMessage(id=command, issue=issue, at=self.now(), by=by, command=wish)

        message = await self._put(build, tuple(x for x in texts if x), takes_number=True)
        number = message.command.number if isinstance(message.command, RaiseIssue) else 0
        return Receipt(issue=issue, number=number, command=command)

    async def wish(
        self,
        issue: str,
        command: Command,
        by: Actor,
        *,
        expects_version: int | None = None,
        command_id: UUID | None = None,
    ) -> UUID:
        """Keep a wish about an issue and have it carried; the same command id twice is one wish."""
        message = CommandMessage(
            id=command_id or uuid4(),
            issue=issue,
            at=self.now(),
            by=by,
            command=command,
            expects_version=expects_version,
        )
        await self._put(lambda _number: message, (), takes_number=False)
        return message.id

    async def settled(self, command: UUID, timeout_s: float = 3.0) -> Answer | None:
        """The desk's answer, or None when it takes longer than the time-out (the wish is kept and will be answered)."""
        waited, step = 0.0, 0.01
        while True:
            answer = await self._answer(command)
            if answer is not None or waited >= timeout_s:
                return answer
            await self.pause(step)
            waited, step = waited + step, min(step * 1.5, 0.2)

    async def _told(self, words: RaiseWords) -> Told:
        if not words.also_tell:
            return Told()
        if words.partner is None:
            return Told(strangers="\n".join(words.also_tell))
        async with self.db.write(durable=True) as conn:
            return await colleagues(conn, words.partner, words.also_tell)

    async def _answer(self, command: UUID) -> Answer | None:
        c = t.commands.c
        async with self.db.read() as conn:
            row = (await conn.execute(select(c.refusal, c.refusal_text).where(c.id == command))).first()
        return Answer(granted=not row.refusal, code=row.refusal, text=row.refusal_text) if row else None

    async def _put(
        self, build: Callable[[int | None], CommandMessage], texts: tuple[str, ...], *, takes_number: bool
    ) -> CommandMessage:
        entry = _Entry(build, texts, takes_number, asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_groups())
        return await entry.done

    async def _write_groups(self) -> None:
        """What waits is one transaction; what comes in meanwhile is the next."""
        while self._waiting:
            group, self._waiting = self._waiting[:GROUP_LIMIT], self._waiting[GROUP_LIMIT:]
            try:
                messages = await self._write(group)
            except Exception as exc:  # noqa: BLE001 - handed to every one who waits for this group
                _refuse_all(group, exc)
                continue
            for entry, message in zip(group, messages, strict=True):
                if not entry.done.done():
                    entry.done.set_result(message)
            if self.carry is not None:
                self.carry(messages)

    async def _write(self, group: Sequence[_Entry]) -> list[CommandMessage]:
        now = self.now()
        async with self.db.write(durable=True) as conn:
            raising = sum(entry.takes_number for entry in group)
            numbers = iter(await take_numbers(conn, raising) if raising else ())
            messages = [entry.build(next(numbers) if entry.takes_number else None) for entry in group]
            await keep_texts(conn, [words for entry in group for words in entry.texts], now)
            await hold_all(conn, messages, now, sent=self.carry is not None)
        return messages


def new_issue_id(now: Instant) -> str:
    """A new id that sorts by time (the layout of RFC 9562, version 7): neighbours in time are neighbours on disk."""
    milliseconds = int(now.timestamp() * 1000) & (1 << 48) - 1
    variant = uuid4().int & ~(0xF << 76) & (1 << 80) - 1
    return str(UUID(int=milliseconds << 80 | 7 << 76 | variant))


def _refuse_all(group: Sequence[_Entry], exc: Exception) -> None:
    for entry in group:
        if not entry.done.done():
            entry.done.set_exception(exc)


def _raise_command(words: RaiseWords, told: Told, number: int, currency: str) -> RaiseIssue:
    partner = words.partner or PARTNER_OF_STRANGERS
    blocked = Blocked(
        deal=text_ref(words.blocked_deal) if words.blocked_deal else None,
        by=words.blocked_by,
        amount=words.blocked_amount,
        currency=currency if words.blocked_amount is not None else "",
    )
    return RaiseIssue(
        number=number,
        partner=partner.id,
        contact=words.contact.id,
        tier=partner.tier,
        region=partner.region,
        intake=words.intake,
        summary=text_ref(summary_of(words.what)),
        what=text_ref(words.what),
        since=words.since,
        blocked=blocked,
        also_tell=told.contacts,
        not_told=text_ref(told.strangers) if told.strangers else None,
        files=words.files,
        confirmed=words.confirmed,
        category=words.category,
        previous=words.previous,
    )
