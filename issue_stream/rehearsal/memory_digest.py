"""What digests are made from, in memory: `DigestReading` over a `MemoryHouse` and its notice book.

The same figures as `issue_stream/store/pages_digest.py` counts; it looks at the events of the span and at open issues.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from issue_stream.rehearsal.memory import MemoryHouse
from issue_stream.rehearsal.memory_notices import MemoryNoticeBook
from issue_stream.store.issue_row import issue_row
from schemas import events as e
from schemas import side_events as s
from schemas.digest import Digest, DigestFigures, GrowingRow, IssueRow, Tally
from schemas.envelope import EventMessage
from schemas.events import Event
from schemas.issue import Issue
from schemas.letter import Entry
from schemas.notices import Notice
from schemas.policy import PolicyBook
from schemas.values import Instant

ACCEPTANCE_SPAN = timedelta(days=7)
"""As in the store: a week has every weekday once."""


class MemoryDigestReading:
    """Digest figures and kept digests of one rehearsal."""

    def __init__(self, house: MemoryHouse, book: MemoryNoticeBook) -> None:
        self._house, self._book = house, book
        self._kept: dict[tuple[str, date], Digest] = {}
        self._before: set[tuple[str, date]] = set()
        self._cases: dict[str, dict[str, None]] = {}
        self._titles: dict[str, str] = {}
        self._linked = 0

    async def figures(self, since: Instant, until: Instant, book: PolicyBook) -> DigestFigures:
        """All figures between two instants, and open issues as they stand now."""
        span = self._between(since, until)
        seen = _happened(span)
        changed = [key for key in dict.fromkeys(m.issue for m in span) if self._manager(self._house.issues[key])]
        named = dict.fromkeys((*self._house.open_issues, *(m.issue for m in span)))
        week = [m.event.type for m in self._between(until - ACCEPTANCE_SPAN, until)]
        accepted = week.count("accepted")
        return DigestFigures(
            since=since,
            until=until,
            rows={key: self._row(self._house.issues[key]) for key in named},
            surprised=seen["surprised"],
            late_promises=seen["late_promises"],
            missed_updates=seen["missed_updates"],
            late_offers=seen["late_offers"],
            resolved_early=tuple(k for k in seen["resolved"] if not self._house.issues[k].escalations),
            changed=tuple(changed),
            growing=self._growing(until - book.current.recurrence.growing_within),
            answered=accepted + week.count("declined") + week.count("offer-lapsed"),
            accepted=accepted,
            tallies=self._tallies(),
            held_back={who: _issues_of(notices) for who, notices in self._book.held_for().items()},
        )

    async def without(self, days: Mapping[str, date]) -> frozenset[str]:
        """Those readers who have no digest of their day yet."""
        wanted = ((who, day) for who, day in days.items())
        return frozenset(key[0] for key in wanted if key not in self._kept and key not in self._before)

    def skip(self, reader: str, day: date) -> None:
        """The reader's morning of this day was before the rehearsal began: no digest is owed."""
        self._before.add((reader, day))

    def made(self, reader: str, day: date) -> Digest | None:
        """The reader's digest of that day, if it was made."""
        return self._kept.get((reader, day))

    async def held_for(self) -> frozenset[str]:
        """Staff for whom news waits."""
        return frozenset(self._book.held_for())

    async def keep(self, digests: Sequence[tuple[Digest, Notice]]) -> frozenset[str]:
        """Store each digest with its notice; a reader who has one of that day keeps the old one."""
        new = []
        for digest, notice in digests:
            if (digest.reader, digest.day) in self._kept:
                continue
            self._kept[digest.reader, digest.day] = digest
            self._book.told_by_digest(digest.reader)
            await self._book.add([Entry(notice=notice, due_at=notice.at)])
            new.append(digest.reader)
        return frozenset(new)

    async def kept(self, wanted: Sequence[tuple[str, date]]) -> Mapping[tuple[str, date], Digest]:
        """Digests as they were made, by reader and day."""
        return {key: self._kept[key] for key in wanted if key in self._kept}

    def _between(self, since: Instant, until: Instant) -> list[EventMessage]:
        events = self._house.events
        return events[bisect_right(events, since, key=_at) : bisect_right(events, until, key=_at)]

    def _manager(self, issue: Issue) -> str | None:
        partner = self._house.partners.get(issue.partner)
        return partner.channel_manager if partner else None

    def _row(self, issue: Issue) -> IssueRow:
        found = issue_row(issue)
        given = {name: found[name] for name in IssueRow.model_fields if found.get(name) is not None}
        partner = self._house.partners.get(issue.partner)
        owner = self._house.people.person(issue.owner)
        return IssueRow(
            **given
            | {
                "partner": issue.partner,
                "partner_name": partner.name if partner else issue.partner,
                "channel_manager": partner.channel_manager if partner else None,
                "owner_name": owner.name if owner else "",
                "priority": issue.priority,
            }
        )

    def _growing(self, since: Instant) -> tuple[GrowingRow, ...]:
        self._read_links()
        rows = []
        for problem in sorted(self._cases):
            cases = [self._house.issues[key] for key in self._cases[problem]]
            recent = sorted((i for i in cases if i.problem == problem and i.raised_at > since), key=_first_raised)
            if recent:
                pairs = tuple((issue.id, issue.partner) for issue in recent)
                rows.append(GrowingRow(problem=problem, title=self._titles[problem], cases=pairs))
        return tuple(rows)

    def _read_links(self) -> None:
        for message in self._house.events[self._linked :]:
            if isinstance(message.event, s.ProblemLinked):
                problem = message.event.problem
                self._cases.setdefault(problem, {})[message.issue] = None
                self._titles.setdefault(problem, message.event.title or self._house.issues[message.issue].summary)
        self._linked = len(self._house.events)

    def _tallies(self) -> tuple[Tally, ...]:
        counts: dict[str | None, list[int]] = {}
        for key in self._house.open_issues:
            issue = self._house.issues[key]
            if issue.confirmed:
                count = counts.setdefault(self._manager(issue), [0, 0])
                count[0] += 1
                count[1] += issue.is_owned
        return tuple(Tally(channel_manager=m, open_issues=n, owned_issues=o) for m, (n, o) in counts.items())


def _at(message: EventMessage) -> Instant:
    return message.at


def _first_raised(issue: Issue) -> tuple[Instant, str]:
    return (issue.raised_at, issue.id)


def _issues_of(notices: Sequence[Notice]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(notice.issue for notice in notices if notice.issue))


def _happened(span: Sequence[EventMessage]) -> dict[str, tuple[str, ...]]:
    seen: dict[str, dict[str, None]] = {name: {} for name in _NAMES}
    for message in span:
        for name in _named_by(message.event):
            seen[name][message.issue] = None
    return {name: tuple(ids) for name, ids in seen.items()}


_NAMES = ("surprised", "late_promises", "missed_updates", "late_offers", "resolved")


def _named_by(event: Event) -> Iterator[str]:
    match event:
        case s.ExecutiveContacted(told_first=False):
            yield "surprised"
        case s.PromiseBroken() | s.PromiseRevised(before_due=False) | s.PromiseKept(late=True):
            yield "late_promises"
        case e.NoProgressTold():
            yield "missed_updates"
        case e.OfferLapsed():
            yield "late_offers"
        case e.Resolved():
            yield "resolved"
        case _:
            return
