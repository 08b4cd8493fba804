"""Recurring problems with their cases, counted from the issues that are linked to them now.

In: problem ids. Out: `Problem` values. It stores nothing: the desk's transaction writes the links.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.store import tables as t
from schemas.problem import Case, Problem


async def problems(conn: AsyncConnection, ids: Sequence[str]) -> dict[str, Problem]:
    """Problems with their cases, oldest case first; unknown ids are missing. Two questions, however many ids."""
    if not ids:
        return {}
    cases = await _cases(conn, ids)
    rows = await conn.execute(select(t.problems).where(t.problems.c.id.in_(ids)))
    return {
        row.id: Problem(
            id=row.id, title=row.title, category=row.category, made_at=row.made_at, cases=tuple(cases.get(row.id, ()))
        )
        for row in rows
    }


async def _cases(conn: AsyncConnection, ids: Sequence[str]) -> dict[str, list[Case]]:
    i = t.issues.c
    linked = select(i.problem_id, i.id, i.partner_id, i.raised_at, i.is_open).where(i.problem_id.in_(ids))
    cases: dict[str, list[Case]] = {}
    for row in await conn.execute(linked.order_by(i.raised_at, i.number)):
        case = Case(issue=row.id, partner=row.partner_id, raised_at=row.raised_at, is_open=row.is_open)
        cases.setdefault(row.problem_id, []).append(case)
    return cases
