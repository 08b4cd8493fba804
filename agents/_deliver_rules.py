"""The decisions of deliver as pure functions: when, together with what, and what a failure means."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, uuid5
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from schemas.envelope import CommandMessage, reaction_id
from schemas.errors import DeliveryFailed, Permanent
from schemas.letter import Claimed, Entry, Letter, Mark, NoticeState
from schemas.notices import Notice, NoticeKind
from schemas.policy import Policy
from schemas.side_commands import RecordDelivery
from schemas.values import Actor, Instant, Span
from schemas.vocabulary import ActorKind, Audience, Channel

LEASE = timedelta(minutes=5)
"""How long claimed notices belong to a worker: longer than a batch takes when every letter runs into its time-out."""

TRY_AGAIN_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
)
"""Grey-listing servers want a minute or five; a server that is down all morning is back before the last."""

PUT_OFF = timedelta(hours=1)
"""A partner's news beyond the budget is gathered this long: they have no digest it could wait for."""

NEVER_PUT_OFF = frozenset(
    {
        NoticeKind.ACKNOWLEDGED,
        NoticeKind.CONFIRM_ADDRESS,
        NoticeKind.OFFER,
        NoticeKind.LEAD_DECIDES,
        NoticeKind.ESCALATED,
        NoticeKind.MUST_KNOW,
        NoticeKind.SIGN_IN,
        NoticeKind.DIGEST,
    }
)
"""What somebody must act on or asked for; everything else is news and counts against the budget (R-63)."""

ME = Actor(kind=ActorKind.AGENT, id="deliver")


@dataclass(frozen=True, slots=True)
class Group:
    """Notices that leave as one letter, oldest first: same recipient, issue and channel."""

    claimed: tuple[Claimed, ...]

    @property
    def first(self) -> Notice:
        """The notice that names the letter."""
        return self.claimed[0].notice

    @property
    def notices(self) -> tuple[Notice, ...]:
        """All of them."""
        return tuple(c.notice for c in self.claimed)

    @property
    def recipient(self) -> str:
        """Whom the letter goes to."""
        return self.first.recipient

    @property
    def channel(self) -> Channel:
        """How it leaves."""
        return self.first.channel

    @property
    def is_secret(self) -> bool:
        """Whether the letter holds a key to the house and must not be kept once it has left."""
        return any(notice.kind is NoticeKind.SIGN_IN for notice in self.notices)


def entry_of(notice: Notice, policy: Policy, now: Instant) -> Entry:
    """How a notice enters the book: at once and claimed, held for company, or left to a channel manager's digest.

    A channel manager hears at most one gathered message a day beside must-knows: the digest (R-16).
    """
    if not notice.hold:
        return Entry(notice=notice, due_at=now, claimed_until=now + LEASE)
    waits_for_digest = notice.audience is Audience.CHANNEL_MANAGER
    state = NoticeState.DIGEST if waits_for_digest else NoticeState.WAITING
    return Entry(notice=notice, due_at=now + policy.notices.hold, state=state)


def gathered(claimed: Sequence[Claimed]) -> tuple[Group, ...]:
    """Held notices of one (recipient, issue, channel) are one letter; every other is its own. Order of first notice."""
    groups: dict[object, list[Claimed]] = {}
    for one in sorted(claimed, key=lambda c: (c.notice.at, c.notice.key)):
        groups.setdefault(_gather_key(one.notice), []).append(one)
    return tuple(Group(tuple(group)) for group in groups.values())


def _gather_key(notice: Notice) -> object:
    if not notice.hold or notice.issue is None:
        return notice.key
    return (notice.recipient, notice.issue, notice.channel)


def is_news(group: Group) -> bool:
    """Whether the letter counts against its reader's budget and may wait."""
    return not any(notice.kind in NEVER_PUT_OFF for notice in group.notices)


def midnight(zone: str, now: Instant) -> Instant:
    """The reader's last midnight; of UTC when their zone is unknown."""
    try:
        local = now.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        local = now
    start: datetime = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return start.astimezone(now.tzinfo)


def next_try(tries: int, failure: DeliveryFailed) -> Span | None:
    """How long to wait after this many failed tries (from 1); None when it is over."""
    if isinstance(failure, Permanent) or tries > len(TRY_AGAIN_AFTER):
        return None
    return TRY_AGAIN_AFTER[max(tries, 1) - 1]


def marks_sent(group: Group, letter: Letter, now: Instant) -> list[Mark]:
    """The first notice is sent and keeps the letter; the others left with it."""
    lead, *others = group.claimed
    sent = Mark(key=lead.notice.key, state=NoticeState.SENT, at=now, tries=lead.tries + 1, letter=letter)
    together = [
        Mark(key=c.notice.key, state=NoticeState.TOGETHER, at=now, tries=c.tries + 1, sent_with=lead.notice.key)
        for c in others
    ]
    return [sent, *together]


def marks_put_off(group: Group, now: Instant) -> list[Mark]:
    """Beyond the budget: staff read it in their digest, partners a little later and gathered."""
    if group.first.audience is Audience.PARTNER:
        due, state = now + PUT_OFF, NoticeState.WAITING
    else:
        due, state = now, NoticeState.DIGEST
    return [Mark(key=c.notice.key, state=state, at=now, tries=c.tries, due_at=due) for c in group.claimed]


def marks_failed(group: Group, failure: DeliveryFailed, now: Instant, *, tried: int = 1) -> list[Mark]:
    """Tried again later, or failed for good with the reason. `tried` is 0 when the letter was not even attempted."""
    tries = max(c.tries for c in group.claimed) + tried
    wait = next_try(tries, failure)
    reason = str(failure)[:600]
    if wait is None:
        return [
            Mark(key=c.notice.key, state=NoticeState.FAILED, at=now, tries=tries, failure=reason) for c in group.claimed
        ]
    due = now + wait
    return [
        Mark(key=c.notice.key, state=NoticeState.WAITING, at=now, tries=tries, due_at=due, failure=reason)
        for c in group.claimed
    ]


def wishes_sent(group: Group, now: Instant) -> list[CommandMessage]:
    """What reached an executive about an issue counts in the surprise ledger (R-12); other deliveries need no fact."""
    told = {NoticeKind.MUST_KNOW, NoticeKind.ESCALATED}
    reached = [n for n in group.notices if n.audience is Audience.EXECUTIVE and n.kind in told]
    return [_record(notice, now, delivered=True, reason="") for notice in reached if notice.issue is not None]


def wishes_failed(group: Group, reason: str, now: Instant) -> list[CommandMessage]:
    """A failure for good becomes a fact of the issue; one about an unreachable reader would only go in circles."""
    notice = group.first
    if notice.issue is None or notice.kind is NoticeKind.UNREACHABLE:
        return []
    return [_record(notice, now, delivered=False, reason=reason)]


def _record(notice: Notice, now: Instant, *, delivered: bool, reason: str) -> CommandMessage:
    cause = notice.event or uuid5(NAMESPACE_OID, notice.key)
    wish = RecordDelivery(
        notice=notice.key,
        recipient=notice.recipient,
        audience=notice.audience,
        delivered=delivered,
        reason=reason[:300],
    )
    step = f"{'delivered' if delivered else 'failed'}:{notice.key}"
    return CommandMessage(id=reaction_id(cause, step), issue=notice.issue or "", at=now, by=ME, command=wish)
