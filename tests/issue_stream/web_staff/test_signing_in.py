"""Signing in by a letter, sessions, and who is let in."""

import re

from issue_stream.store import tables as t
from schemas.notices import NoticeKind, decode_notice
from tests.issue_stream.web_staff.conftest import Pub, csrf_of


async def _letter_token(pub: Pub) -> str:
    async with pub.house.db.read() as conn:
        rows = (await conn.execute(t.notices.select())).all()
    notices = [decode_notice(row.body) for row in rows if row.kind == NoticeKind.SIGN_IN.value]
    return str(notices[-1].figures["token"])


async def _ask(pub: Pub, email: str) -> str:
    async with pub.client() as browser:
        csrf = csrf_of((await browser.get("/sign-in")).text)
        answer = await browser.post("/sign-in", data={"csrf": csrf, "email": email})
    return re.sub(r'value="[^"]*"', "", answer.text)


async def test_known_and_unknown_addresses_get_the_same_answer(pub: Pub) -> None:
    known, unknown, left = [await _ask(pub, f"{who}@example.com") for who in ("mia", "nobody", "gone")]

    assert known == unknown == left


async def test_a_letter_goes_to_active_staff_only(pub: Pub) -> None:
    for who in ("mia", "nobody", "gone"):
        await _ask(pub, f"{who}@example.com")
    async with pub.house.db.read() as conn:
        rows = (await conn.execute(t.notices.select())).all()

    assert [row.recipient for row in rows] == ["mia"]


async def test_opening_the_link_changes_nothing_and_the_button_signs_in_once(pub: Pub) -> None:
    await _ask(pub, "mia@example.com")
    token = await _letter_token(pub)
    async with pub.client() as browser:
        page = await browser.get(f"/sign-in/{token}")
        again = await browser.get(f"/sign-in/{token}")
        entered = await browser.post(f"/sign-in/{token}", data={"csrf": csrf_of(page.text)})
        board = await browser.get("/board")
        second = await browser.post(f"/sign-in/{token}", data={"csrf": csrf_of(again.text)})

    assert entered.status_code == 303
    assert entered.headers["location"] == "/board"
    assert "Mia Example" in board.text
    assert second.status_code == 410


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(pub: Pub) -> None:
    await _ask(pub, "mia@example.com")
    token = await _letter_token(pub)
    async with pub.client() as browser:
        page = await browser.get(f"/sign-in/{token}")
        entered = await browser.post(f"/sign-in/{token}", data={"csrf": csrf_of(page.text)})

    cookie = next(c for c in entered.headers.get_list("set-cookie") if c.startswith("session="))
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()


async def test_after_signing_in_one_is_where_one_wanted_to_go_but_never_on_another_site(pub: Pub) -> None:
    await _ask(pub, "mia@example.com")
    places: list[str] = []
    for wanted in ("/issues?owner=mia", "//evil.example/", "https://evil.example/", "/\\evil.example"):
        await _ask(pub, "mia@example.com")
        token = await _letter_token_newest(pub, len(places) + 1)
        async with pub.client() as browser:
            await browser.get("/sign-in", params={"next": wanted})
            page = await browser.get(f"/sign-in/{token}")
            entered = await browser.post(f"/sign-in/{token}", data={"csrf": csrf_of(page.text)})
            places.append(entered.headers["location"])

    assert places == ["/issues?owner=mia", "/board", "/board", "/board"]


async def _letter_token_newest(pub: Pub, index: int) -> str:
    async with pub.house.db.read() as conn:
        rows = (await conn.execute(t.notices.select())).all()
    return str(decode_notice(rows[index].body).figures["token"])


async def test_signing_out_ends_the_session(pub: Pub) -> None:
    mia = await pub.signed_in("mia")
    await mia.post("/sign-out")
    after = await mia.get("/board")

    assert after.status_code == 303
    assert after.headers["location"].startswith("/sign-in")


async def test_sessions_are_listed_and_one_can_be_ended_from_another(pub: Pub) -> None:
    office, phone = await pub.signed_in("mia"), await pub.signed_in("mia")
    listed = await office.get("/sessions")
    keys = re.findall(r'name="key" value="([^"]+)"', listed.text)
    for key in keys:
        await office.post("/sessions/end", {"key": key})
        if (await office.get("/board")).status_code != 200:
            break
    states = {(await one.get("/board")).status_code for one in (office, phone)}

    assert len(keys) == 2
    assert 303 in states


async def test_a_form_without_the_sessions_token_is_refused(pub: Pub) -> None:
    mia, omar = await pub.signed_in("mia"), await pub.signed_in("omar")
    none = await mia.client.post("/sign-out", data={})
    others = await mia.client.post("/sign-out", data={"csrf": await omar.csrf()})

    assert (none.status_code, others.status_code) == (403, 403)
    assert (await mia.get("/board")).status_code == 200


async def test_sign_in_letters_show_without_signing_in_only_in_the_default_set_up(pub: Pub) -> None:
    async with pub.client() as browser:
        here = await browser.get("/outbox/sign-in")
        elsewhere = await browser.get("/outbox/sign-in", headers={"host": "issues.example.com"})

    assert here.status_code == 200
    assert elsewhere.status_code == 404
