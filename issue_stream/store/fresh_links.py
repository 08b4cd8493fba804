"""A contact's links again: the acknowledgements of their open issues are sent once more, with links signed anew."""

from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.store import tables as t
from issue_stream.store.notices import add_entries, notice_row
from schemas.letter import NoticeState
from schemas.notices import Notice, NoticeKind, decode_notice
from schemas.values import Instant

MOST = 10
"""Issues whose links are sent in one go: more open ones is a case for a telephone call."""


async def send_links_again(conn: AsyncConnection, address: str, now: Instant) -> int:
    """Put the letters into the notice book; how many. An address nobody knows gets none, and nobody can tell."""
    n, i, c = t.notices.c, t.issues.c, t.contacts.c
    kinds = (NoticeKind.ACKNOWLEDGED.value, NoticeKind.CONFIRM_ADDRESS.value)
    wanted = (
        select(n.body)
        .join(t.contacts, c.id == n.recipient)
        .join(t.issues, i.id == n.issue_id)
        .where(c.email == address, n.kind.in_(kinds), i.is_open)
        .order_by(n.at.desc())
        .limit(MOST)
    )
    bodies = (await conn.execute(wanted)).scalars().all()
    newest: dict[str | None, Notice] = {}
    for body in bodies:
        notice = decode_notice(body)
        newest.setdefault(notice.issue, notice)
    again = [n.model_copy(update={"key": f"again-{uuid4()}", "at": now}) for n in newest.values()]
    waiting = {"state": NoticeState.WAITING.value, "due_at": now, "tries": 0}
    if again:
        await add_entries(conn, [notice_row(notice) | waiting for notice in again])
    return len(again)
