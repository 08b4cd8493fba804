"""A company into the store: rows that are missing are added, rows that are there stay as they are."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.sample.company import Company
from issue_stream.store import tables as t
from issue_stream.store.database import Database
from schemas.people import Contact, Partner, Person


async def install(db: Database, company: Company) -> int:
    """Add who is missing, in one transaction; how many rows were added. Twice changes nothing."""
    async with db.write() as conn:
        added = await _add_missing(conn, t.staff, [_staff_row(person) for person in company.staff])
        added += await _add_missing(conn, t.partners, [_partner_row(partner) for partner in company.partners])
        added += await _add_missing(conn, t.contacts, [_contact_row(contact) for contact in company.contacts])
    return added


async def _add_missing(conn: AsyncConnection, table: Table, rows: Sequence[dict[str, Any]]) -> int:
    ids = [row["id"] for row in rows]
    known = set((await conn.execute(select(table.c.id).where(table.c.id.in_(ids)))).scalars())
    missing = [row for row in rows if row["id"] not in known]
    if missing:
        await conn.execute(table.insert(), missing)
    return len(missing)


def _staff_row(person: Person) -> dict[str, Any]:
    row = person.model_dump(exclude={"backup", "skills", "regions"})
    row |= {"skills": _spaced(person.skills), "regions": _spaced(person.regions), "backup_id": person.backup}
    return row | {"role": person.role.value}


def _partner_row(partner: Partner) -> dict[str, Any]:
    row = partner.model_dump(exclude={"channel_manager", "domains"})
    return row | {"channel_manager_id": partner.channel_manager, "domains": _spaced(partner.domains)}


def _contact_row(contact: Contact) -> dict[str, Any]:
    return contact.model_dump(exclude={"partner"}) | {"partner_id": contact.partner}


def _spaced(words: Iterable[str]) -> str:
    return " ".join(words)
