"""What the issue's page for staff shows, read in a few questions; and small lists the other staff pages need.

In: a number or an id. Out: the issue, its events, the texts and names they mention. It changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.store import people
from issue_stream.store import tables as t
from issue_stream.store.contents import read_texts
from issue_stream.store.notices import SentLetter
from issue_stream.store.pages_board import holds
from schemas.envelope import EventMessage, decode_event
from schemas.errors import NotFound
from schemas.issue import Issue
from schemas.people import Contact, Partner, Person
from schemas.values import Instant

_i = t.issues.c


@dataclass(frozen=True, slots=True)
class History:
    """An issue with all that happened to it. `texts` are by content id; erased ones are missing."""

    issue: Issue
    events: tuple[EventMessage, ...]
    texts: Mapping[str, str]
    partner: Partner | None
    contacts: Mapping[str, Contact]
    staff: Mapping[str, Person]

    def name_of(self, who: str) -> str:
        """How a member of staff or a contact is called; the id when nobody knows them."""
        known = self.staff.get(who) or self.contacts.get(who)
        return known.name if known else who


async def history(conn: AsyncConnection, number: int) -> History:
    """All of one issue; raises NotFound."""
    body = (await conn.execute(select(_i.body).where(_i.number == number))).scalar()
    if body is None:
        raise NotFound(f"expected the number of an issue, found {number}")
    issue = Issue.model_validate_json(body)
    events = await _events(conn, issue.id)
    refs = {ref for message in events for ref in text_refs(message.event)} | set(_refs_of(issue))
    found = (await people.partners(conn, [issue.partner])).get(issue.partner)
    contacts = await people.list_contacts(conn, issue.partner)
    return History(
        issue=issue,
        events=events,
        texts=await read_texts(conn, sorted(refs)),
        partner=found,
        contacts={c.id: c for c in contacts} | await people.contacts(conn, [issue.contact]),
        staff={p.id: p for p in await people.list_staff(conn)},
    )


async def _events(conn: AsyncConnection, issue: str) -> tuple[EventMessage, ...]:
    e = t.events.c
    bodies = (await conn.execute(select(e.body).where(e.issue_id == issue).order_by(e.version))).scalars()
    return tuple(message for body in bodies if (message := decode_event(body)) is not None)


def text_refs(event: Any) -> list[str]:  # noqa: ANN401 - any value of the language
    """The content ids of texts that an event names."""
    named = (getattr(event, name, None) for name in TEXT_FIELDS)
    alike = [one.words for one in getattr(event, "alike", ()) if one.words]
    blocked = getattr(event, "blocked", None)
    deal = [blocked.deal] if blocked is not None and blocked.deal else []
    return [ref for ref in named if isinstance(ref, str) and ref] + alike + deal


TEXT_FIELDS = ("what", "summary", "text", "reason", "alternative", "note", "expected", "title", "cause", "not_told")
"""Fields of events that hold a content id. `reason` is sometimes a word of its own; then no text has its id."""


def _refs_of(issue: Issue) -> list[str]:
    promised = [p.what for p in issue.promises if p.what]
    waiting = [issue.waiting.reason] if issue.waiting else []
    return [*text_refs(issue), *promised, *waiting]


async def issue_ids(conn: AsyncConnection, numbers: Sequence[int]) -> dict[int, str]:
    """Ids by number; unknown numbers are missing."""
    rows = await conn.execute(select(_i.number, _i.id).where(_i.number.in_(numbers)))
    return {row.number: row.id for row in rows}


@dataclass(frozen=True, slots=True)
class Known:
    """An issue in a line that links to it."""

    id: str
    number: int
    summary: str
    partner: str
    is_open: bool
    problem: str | None


async def known_issues(conn: AsyncConnection, ids: Sequence[str]) -> dict[str, Known]:
    """Issues by id for links; unknown ids are missing."""
    joined = t.issues.outerjoin(t.contents, t.contents.c.id == _i.summary)
    wanted = select(_i.id, _i.number, t.contents.c.text, _i.partner_id, _i.is_open, _i.problem_id).select_from(joined)
    rows = await conn.execute(wanted.where(_i.id.in_(ids)))
    return {
        row.id: Known(row.id, row.number, row.text or "(erased)", row.partner_id, row.is_open, row.problem_id)
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """A recurring problem in a list."""

    id: str
    title: str
    category: str
    made_at: Instant


async def problem_lines(
    conn: AsyncConnection, limit: int, q: str = "", ids: Sequence[str] | None = None
) -> list[ProblemLine]:
    """Problems whose title holds these words, of these ids when some are given, the newest first."""
    p = t.problems.c
    joined = t.problems.outerjoin(t.contents, t.contents.c.id == p.title)
    wanted = select(p.id, t.contents.c.text, p.category, p.made_at).select_from(joined)
    if q:
        wanted = wanted.where(holds(t.contents.c.text, q))
    if ids is not None:
        wanted = wanted.where(p.id.in_(ids))
    rows = await conn.execute(wanted.order_by(p.made_at.desc(), p.id).limit(limit))
    return [ProblemLine(row.id, row.text or "(erased)", row.category or "", row.made_at) for row in rows]


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A running session as its person sees it; the hash names it and opens nothing."""

    key: str
    made_at: Instant
    expires_at: Instant


async def sessions_of(conn: AsyncConnection, staff_id: str, now: Instant) -> list[SessionLine]:
    """The running sessions of one person, the newest first."""
    s = t.sessions.c
    running = (s.staff_id == staff_id, s.revoked_at.is_(None), s.expires_at > now)
    rows = await conn.execute(select(s.csrf, s.made_at, s.expires_at).where(*running).order_by(s.made_at.desc()))
    return [SessionLine(row.csrf, row.made_at, row.expires_at) for row in rows]


async def end_session_named(conn: AsyncConnection, staff_id: str, key: str, now: Instant) -> None:
    """End one session of this person by the key of its line; an unknown one changes nothing."""
    s = t.sessions.c
    named = (s.staff_id == staff_id, s.csrf == key, s.revoked_at.is_(None))
    await conn.execute(t.sessions.update().where(*named).values(revoked_at=now))


async def digest_days(conn: AsyncConnection, staff_id: str, limit: int) -> list[Any]:
    """Days this reader has a digest of, the newest first."""
    d = t.digests.c
    return list(
        (await conn.execute(select(d.day).where(d.staff_id == staff_id).order_by(d.day.desc()).limit(limit))).scalars()
    )


async def sent_letter(conn: AsyncConnection, key: str) -> SentLetter | None:
    """One letter that left, or None."""
    n = t.notices.c
    columns = (n.key, n.kind, n.recipient, n.sent_at, n.address, n.subject, n.text, n.html)
    row = (await conn.execute(select(*columns).where(n.key == key, n.sent_at.is_not(None)))).first()
    if row is None:
        return None
    words = (part or "" for part in row[4:])
    return SentLetter(row.key, row.kind, row.recipient, row.sent_at, *words)
