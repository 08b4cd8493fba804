"""Who else should know: addresses that a partner names become contacts of that partner, or stay a note for staff.

Only people of the same partner are ever written to: an address outside its domains would let one contact have us mail
anybody, or show their issue to a stranger.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.store import tables as t
from schemas.people import Partner


@dataclass(frozen=True, slots=True)
class Told:
    """Contacts who will hear, and the addresses (one a line) of strangers who will not."""

    contacts: tuple[str, ...] = ()
    strangers: str = ""


async def colleagues(conn: AsyncConnection, partner: Partner, addresses: Sequence[str]) -> Told:
    """Known contacts of the partner, new ones for addresses in its domains, and the rest."""
    c = t.contacts.c
    known = select(c.id, c.email).where(c.email.in_(addresses), c.partner_id == partner.id)
    ids = {row.email: row.id for row in await conn.execute(known)}
    taken = {row.email for row in await conn.execute(select(c.email).where(c.email.in_(addresses)))}
    new = [a for a in addresses if a not in taken and a.rpartition("@")[2] in partner.domains]
    if new:
        rows = [_contact(partner, address) for address in new]
        await conn.execute(t.contacts.insert(), rows)
        ids |= {row["email"]: row["id"] for row in rows}
    strangers = [address for address in addresses if address not in ids]
    return Told(contacts=tuple(ids[a] for a in addresses if a in ids), strangers="\n".join(strangers))


def _contact(partner: Partner, address: str) -> dict[str, str]:
    local = address.partition("@")[0]
    name = local.replace(".", " ").title()
    return {
        "id": str(uuid5(NAMESPACE_URL, f"mailto:{address}")),
        "partner_id": partner.id,
        "name": name,
        "email": address,
    }
