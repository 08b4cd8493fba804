"""Inform: who must hear which fact.

hears   every fact that somebody must hear
keeps   nothing
decides the recipients, the kind of notice and what may be in it; each fact is told or explicitly told to nobody
says    notices; how they look and leave is not its business

It must never tell the actor of their own act (a receipt is no news), tell one person twice of one fact, or put internal
words into a notice for a partner: those take their texts and figures from `partner_line` alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agents._hearings import told
from agents._parties import Parties
from agents._telling import RECEIPTS, Told
from schemas.envelope import EventMessage
from schemas.issue import Issue
from schemas.notices import Notice, notice_key
from schemas.people import PARTNER_OF_STRANGERS, Directory, Partner
from schemas.policy import Policy
from schemas.ports import Reading, TellAll

HEARS = frozenset(
    {
        "raised",
        "sender-confirmed",
        "triaged",
        "triage-asked",
        "priority-set",
        "offered",
        "lead-asked",
        "accepted",
        "declined",
        "offer-lapsed",
        "hand-over-started",
        "comment-added",
        "not-moving-said",
        "replied",
        "no-progress-told",
        "note-added",
        "wait-started",
        "wait-ended",
        "resolved",
        "cannot-be-done",
        "resolution-confirmed",
        "resolution-denied",
        "closed",
        "still-fixed-asked",
        "still-fixed-answered",
        "satisfaction-given",
        "reopened",
        "escalated",
        "deescalated",
        "problem-linked",
        "merged-into",
        "unmerged",
        "promise-made",
        "promise-revised",
        "promise-broken",
        "promise-withdrawn",
        "executive-informed",
        "executive-contacted",
        "delivery-failed",
        "refusal-review-due",
        "followed",
    }
)
SAYS = frozenset({"notice"})


@dataclass(frozen=True, slots=True)
class Known:
    """What is known around one issue when something happened to it."""

    partner: Partner
    directory: Directory
    policy: Policy


def decide(message: EventMessage, issue: Issue, known: Known) -> tuple[Notice, ...]:
    """Every notice of this fact, each recipient once: the first reason to tell somebody wins."""
    parties = Parties(issue, known.partner, known.directory, known.policy)
    notices: dict[str, Notice] = {}
    for news in told(message, parties):
        for notice in _notices(message, news):
            notices.setdefault(notice.recipient, notice)
    return tuple(notices.values())


def _notices(message: EventMessage, news: Told) -> Iterator[Notice]:
    for recipient, audience in news.to:
        if recipient == message.by.id and news.kind not in RECEIPTS:
            continue
        yield Notice(
            key=notice_key(message.id, news.kind, recipient),
            kind=news.kind,
            audience=audience,
            recipient=recipient,
            issue=message.issue,
            event=message.id,
            version=message.version,
            at=message.at,
            hold=news.hold,
            figures=news.figures,
            texts=news.texts,
        )


@dataclass(frozen=True, slots=True)
class Needs:
    """What inform needs from the world."""

    reading: Reading
    tell: TellAll


async def hear(needs: Needs, messages: Sequence[EventMessage]) -> None:
    """Decide for a batch: one read for each kind of thing, one telling."""
    issues = await needs.reading.issues_of(messages)
    partners = await needs.reading.partners(tuple({issue.partner for issue in issues.values()}))
    directory, policy = await needs.reading.directory(), needs.reading.policies().current
    notices: list[Notice] = []
    for message in messages:
        issue = issues.get(message.issue)
        if issue is not None:  # an erased issue is told to nobody
            notices += decide(message, issue, Known(_of(partners, issue), directory, policy))
    if notices:
        await needs.tell(notices)


def _of(partners: Mapping[str, Partner], issue: Issue) -> Partner:
    return partners.get(issue.partner, PARTNER_OF_STRANGERS)
