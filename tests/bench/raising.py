"""Raising issues through the intake's own entry, as many at once as a busy web would, or at a steady pace."""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from issue_stream.clock import utc_now
from issue_stream.house import House
from issue_stream.intake.words import RaiseWords
from issue_stream.store import tables as t
from schemas.people import Contact, Partner
from schemas.values import Actor
from schemas.vocabulary import ActorKind, Intake
from tests.bench.texts import text

AT_ONCE = 64
"""Requests under way in a busy web."""


@dataclass(frozen=True, slots=True)
class Raised:
    """An issue of the steady pace, and when the partner pressed the button."""

    issue: str
    at: datetime


async def raise_many(house: House, count: int) -> None:
    """All of them, AT_ONCE under way."""
    partners = await people(house)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with gate:
            await raise_one(house, partners, number)

    await asyncio.gather(*(one(number) for number in range(count)))


async def raise_steadily(house: House, rate: int, seconds: int) -> list[Raised]:
    """So many a second, whatever the house does."""
    partners = await people(house)
    began = time.perf_counter()
    running = []
    for number in range(rate * seconds):
        ahead = began + number / rate - time.perf_counter()
        await asyncio.sleep(max(0.0, ahead))
        running.append(asyncio.create_task(_timed(house, partners, 1_000_000 + number)))
    return list(await asyncio.gather(*running))


async def _timed(house: House, partners: list[tuple[Partner, Contact]], number: int) -> Raised:
    at = utc_now()
    return Raised(await raise_one(house, partners, number), at)


async def raise_one(house: House, partners: list[tuple[Partner, Contact]], number: int) -> str:
    """One issue through the door; its id."""
    partner, contact = partners[number % len(partners)]
    words = RaiseWords(what=text(number), contact=contact, intake=Intake.FORM, partner=partner)
    receipt = await house.door.raise_issue(words, Actor(kind=ActorKind.PARTNER, id=contact.id))
    return receipt.issue


async def people(house: House) -> list[tuple[Partner, Contact]]:
    """Every contact of a partner, with the partner."""
    async with house.db.read() as conn:
        ids = (await conn.execute(select(t.contacts.c.id).where(t.contacts.c.partner_id.is_not(None)))).scalars().all()
    contacts = await house.reading.contacts(list(ids))
    partners = await house.reading.partners([c.partner for c in contacts.values() if c.partner])
    return [(partners[c.partner], c) for c in contacts.values() if c.partner]
