"""The staff pages over a real store and the real door; a desk answers whatever waits while a page waits for it."""

import html
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection

from agents import desk
from issue_stream.house import House, open_house
from issue_stream.intake.words import RaiseWords
from issue_stream.plug import web_of
from issue_stream.settings import Settings
from issue_stream.store import people
from issue_stream.store.access import open_session
from issue_stream.store.database import Database
from issue_stream.store.desk_store import SqlDeskStore
from issue_stream.store.heartbeats import beat
from issue_stream.store.intake import unsent
from issue_stream.store.pages_staff import issue_ids
from issue_stream.store.tables import metadata
from issue_stream.web.app import create_app
from issue_stream.web.context import Web
from schemas.commands import Command
from schemas.envelope import CommandMessage, EventMessage, decode_command
from schemas.people import Contact, Partner
from schemas.values import Because
from schemas.vocabulary import Intake
from tests.builders import DAY, NOW, STAFF, by

NORDLYS = Partner(
    id="nordlys", name="Nordlys Travel", tier="gold", domains=("nordlys.example",), channel_manager="cara"
)
IDA = Contact(id="ida", partner="nordlys", name="Ida Example", email="ida@nordlys.example")
HOST = "http://127.0.0.1:8000"


@dataclass
class Pub:
    """A house with its pages, a clock that a test moves, and a desk that answers while a page waits."""

    house: House
    web: Web
    app: FastAPI
    clock: list[datetime]
    announced: list[EventMessage] = field(default_factory=list)

    async def settle(self, _seconds: float = 0.0) -> None:
        """The desk answers everything that waits."""
        async with self.house.db.read() as conn:
            waiting = await unsent(conn, self.house.now() + 3650 * DAY, 1000)
        store = SqlDeskStore(self.house.db, self.house.now)
        needs = desk.Needs(store=store, reading=self.house.reading, announce=self._announce, now=self.house.now)
        if waiting:
            await desk.hear(needs, [decode_command(body) for _, _, body in waiting])

    async def raised(self, what: str = "Our MDF claim is not paid.", *, settle: bool = True) -> int:
        """A new issue of Nordlys; its number."""
        words = RaiseWords(what=what, contact=IDA, partner=NORDLYS, intake=Intake.FORM)
        receipt = await self.house.door.raise_issue(words, by("partner").model_copy(update={"id": "ida"}))
        if settle:
            await self.settle()
        return receipt.number

    async def text(self, words: str) -> str:
        return await self.house.door.text(words)

    async def wished(self, number: int, command: Command, who: str = "mia", because: Because | None = None) -> None:
        """A wish beside the pages; it must be granted."""
        message = CommandMessage(
            id=uuid4(),
            issue=await self.id_of(number),
            at=self.house.now(),
            by=by(who),
            command=command,
            because=because,
        )
        store = SqlDeskStore(self.house.db, self.house.now)
        needs = desk.Needs(store=store, reading=self.house.reading, announce=self._announce, now=self.house.now)
        await desk.hear(needs, [message])
        answer = await self.house.door.settled(message.id)
        if answer is None or not answer.granted:
            raise AssertionError(answer)

    async def id_of(self, number: int) -> str:
        async with self.house.db.read() as conn:
            return (await issue_ids(conn, [number]))[number]

    async def signed_in(self, who: str) -> "Visitor":
        """A browser in which this person is signed in."""
        async with self.house.db.write() as conn:
            session = await open_session(conn, who, self.house.now())
        return Visitor(self.client({"session": session.token}))

    def client(self, cookies: dict[str, str] | None = None) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=HOST, cookies=cookies)

    async def _announce(self, events: Sequence[EventMessage]) -> None:
        self.announced.extend(events)


Upload = tuple[str, bytes]
"""A file somebody attaches: its name and its bytes."""


@dataclass
class Visitor:
    """A browser that reads forms as people do: it sends what stands in them, changed where a test says so."""

    client: httpx.AsyncClient

    async def get(self, address: str) -> httpx.Response:
        return await self.client.get(address)

    async def csrf(self, address: str = "/sessions") -> str:
        return csrf_of((await self.get(address)).text)

    async def post(self, address: str, fields: dict[str, str] | None = None, seen: str = "/sessions") -> httpx.Response:
        """The form with this address, as served on the page seen."""
        return await self.client.post(address, data={"csrf": await self.csrf(seen)} | (fields or {}))

    async def act(self, number: int, action: str, **fields: str) -> httpx.Response:
        """One action of an issue's page, with the hidden fields of the page as it stands."""
        return await self.attach((), number, action, **fields)

    async def attach(self, files: Sequence[Upload], number: int, action: str, **fields: str) -> httpx.Response:
        """The same with files."""
        page = (await self.get(f"/issues/{number}")).text
        hidden = {name: _hidden(page, name) for name in ("csrf", "version", "form_id")}
        parts = [("files", (name, content)) for name, content in files] or None
        return await self.client.post(f"/issues/{number}/do/{action}", data=hidden | fields, files=parts)

    async def press(self, shown: httpx.Response, **pressed: str) -> httpx.Response:
        """The first form of a page as it was served, sent with the button that was pressed."""
        form = re.search(r'<form method="post" action="(/issues/[^"]+)".*?</form>', shown.text, re.DOTALL)
        if form is None:
            raise AssertionError("expected a form")
        fields: dict[str, list[str]] = {}
        for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form[0]):
            fields.setdefault(name, []).append(html.unescape(value))
        del fields["change"]
        return await self.client.post(form[1], data=fields | pressed)


def csrf_of(page: str) -> str:
    return _hidden(page, "csrf")


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    if found is None:
        raise AssertionError(f"no field {name} in {page[:400]}")
    return found[1]


@pytest.fixture
async def pub(tmp_path: Path) -> AsyncIterator[Pub]:
    settings = Settings(var_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'store.db'}")
    await _tables(settings.database)
    clock = [NOW]
    async with open_house(settings, now=lambda: clock[0]) as house:
        web = web_of(house)
        made = Pub(house, web, create_app(web), clock)
        house.door.pause = made.settle
        async with house.db.write() as conn:
            await _people(conn)
        yield made


async def _tables(url: str) -> None:
    db = await Database.open(url)
    async with db.write() as conn:
        await conn.run_sync(metadata.create_all)
    await db.close()


async def _people(conn: AsyncConnection) -> None:
    for one in STAFF:
        await people.add_staff(conn, one)
    await people.add_partner(conn, NORDLYS)
    await people.add_contact(conn, IDA)
    for part in ("timers", "publisher", "outbox", "delivery"):
        await beat(conn, part, "here", NOW)
