"""Digest: one message a day that an executive can read in two minutes.

hears   nothing; it looks at the clock once a minute
keeps   each digest as it was, once a reader and day
decides the numbers, the few lines and their order, what is asked of the reader
says    the notice of a digest, written in one transaction with it

It must never count what it does not list (R-17), nor stay silent on a quiet day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import NAMESPACE_OID, uuid5
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agents._digest_lines import line_of, may_call, ranked
from schemas.digest import Digest, DigestFigures, Figure, Growing, GrowingRow, IssueRow
from schemas.notices import Notice, NoticeKind, notice_key
from schemas.people import Person
from schemas.policy import Policy
from schemas.ports import DigestReading, Now, Reading
from schemas.values import Instant
from schemas.vocabulary import Audience, Role, WaitingFor

HEARS: frozenset[str] = frozenset()
SAYS = frozenset({"notice"})

LOOKS_BACK = timedelta(days=1)
"""A digest tells of the day since the one before it."""


def decide(figures: DigestFigures, reader: Person, now: Instant, policy: Policy) -> Digest:
    """The reader's digest: executives see everything, channel managers their partners, others what was held back."""
    audience = audience_of(reader)
    mine = _Mine(figures, None if audience is Audience.EXECUTIVE else reader.id)
    digest = Digest(
        reader=reader.id,
        audience=audience,
        day=local_day(reader.zone, now),
        since=figures.since,
        made_at=now,
        policy=policy.version,
        held_back=Figure(ids=tuple(dict.fromkeys(figures.held_back.get(reader.id, ())))),
    )
    if audience is Audience.EXECUTIVE:
        return digest.model_copy(update=_for_executive(mine, policy, now))
    if audience is Audience.CHANNEL_MANAGER:
        return digest.model_copy(update=_for_channel_manager(mine, policy, now))
    return digest


def audience_of(reader: Person) -> Audience:
    """As what a reader is spoken to."""
    by_role = {Role.EXECUTIVE: Audience.EXECUTIVE, Role.CHANNEL_MANAGER: Audience.CHANNEL_MANAGER}
    return by_role.get(reader.role, Audience.TEAM)


def is_due(reader: Person, now: Instant, policy: Policy) -> bool:
    """Whether the reader's local clock has passed the policy's time of the digest today."""
    return _local(reader.zone, now).time() >= policy.digest.at


def local_day(zone: str, now: Instant) -> date:
    """The reader's day."""
    return _local(zone, now).date()


class _Mine:
    """Figures cut to one channel manager's partners; `manager` None sees everything."""

    def __init__(self, figures: DigestFigures, manager: str | None) -> None:
        self.figures, self._manager = figures, manager

    def rows(self, ids: Iterable[str]) -> tuple[IssueRow, ...]:
        """The reader's issues among these, each once."""
        found = (self.figures.rows.get(one) for one in dict.fromkeys(ids))
        return tuple(row for row in found if row is not None and self._is_mine(row))

    def figure(self, ids: Iterable[str]) -> Figure:
        """The same as a number that opens its list, ranked by blocked business (R-22)."""
        return Figure(ids=tuple(row.id for row in ranked(self.rows(ids))))

    def callers(self, now: Instant, surprised: Iterable[str]) -> tuple[IssueRow, ...]:
        """Open issues about which a partner may call today, most blocked business first."""
        called = frozenset(surprised)
        rows = self.rows(self.figures.rows)
        return ranked(row for row in rows if may_call(row, now) or (row.id in called and row.is_open))

    def tally(self) -> tuple[int, int]:
        """Open and owned issues."""
        mine = [t for t in self.figures.tallies if self._manager in {None, t.channel_manager}]
        return sum(t.open_issues for t in mine), sum(t.owned_issues for t in mine)

    def _is_mine(self, row: IssueRow) -> bool:
        return self._manager is None or row.channel_manager == self._manager


def _for_executive(mine: _Mine, policy: Policy, now: Instant) -> dict[str, object]:
    figures = mine.figures
    callers = mine.callers(now, figures.surprised)
    growing = tuple(g for g in figures.growing if is_growing(g, policy))
    asked = frozenset(figures.surprised)
    return _shared(mine) | {
        "surprises": mine.figure(figures.surprised),
        "may_call": Figure(ids=tuple(row.id for row in callers)),
        "growing": Figure(ids=tuple(g.problem for g in growing)),
        "problems": tuple(_problem(g) for g in growing),
        "lines": tuple(line_of(row, now, asked) for row in callers[: policy.digest.lines]),
        "answered": figures.answered,
        "accepted": figures.accepted,
    }


def _for_channel_manager(mine: _Mine, policy: Policy, now: Instant) -> dict[str, object]:
    at_risk = mine.callers(now, ())
    return _shared(mine) | {
        "changed": mine.figure(mine.figures.changed),
        "at_risk": Figure(ids=tuple(row.id for row in at_risk)),
        "lines": tuple(line_of(row, now, frozenset()) for row in at_risk[: policy.digest.lines]),
    }


def _shared(mine: _Mine) -> dict[str, object]:
    figures = mine.figures
    open_issues, owned = mine.tally()
    missed = (row.id for row in mine.rows(figures.missed_updates) if row.waiting_for is not WaitingFor.PARTNER)
    return {
        "broken": mine.figure((*figures.late_promises, *missed, *figures.late_offers)),
        "resolved_early": mine.figure(figures.resolved_early),
        "open_issues": open_issues,
        "owned_issues": owned,
    }


def is_growing(row: GrowingRow, policy: Policy) -> bool:
    """Enough recent cases of enough distinct partners; the cases were cut to the policy's span when read (R-07)."""
    partners = {partner for _, partner in row.cases}
    rules = policy.recurrence
    return len(row.cases) >= rules.growing_issues and len(partners) >= rules.growing_partners


def _problem(row: GrowingRow) -> Growing:
    partners = {partner for _, partner in row.cases}
    issues = tuple(issue for issue, _ in row.cases)
    return Growing(problem=row.problem, title=row.title, issues=issues, partners=len(partners))


@dataclass(frozen=True, slots=True)
class Needs:
    """What the digest needs from the world."""

    reading: Reading
    digests: DigestReading
    now: Now


async def make_due(needs: Needs) -> int:
    """Make every digest that is due and missing; gives back how many were new. Call it once a minute."""
    now, book = needs.now(), needs.reading.policies()
    policy, directory = book.current, await needs.reading.directory()
    readers = {p.id: p for p in _readers(directory.people, await needs.digests.held_for()) if is_due(p, now, policy)}
    if not readers:
        return 0
    missing = await needs.digests.without({p.id: local_day(p.zone, now) for p in readers.values()})
    if not missing:
        return 0
    figures = await needs.digests.figures(now - LOOKS_BACK, now, book)
    made = [decide(figures, readers[who], now, policy) for who in sorted(missing)]
    return len(await needs.digests.keep([(digest, notice_of(digest)) for digest in made]))


def notice_of(digest: Digest) -> Notice:
    """The notice of a digest: one a reader and day, however often it is made."""
    event = uuid5(NAMESPACE_OID, f"digest|{digest.reader}|{digest.day.isoformat()}")
    return Notice(
        key=notice_key(event, NoticeKind.DIGEST, digest.reader),
        kind=NoticeKind.DIGEST,
        audience=digest.audience,
        recipient=digest.reader,
        at=digest.made_at,
        figures={"day": digest.day.isoformat()},
    )


def _readers(people: Mapping[str, Person], held: frozenset[str]) -> Sequence[Person]:
    """Executives and channel managers every day, others on days when news was held back for them."""
    daily = {Role.EXECUTIVE, Role.CHANNEL_MANAGER}
    return [p for p in people.values() if p.active and (p.role in daily or p.id in held)]


def _local(zone: str, now: Instant) -> datetime:
    try:
        return now.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return now
