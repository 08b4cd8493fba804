"""What the store's tests do again and again: let the desk answer, count rows, read columns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Table, func, select

from agents import desk
from issue_stream.store import tables as t
from issue_stream.store.database import Database
from issue_stream.store.desk_store import SqlDeskStore
from issue_stream.store.reading import SqlReading
from schemas.envelope import CommandMessage, EventMessage
from schemas.errors import Unavailable
from schemas.people import Contact, Partner
from tests.builders import NOW, STAFF, policy_book

NORDLYS = Partner(id="nordlys", name="Nordlys Travel", tier="gold", domains=("nordlys.example",))
IDA = Contact(id="ida", partner="nordlys", name="Ida Example", email="ida@nordlys.example")


@dataclass
class Town:
    """Where events are announced; out of order, it takes none."""

    announced: list[EventMessage] = field(default_factory=list)
    is_away: bool = False

    async def announce(self, messages: Sequence[EventMessage]) -> None:
        if self.is_away:
            raise Unavailable("the log", "a test took it away")
        self.announced.extend(messages)


async def hear(store: SqlDeskStore, *messages: CommandMessage, town: Town | None = None) -> Town:
    """The desk answers these as one batch."""
    heard = town or Town()
    reading = SqlReading(store.db, policy_book, lambda: NOW)
    needs = desk.Needs(store=store, reading=reading, announce=heard.announce, now=lambda: NOW)
    await desk.hear(needs, messages)
    return heard


async def hire(db: Database) -> None:
    """Everybody of the builders is staff."""
    rows = [
        {"id": p.id, "name": p.name, "email": p.email, "role": p.role.value, "team": p.team, "active": p.active}
        for p in STAFF
    ]
    async with db.write() as conn:
        await conn.execute(t.staff.insert(), rows)


async def count(db: Database, table: Table) -> int:
    async with db.read() as conn:
        return int((await conn.execute(select(func.count()).select_from(table))).scalar_one())


async def tallies(db: Database) -> dict[str, int]:
    async with db.read() as conn:
        return {row.name: row.n for row in await conn.execute(select(t.tallies))}


async def rows_of(db: Database, table: Table) -> list[dict[str, Any]]:
    async with db.read() as conn:
        return [dict(row._mapping) for row in await conn.execute(select(table).order_by(*table.primary_key.columns))]


async def wait_in_store(db: Database, *messages: CommandMessage) -> None:
    """These wishes wait until the desk has answered them."""
    rows = [{"id": m.id, "issue_id": m.issue, "body": b"{}", "at": NOW} for m in messages]
    async with db.write() as conn:
        await conn.execute(t.waiting_commands.insert(), rows)


async def waiting(db: Database) -> set[UUID]:
    async with db.read() as conn:
        return set((await conn.execute(select(t.waiting_commands.c.id))).scalars())
