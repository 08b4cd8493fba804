"""Letters that stay on this machine: who reads them, and that a house with an address or a mail server shows fewer."""

import re
from dataclasses import replace
from datetime import timedelta

import httpx
from pydantic import SecretStr

from issue_stream.plug import web_of
from issue_stream.store import tables as t
from issue_stream.web.app import create_app
from schemas.notices import NoticeKind, decode_notice
from tests.issue_stream.web_staff.conftest import HOST, Pub, Visitor, csrf_of


def _moved(pub: Pub, smtp_url: str | None = None, **web_settings: object) -> Pub:
    """The same house with other settings."""
    old = pub.house.settings
    web = old.web.model_copy(update=web_settings)
    smtp = SecretStr(smtp_url) if smtp_url else None
    house = replace(pub.house, settings=old.model_copy(update={"web": web, "smtp_url": smtp}))
    parts = web_of(house)
    return Pub(house, parts, create_app(parts), pub.clock)


async def _statuses(pub: Pub, address: str = "/outbox") -> dict[str, int]:
    who = ("mia", "cara", "vera", "lena", "ada")
    return {one: (await (await pub.signed_in(one)).get(address)).status_code for one in who}


async def test_before_anything_is_set_up_all_staff_read_the_local_outbox(pub: Pub) -> None:
    assert set((await _statuses(pub)).values()) == {200}


async def test_a_house_with_an_address_shows_letters_to_leads_only(pub: Pub) -> None:
    moved = _moved(pub, base_url="http://issues.example.com")
    mia = await moved.signed_in("mia")

    assert await _statuses(moved) == {"mia": 403, "cara": 403, "vera": 403, "lena": 200, "ada": 200}
    assert 'href="/outbox"' not in (await mia.get("/board")).text


async def test_a_house_with_a_mail_server_has_no_outbox(pub: Pub) -> None:
    moved = _moved(pub, smtp_url="smtp://127.0.0.1:2525")
    ada = await moved.signed_in("ada")
    async with moved.client() as browser:
        sign_in_letters = await browser.get("/outbox/sign-in")

    assert set((await _statuses(moved)).values()) == {404}
    assert 'href="/outbox"' not in (await ada.get("/board")).text
    assert sign_in_letters.status_code == 404


async def test_sign_in_letters_are_shown_to_this_machine_only_whatever_it_is_called(pub: Pub) -> None:
    there = httpx.ASGITransport(pub.app, client=("203.0.113.9", 4711))
    async with httpx.AsyncClient(transport=there, base_url=HOST) as browser:
        from_outside = await browser.get("/outbox/sign-in")

    assert from_outside.status_code == 404


async def test_links_and_sessions_live_as_long_as_the_settings_say(pub: Pub) -> None:
    moved = _moved(pub, sign_in_minutes=5, session_hours=2)
    links = [await _link(moved), await _link(moved)]
    async with moved.client() as browser:
        moved.clock[0] += timedelta(minutes=4)
        entered = await _enter(browser, links[0])
        moved.clock[0] += timedelta(minutes=2)
        too_late = await _enter(browser, links[1])
        moved.clock[0] += timedelta(hours=2)
        after = await Visitor(browser).get("/board")

    assert (entered.status_code, too_late.status_code, after.status_code) == (303, 410, 303)
    assert "max-age=7200" in entered.headers["set-cookie"].lower()
    assert "for 5 minutes" in too_late.text


async def _link(pub: Pub) -> str:
    """The token of the newest sign-in letter to Mia, who just asked for one."""
    async with pub.client() as browser:
        page = await browser.get("/sign-in")
        asked = await browser.post("/sign-in", data={"csrf": csrf_of(page.text), "email": "mia@example.com"})
    if not re.search(r"once, for \d+ minutes", asked.text):
        raise AssertionError(asked.text)
    async with pub.house.db.read() as conn:
        rows = (await conn.execute(t.notices.select().where(t.notices.c.kind == NoticeKind.SIGN_IN.value))).all()
    return str(decode_notice(rows[-1].body).figures["token"])


async def _enter(browser: httpx.AsyncClient, token: str) -> httpx.Response:
    page = await browser.get(f"/sign-in/{token}")
    return await browser.post(f"/sign-in/{token}", data={"csrf": csrf_of(page.text)})
