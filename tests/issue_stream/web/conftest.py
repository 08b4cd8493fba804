"""The partner pages and the API over a real store and the real door; a desk answers while a page waits for it."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from agents import desk
from issue_stream.house import House, open_house
from issue_stream.plug import web_of
from issue_stream.settings import Settings
from issue_stream.store import people
from issue_stream.store.access import make_api_key
from issue_stream.store.database import Database
from issue_stream.store.desk_store import SqlDeskStore
from issue_stream.store.intake import unsent
from issue_stream.store.tables import metadata
from issue_stream.web.app import create_app
from issue_stream.web.context import Web
from issue_stream.web.settings import WebSettings
from schemas.commands import Accept, Command
from schemas.envelope import EventMessage, decode_command
from schemas.people import Contact, Partner
from tests.builders import DAY, NOW, STAFF, by

NORDLYS = Partner(id="nordlys", name="Nordlys Travel", tier="gold", domains=("nordlys.example",), zone="Europe/Oslo")
HARBOUR = Partner(id="harbour", name="Harbour Systems", tier="silver", domains=("harbour.example",))
IDA = Contact(id="ida", partner="nordlys", name="Ida Example", email="ida@nordlys.example")
IVAR = Contact(id="ivar", partner="nordlys", name="Ivar Example", email="ivar@nordlys.example")
HANS = Contact(id="hans", partner="harbour", name="Hans Example", email="hans@harbour.example")
HOST = "http://127.0.0.1:8000"
KEY = "0123456789abcdef" * 4
WHAT = "Our MDF claim is not paid. It is due on Friday."

Fields = Mapping[str, str | list[str]]
Files = Sequence[tuple[str, tuple[str, bytes, str]]]


@dataclass
class Booth:
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

    async def _announce(self, events: Sequence[EventMessage]) -> None:
        self.announced.extend(events)

    def client(self) -> httpx.AsyncClient:
        """A browser without anything."""
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app, raise_app_exceptions=False), base_url=HOST)

    async def get(self, address: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """A page as a browser opens it."""
        async with self.client() as browser:
            return await browser.get(address, headers=headers)

    async def fill(
        self,
        page: str,
        fields: Fields,
        files: Files = (),
        *,
        action: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Open a page and send its form (to `action` when it has several) with these fields."""
        async with self.client() as browser:
            opened = await browser.get(page)
            sent = {"csrf": hidden(opened.text, "csrf")} | dict(fields)
            return await browser.post(action or page, data=sent, files=list(files), headers=headers)

    async def raised(self, contact: Contact = IDA, what: str = WHAT, **answers: str) -> str:
        """An issue raised on the contact's own form; its id."""
        answer = await self.fill(path(self.web.links.form(contact)), {"what": what} | answers)
        if answer.status_code != 303:
            raise AssertionError(answer.text[-3000:])
        return self.web.links.read_status(answer.headers["location"].rpartition("/")[2]).issue

    async def wished(self, issue: str, command: Command, who: str = "mia") -> None:
        """A wish of staff beside the pages; it must be granted."""
        wish = await self.house.door.wish(issue, command, by(who))
        answer = await self.house.door.settled(wish)
        if answer is None or not answer.granted:
            raise AssertionError(answer)

    async def owned(self, contact: Contact = IDA, what: str = WHAT) -> str:
        """An issue that Mia has accepted; its id."""
        issue = await self.raised(contact, what)
        await self.wished(issue, Accept())
        return issue

    async def text(self, words: str) -> str:
        return await self.house.door.text(words)

    def status(self, issue: str, contact: Contact = IDA) -> str:
        """The path of the status page."""
        return path(self.web.links.status(issue, contact))

    async def key(self, partner: str | None = "nordlys") -> dict[str, str]:
        """Headers with a new API key."""
        async with self.house.db.write() as conn:
            _, secret = await make_api_key(conn, "a portal", partner, self.house.now())
        return {"authorization": f"Bearer {secret}"}

    async def commands(self) -> list[str]:
        """The kinds of all commands that wait or were answered."""
        async with self.house.db.read() as conn:
            waiting = await unsent(conn, self.house.now() + 3650 * DAY, 1000)
            answered = (await conn.exec_driver_sql("SELECT kind FROM commands")).scalars().all()
        return [decode_command(body).command.type for _, _, body in waiting] + list(answered)


def path(address: str) -> str:
    """The address without its host."""
    return address.removeprefix(HOST)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    if found is None:
        raise AssertionError(f"no field {name} in {page[-2000:]}")
    return found[1]


@pytest.fixture
async def booth(tmp_path: Path) -> AsyncIterator[Booth]:
    async with open_booth(tmp_path, WebSettings(secret_keys=(SecretStr(KEY),), max_file_mb=1, max_body_mb=3)) as made:
        yield made


@asynccontextmanager
async def open_booth(folder: Path, settings: WebSettings, *, with_people: bool = True) -> AsyncIterator[Booth]:
    """A booth over a new store in this folder."""
    chosen = Settings(var_dir=folder, database_url=f"sqlite:///{folder / 'store.db'}", web=settings)
    await _tables(chosen.database)
    clock = [NOW]
    async with open_house(chosen, now=lambda: clock[0]) as house:
        web = web_of(house)
        made = Booth(house, web, create_app(web), clock)
        house.door.pause = made.settle
        if with_people:
            await _people(house.db)
        yield made


async def _tables(url: str) -> None:
    db = await Database.open(url)
    async with db.write() as conn:
        await conn.run_sync(metadata.create_all)
    await db.close()


async def _people(db: Database) -> None:
    async with db.write() as conn:
        for one in STAFF:
            await people.add_staff(conn, one)
        for partner in (NORDLYS, HARBOUR):
            await people.add_partner(conn, partner)
        for contact in (IDA, IVAR, HANS):
            await people.add_contact(conn, contact)
