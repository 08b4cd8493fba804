"""Deliver: takes every notice to its reader, once.

hears   notices; each second, what has fallen due in the notice book
keeps   the notice book: what waits, what was sent with what, what failed
decides when a notice leaves, what leaves together, what waits for the digest, when a failure is tried again
says    record-delivery: a failure for good, and a must-know that reached its executive

It must never send what another worker has claimed, nor look up one thing at a time. A crash between "sent" and "marked"
sends the same letter again under the same Message-ID.
"""

from asyncio import sleep
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agents._deliver_facts import Facts, facts_of
from agents._deliver_rules import (
    LEASE,
    Group,
    entry_of,
    gathered,
    is_news,
    marks_failed,
    marks_put_off,
    marks_sent,
    midnight,
    wishes_failed,
    wishes_sent,
)
from schemas.envelope import CommandMessage
from schemas.errors import Permanent, Temporary
from schemas.issue import Issue
from schemas.letter import Claimed, Letter, Mark, NoticeState
from schemas.notices import Notice
from schemas.ports import Carrier, DigestReading, NoticeBook, Now, Reading, Render, Wish
from schemas.values import Instant
from schemas.vocabulary import Channel

HEARS = frozenset({"notice"})
SAYS = frozenset({"record-delivery"})

SWEEP_AT_ONCE = 200
"""Notices claimed in one go: a second's worth at full speed, a transaction of moderate size."""

AWAY_AFTER = 3
"""So many letters in a row that a carrier could not take: it is away, the rest of the batch is not tried on it."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What deliver needs from the world. A channel without a carrier fails visibly."""

    book: NoticeBook
    reading: Reading
    digests: DigestReading
    carriers: dict[Channel, Carrier]
    render: Render
    wish: Wish
    now: Now


async def hear(needs: Needs, notices: Sequence[Notice]) -> None:
    """Put a batch into the book, and send in the same breath what is due now and new."""
    now, policy = needs.now(), needs.reading.policies().current
    entries = [entry_of(notice, policy, now) for notice in notices]
    new = await needs.book.add(entries)
    ready = {e.notice.key: e.notice for e in entries if e.claimed_until is not None and e.notice.key in new}
    if ready:
        issues = await needs.reading.issues_of(list(ready.values()))
        await _send(needs, [Claimed(notice=notice) for notice in ready.values()], issues)


async def sweep(needs: Needs) -> int:
    """Send what has fallen due; gives back how many notices were taken, so that a full hand can come again at once."""
    claimed = await needs.book.claim_due(needs.now(), SWEEP_AT_ONCE, LEASE)
    if claimed:  # some waited: their letters tell how the issue stands now
        ids = dict.fromkeys(c.notice.issue for c in claimed if c.notice.issue)
        await _send(needs, claimed, await needs.reading.issues(tuple(ids)))
    return len(claimed)


async def _send(needs: Needs, claimed: Sequence[Claimed], issues: Mapping[str, Issue]) -> None:
    """One letter for each group; afterwards one write to the book and one wish."""
    groups = gathered(claimed)
    facts = await facts_of([c.notice for c in claimed], issues, needs.reading, needs.digests, needs.now())
    budget = await _budget(needs, groups, facts)
    round_ = _Round(needs=needs, facts=facts, budget=budget)
    for group in groups:
        await round_.send(group)
        await sleep(0)  # a letter is written in half a millisecond; in a batch of hundreds others must get their turn
    await needs.book.mark(round_.marks)
    if round_.wishes:
        await needs.wish(round_.wishes)


async def _budget(needs: Needs, groups: Sequence[Group], facts: Facts) -> dict[str, int]:
    """What each reader of mere news was sent since their midnight; no look-up when there is no news."""
    since: dict[str, Instant] = {}
    for group in groups:
        reader = facts.readers.get(group.recipient)
        if reader is not None and is_news(group):
            since[group.recipient] = midnight(reader.zone, facts.now)
    if not since:
        return {}
    return dict(await needs.book.sent_since(since, facts.policy.notices.per_person_a_day))


class _Round:
    """One pass over claimed notices: sends, and remembers what to write down afterwards."""

    def __init__(self, needs: Needs, facts: Facts, budget: dict[str, int]) -> None:
        self._needs, self._facts, self._budget = needs, facts, budget
        self._away: dict[Channel, int] = {}
        self.marks: list[Mark] = []
        self.wishes: list[CommandMessage] = []

    async def send(self, group: Group) -> None:
        """Try one group; whatever happens to it is a mark, never an error."""
        now, policy = self._facts.now, self._facts.policy
        if is_news(group) and self._budget.get(group.recipient, 0) >= policy.notices.per_person_a_day:
            self.marks += marks_put_off(group, now)
            return
        if self._away.get(group.channel, 0) >= AWAY_AFTER:
            self.marks += marks_failed(group, Temporary("not tried: the letters before could not leave"), now, tried=0)
            return
        try:
            letter = await self._leave(group)
        except (Temporary, Permanent) as failure:
            self._failed(group, failure)
        else:
            self._sent(group, letter)

    async def _leave(self, group: Group) -> Letter:
        carrier = self._needs.carriers.get(group.channel)
        if carrier is None:
            raise Permanent(f"no carrier for {group.channel.value}: set one up, then send it again")
        letter = self._needs.render(group.notices, self._facts.letter_facts(group.first))
        await carrier.send(letter)
        if group.is_secret and not carrier.keeps_letters:
            return letter.model_copy(update={"text": "", "html": ""})
        return letter

    def _sent(self, group: Group, letter: Letter) -> None:
        self._away[group.channel] = 0
        self._budget[group.recipient] = self._budget.get(group.recipient, 0) + 1
        self.marks += marks_sent(group, letter, self._facts.now)
        self.wishes += wishes_sent(group, self._facts.now)

    def _failed(self, group: Group, failure: Temporary | Permanent) -> None:
        if isinstance(failure, Temporary):
            self._away[group.channel] = self._away.get(group.channel, 0) + 1
        marks = marks_failed(group, failure, self._facts.now)
        self.marks += marks
        if marks[0].state is NoticeState.FAILED:
            self.wishes += wishes_failed(group, marks[0].failure, self._facts.now)
