"""What partners' pages and the API are made from: one issue with its history and texts, a partner's own. Reads only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.store import tables as t
from issue_stream.store.contents import read_texts
from schemas.commands import RaiseIssue
from schemas.envelope import EventMessage, decode_command, decode_event
from schemas.issue import Issue
from schemas.partner_view import PartnerLine, partner_line


@dataclass(frozen=True, slots=True)
class PartnerHistory:
    """An issue with the lines a partner may see, oldest first, and the texts they name; internal texts are not read."""

    issue: Issue
    events: tuple[EventMessage, ...]
    lines: tuple[PartnerLine, ...]
    texts: dict[str, str]


async def partner_history(conn: AsyncConnection, issue_id: str) -> PartnerHistory | None:
    """All a partner's page needs; None while the desk has not written the issue yet."""
    body = (await conn.execute(select(t.issues.c.body).where(t.issues.c.id == issue_id))).scalar_one_or_none()
    if body is None:
        return None
    issue = Issue.model_validate_json(body)
    events = await history(conn, issue_id)
    lines = tuple(line for message in events if (line := partner_line(message)) is not None)
    texts = await read_texts(conn, list(_named(issue, lines)))
    return PartnerHistory(issue, events, lines, texts)


async def history(conn: AsyncConnection, issue_id: str) -> tuple[EventMessage, ...]:
    """Every event of an issue, in order."""
    e = t.events.c
    rows = (await conn.execute(select(e.body).where(e.issue_id == issue_id).order_by(e.version))).scalars()
    return tuple(message for body in rows if (message := decode_event(body)) is not None)


async def issues_of_contact(conn: AsyncConnection, contact: str, limit: int) -> list[Issue]:
    """The contact's own open issues, those that changed last first."""
    i = t.issues.c
    own = select(i.body).where(i.contact_id == contact, i.is_open).order_by(i.changed_at.desc()).limit(limit)
    return [Issue.model_validate_json(body) for body in (await conn.execute(own)).scalars()]


async def issues_of_partner(conn: AsyncConnection, partner: str | None, before: int | None, limit: int) -> list[Issue]:
    """Issues of a partner, or of all when it is None, with numbers below `before`; the highest first."""
    i = t.issues.c
    wanted = select(i.body).order_by(i.number.desc()).limit(limit)
    if partner is not None:
        wanted = wanted.where(i.partner_id == partner)
    if before is not None:
        wanted = wanted.where(i.number < before)
    return [Issue.model_validate_json(body) for body in (await conn.execute(wanted)).scalars()]


async def issue_by_number(conn: AsyncConnection, number: int) -> Issue | None:
    """The issue of this number; None while there is none."""
    body = (await conn.execute(select(t.issues.c.body).where(t.issues.c.number == number))).scalar_one_or_none()
    return Issue.model_validate_json(body) if body is not None else None


async def summaries(conn: AsyncConnection, issues: Sequence[Issue]) -> dict[str, str]:
    """The one-line summaries of these issues, by content id."""
    return await read_texts(conn, [issue.summary for issue in issues])


async def raised_by(conn: AsyncConnection, command: UUID) -> tuple[str, int] | None:
    """Id and number of the issue that this command raises, whether the desk has taken it yet or not."""
    w, c, i = t.waiting_commands.c, t.commands.c, t.issues.c
    waiting = (await conn.execute(select(w.body).where(w.id == command))).scalar_one_or_none()
    if waiting is not None:
        message = decode_command(waiting)
        return (message.issue, message.command.number) if isinstance(message.command, RaiseIssue) else None
    taken = select(i.id, i.number).join(t.commands, c.issue_id == i.id).where(c.id == command)
    row = (await conn.execute(taken)).first()
    return (row.id, row.number) if row else None


def _named(issue: Issue, lines: Sequence[PartnerLine]) -> Iterator[str]:
    yield issue.summary
    if issue.blocked.deal is not None:
        yield issue.blocked.deal
    if issue.waiting is not None:
        yield issue.waiting.reason
    for line in lines:
        yield from (ref for ref in (line.text, line.second) if ref is not None)
    yield from (promise.what for promise in issue.promises if promise.what is not None)
