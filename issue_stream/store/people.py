"""Who there is: partners, their contacts, and staff.

Everything takes a connection; a change takes one that writes. A wrong id or an address that somebody else has is
`BadInput` or `NotFound`. It never deletes anybody: staff are made inactive, a contact's links are revoked.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Row, Select, Table, bindparam, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.store import tables as t
from issue_stream.store.rows import (
    address,
    contact_of,
    contact_row,
    partner_of,
    partner_row,
    person_of,
    person_row,
)
from issue_stream.store.upsert import insert_missing
from schemas.errors import BadInput, NotFound
from schemas.people import Contact, Partner, Person


async def add_partner(conn: AsyncConnection, partner: Partner) -> None:
    """A new partner; raises BadInput when the id is taken."""
    await _add(conn, t.partners, partner_row(partner))


async def add_contact(conn: AsyncConnection, contact: Contact) -> None:
    """A new contact; raises BadInput when the id or the address is taken, or the partner is unknown."""
    if contact.partner is not None and not await partners(conn, [contact.partner]):
        raise BadInput("partner", expected="the id of a partner", found=contact.partner, todo="Add the partner first.")
    await _add(conn, t.contacts, contact_row(contact))


async def add_staff(conn: AsyncConnection, person: Person) -> None:
    """A new member of staff; raises BadInput when the id or the address is taken."""
    await _add(conn, t.staff, person_row(person))


async def change_partner(conn: AsyncConnection, partner: Partner) -> None:
    """The partner as given; raises NotFound for an unknown id."""
    await _change(conn, t.partners, partner_row(partner))


async def change_contact(conn: AsyncConnection, contact: Contact) -> None:
    """The contact as given; raises NotFound for an unknown id, BadInput when somebody else has the address."""
    await _refuse_taken(conn, t.contacts, contact.id, contact.email)
    await _change(conn, t.contacts, contact_row(contact))


async def change_staff(conn: AsyncConnection, person: Person) -> None:
    """The person as given; raises NotFound for an unknown id, BadInput when somebody else has the address."""
    await _refuse_taken(conn, t.staff, person.id, person.email)
    await _change(conn, t.staff, person_row(person))


async def staff_by_email(conn: AsyncConnection, email: str) -> Person | None:
    """Who has this address, in any spelling; also people who are no longer active."""
    row = (await conn.execute(select(t.staff).where(t.staff.c.email == address(email)))).first()
    return person_of(row) if row else None


async def contact_by_email(conn: AsyncConnection, email: str) -> Contact | None:
    """Who has this address, in any spelling."""
    row = (await conn.execute(select(t.contacts).where(t.contacts.c.email == address(email)))).first()
    return contact_of(row) if row else None


async def contact_or_new(
    conn: AsyncConnection, email: str, name: str, *, partner: str | None = None, confirmed: bool
) -> Contact:
    """Who has this address; nobody yet: a new contact of this partner, else of the one whose mail domain it is.

    An address whose domain is nobody's belongs to no partner. Raises BadInput for a partner nobody knows.
    """
    known = await contact_by_email(conn, email)
    if known is None:
        domain = await partner_by_domain(conn, email.rpartition("@")[2])
        known = Contact(
            id=str(uuid5(NAMESPACE_URL, f"mailto:{address(email)}")),
            partner=partner or (domain.id if domain else None),
            name=name[:120] or email.partition("@")[0],
            email=address(email),
            confirmed=confirmed,
        )
        await add_contact(conn, known)
    return known


async def partner_by_domain(conn: AsyncConnection, domain: str) -> Partner | None:
    """Whose mail domain this is; None when nobody's, or when more than one partner claims it."""
    spaced = literal(" ") + t.partners.c.domains + " "
    claiming = select(t.partners).where(spaced.contains(f" {address(domain)} ", autoescape=True)).limit(2)
    rows = (await conn.execute(claiming)).all()
    return partner_of(rows[0]) if len(rows) == 1 else None


async def staff(conn: AsyncConnection, ids: Sequence[str]) -> dict[str, Person]:
    """Staff by id; unknown ids are missing."""
    return {row.id: person_of(row) for row in await _by_id(conn, t.staff, ids)}


async def partners(conn: AsyncConnection, ids: Sequence[str]) -> dict[str, Partner]:
    """Partners by id; unknown ids are missing."""
    return {row.id: partner_of(row) for row in await _by_id(conn, t.partners, ids)}


async def contacts(conn: AsyncConnection, ids: Sequence[str]) -> dict[str, Contact]:
    """Contacts by id; unknown ids are missing."""
    return {row.id: contact_of(row) for row in await _by_id(conn, t.contacts, ids)}


async def list_staff(conn: AsyncConnection) -> list[Person]:
    """Everybody, by name; also people who are no longer active."""
    return [person_of(row) for row in await conn.execute(select(t.staff).order_by(t.staff.c.name, t.staff.c.id))]


async def list_partners(conn: AsyncConnection) -> list[Partner]:
    """Every partner, by name."""
    rows = await conn.execute(select(t.partners).order_by(t.partners.c.name, t.partners.c.id))
    return [partner_of(row) for row in rows]


async def list_contacts(conn: AsyncConnection, partner: str | None = None) -> list[Contact]:
    """The contacts of a partner, or everybody's when it is None, by name."""
    c = t.contacts.c
    wanted = select(t.contacts).order_by(c.name, c.id)
    rows = await conn.execute(wanted if partner is None else wanted.where(c.partner_id == partner))
    return [contact_of(row) for row in rows]


async def _by_id(conn: AsyncConnection, table: Table, ids: Sequence[str]) -> Sequence[Row[Any]]:
    if not ids:
        return ()
    rows: Sequence[Row[Any]] = (await conn.execute(_of_ids(table), {"ids": ids})).all()
    return rows


@cache
def _of_ids(table: Table) -> Select[Any]:
    return select(table).where(table.c.id.in_(bindparam("ids", expanding=True)))


async def _add(conn: AsyncConnection, table: Table, row: dict[str, Any]) -> None:
    _refuse_long(table, row)
    added = await conn.execute(insert_missing(conn.dialect.name, table).values(row))
    if not added.rowcount:
        found = " / ".join(str(row[name]) for name in ("id", "email") if name in row)
        raise BadInput(
            "email" if "email" in row else "id",
            expected="an id and an address that nobody has yet",
            found=found,
            todo=f"Change the row of {table.name} that has it, or choose another.",
        )


async def _refuse_taken(conn: AsyncConnection, table: Table, who: str, email: str) -> None:
    taken = select(table.c.id).where(table.c.email == address(email), table.c.id != who)
    other = (await conn.execute(taken)).scalar()
    if other is not None:
        todo = f"{other} has it; change that row first."
        raise BadInput("email", expected="an address that nobody else has", found=email, todo=todo)


async def _change(conn: AsyncConnection, table: Table, row: dict[str, Any]) -> None:
    _refuse_long(table, row)
    changed = await conn.execute(update(table).where(table.c.id == row["id"]).values(row))
    if not changed.rowcount:
        raise NotFound(f"expected an id in {table.name}, found {row['id']}; add it first")


def _refuse_long(table: Table, row: dict[str, Any]) -> None:
    """What PostgreSQL would not take and SQLite would: said in one way for both."""
    for name, given in row.items():
        longest = getattr(table.c[name].type, "length", None)
        if longest is not None and isinstance(given, str) and len(given) > longest:
            expected, found = f"at most {longest} characters", f"{len(given)}"
            raise BadInput(name, expected=expected, found=found, todo="Shorten it.")
