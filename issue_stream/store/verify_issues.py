"""The part of the audit that reads every issue's state: nobody's issue (R-09), and timers against deadlines.

In: a snapshot and the policies. Out: two checks. Issues come in chunks by id.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.store import tables as t
from issue_stream.store.verify_findings import Check, Findings
from schemas.deadlines import deadlines
from schemas.issue import Issue
from schemas.policy import PolicyBook
from schemas.values import Instant

CHUNK = 500
LATE = timedelta(minutes=2)
"""How far an offer's deadline may lie back while its timer is on the way: a restart takes less."""

_Timer = tuple[str, str, Instant]


async def issue_checks(
    conn: AsyncConnection, book: PolicyBook, now: Instant, progress: Callable[[str, int], None]
) -> AsyncIterator[Check]:
    """Ownership and timers."""
    owned, timers = Findings("owned"), Findings("timers")
    async for issues in _issue_chunks(conn):
        stored = await _timers(conn, [issue.id for issue in issues])
        for issue in issues:
            _look_at_owner(issue, now, owned)
            _look_at_timers(issue, book, stored.get(issue.id, set()), timers)
        progress("issues", timers.counted)
    yield owned.check()
    yield timers.check()


def _look_at_owner(issue: Issue, now: Instant, found: Findings) -> None:
    """R-09: an open issue has an accepted owner or a running offer; an unconfirmed address starts no clock yet."""
    if not issue.is_open:
        return
    found.counted += 1
    if issue.owner is not None or not issue.confirmed:
        return
    if issue.offer is None:
        found.add(f"issue {issue.id} ({issue.number}) is open, on nobody and offered to nobody")
    elif issue.offer.accept_by < now - LATE:
        late = issue.offer.accept_by.isoformat()
        found.add(f"issue {issue.id} ({issue.number}): its offer ended at {late} and nothing followed")


def _look_at_timers(issue: Issue, book: PolicyBook, stored: set[_Timer], found: Findings) -> None:
    found.counted += 1
    expected = {(line.kind.value, line.ref, line.due_at) for line in deadlines(issue, book)}
    if expected == stored:
        return
    missing = ", ".join(sorted(f"{kind} {ref}".strip() for kind, ref, _ in expected - stored)) or "none"
    extra = ", ".join(sorted(f"{kind} {ref}".strip() for kind, ref, _ in stored - expected)) or "none"
    found.add(f"issue {issue.id} ({issue.number}): timers missing {missing}; timers too many {extra}")


async def _issue_chunks(conn: AsyncConnection) -> AsyncIterator[list[Issue]]:
    i = t.issues.c
    ordered = select(i.id, i.body).order_by(i.id).limit(CHUNK)
    rows: Sequence[Any] = (await conn.execute(ordered)).all()
    while rows:
        yield [Issue.model_validate_json(row.body) for row in rows]
        rows = (await conn.execute(ordered.where(i.id > rows[-1].id))).all()


async def _timers(conn: AsyncConnection, ids: Sequence[str]) -> dict[str, set[_Timer]]:
    rows = await conn.execute(select(t.timers).where(t.timers.c.issue_id.in_(ids)))
    found: dict[str, set[_Timer]] = {}
    for row in rows:
        found.setdefault(row.issue_id, set()).add((row.kind, row.ref, row.due_at))
    return found
