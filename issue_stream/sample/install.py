"""A company into the store: rows that are missing are added, rows that are there stay as they are."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.sample.company import Company
from issue_stream.store import tables as t
from issue_stream.store.database import Database
from issue_stream.store.rows import contact_row, partner_row, person_row
from issue_stream.store.upsert import insert_missing


async def install(db: Database, company: Company) -> None:
    """Add who is missing, in one transaction; twice changes nothing."""
    async with db.write() as conn:
        await _add_missing(conn, t.staff, [person_row(person) for person in company.staff])
        await _add_missing(conn, t.partners, [partner_row(partner) for partner in company.partners])
        await _add_missing(conn, t.contacts, [contact_row(contact) for contact in company.contacts])


async def _add_missing(conn: AsyncConnection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await conn.execute(insert_missing(conn.dialect.name, table), rows)


async def count_staff(db: Database) -> int:
    """How many people work here, active or not."""
    async with db.read() as conn:
        return int((await conn.execute(select(func.count()).select_from(t.staff))).scalar_one())
