"""Every staff route with every role; a route without a line here fails."""

from collections.abc import Iterable
from datetime import date

import pytest
from fastapi.routing import APIRoute

from issue_stream.web.staff.routes import ROUTERS
from schemas import commands as c
from schemas.values import Because
from tests.builders import NOW
from tests.issue_stream.web_staff.conftest import Pub

WHO = {"support": "mia", "lead": "lena", "channel_manager": "cara", "executive": "vera", "admin": "ada"}
ALL = frozenset(WHO)
LEADS = frozenset({"lead", "admin"})
ADMIN = frozenset({"admin"})
CALLED = frozenset({"executive", "admin"})
NOBODY_NEEDED: frozenset[str] = frozenset({"open"})
"""Routes for people who are not signed in."""

ROUTES: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/sign-in"): NOBODY_NEEDED,
    ("POST", "/sign-in"): NOBODY_NEEDED,
    ("GET", "/sign-in/{token}"): NOBODY_NEEDED,
    ("POST", "/sign-in/{token}"): NOBODY_NEEDED,
    ("GET", "/outbox/sign-in"): NOBODY_NEEDED,
    ("POST", "/sign-out"): ALL,
    ("GET", "/sessions"): ALL,
    ("POST", "/sessions/end"): ALL,
    ("GET", "/board"): ALL,
    ("GET", "/issues"): ALL,
    ("GET", "/issues.csv"): ALL,
    ("GET", "/issues/{number:int}"): ALL,
    ("POST", "/issues/{number:int}/do/{action}"): ALL,
    ("GET", "/issues/{number:int}/why/{version:int}"): ALL,
    ("GET", "/issues/{number:int}/files/{content}"): ALL,
    ("GET", "/log"): ALL,
    ("POST", "/log"): ALL,
    ("GET", "/called"): CALLED,
    ("POST", "/called"): CALLED,
    ("GET", "/called/{number:int}"): CALLED,
    ("GET", "/lead"): LEADS | {"executive"},
    ("POST", "/lead/assign"): LEADS,
    ("GET", "/problems"): ALL,
    ("GET", "/problems/{problem}"): ALL,
    ("GET", "/digest"): ALL,
    ("GET", "/digest/{day}"): ALL,
    ("GET", "/operations"): ALL,
    ("POST", "/operations/replay"): ADMIN,
    ("GET", "/outbox"): ALL,
    ("GET", "/outbox/{key}"): ALL,
    ("GET", "/outbox/{key}/html"): ALL,
    ("GET", "/people"): ADMIN,
    ("GET", "/people/{kind}/{one}"): ADMIN,
    ("POST", "/people/{kind}"): ADMIN,
    ("POST", "/people/contact/{contact}/revoke"): ADMIN,
    ("POST", "/keys/new"): ADMIN,
    ("POST", "/keys/{key}/revoke"): ADMIN,
}

PARTS = {
    "{number:int}": "1001",
    "{version:int}": "2",
    "{action}": "note",
    "{content}": "f-1",
    "{problem}": "p-1",
    "{day}": date(2026, 3, 2).isoformat(),
    "{key}": "k-1",
    "{kind}": "staff",
    "{one}": "mia",
    "{contact}": "ida",
}


def _address(path: str) -> str:
    for part, filled in PARTS.items():
        path = path.replace(part, filled)
    return path


def _routes() -> Iterable[tuple[str, str]]:
    for route in (route for router in ROUTERS for route in router.routes):
        if isinstance(route, APIRoute):
            yield from ((method, route.path) for method in route.methods or ())


def test_every_route_has_its_line() -> None:
    assert set(_routes()) == set(ROUTES)


SIGNED_IN = [key for key, roles in ROUTES.items() if roles is not NOBODY_NEEDED]


@pytest.mark.parametrize("role", WHO)
async def test_a_page_opens_for_its_roles_only(pub: Pub, role: str) -> None:
    number = await pub.raised()
    because = Because(rule="words", sentence="It says claim.", inputs={"words": "claim"}, otherwise="Other words.")
    await pub.wished(number, c.Triage(category="incentives", priority="normal"), "classify", because)
    visitor = await pub.signed_in(WHO[role])
    wrong = []
    for method, path in SIGNED_IN:
        if method == "GET":
            status = (await visitor.get(_address(path))).status_code
            if (status != 403) != (role in ROUTES[method, path]) or status >= 500:
                wrong.append((path, status))

    assert wrong == []


@pytest.mark.parametrize("role", WHO)
async def test_a_change_is_for_its_roles_only_and_needs_a_form_of_ours(pub: Pub, role: str) -> None:
    await pub.raised()
    visitor = await pub.signed_in(WHO[role])
    wrong = []
    for method, path in SIGNED_IN:
        if method == "POST":
            answer = await visitor.client.post(_address(path), data={"csrf": "forged"})
            told = "The form was open too long" if role in ROUTES[method, path] else "This is not for you"
            if answer.status_code != 403 or told not in answer.text:
                wrong.append((path, answer.status_code))

    assert wrong == []


async def test_who_is_not_signed_in_is_sent_to_sign_in(pub: Pub) -> None:
    await pub.raised()
    wrong = []
    async with pub.client() as browser:
        for method, path in SIGNED_IN:
            answer = await browser.request(method, _address(path))
            if answer.status_code != 303 or not answer.headers["location"].startswith("/sign-in"):
                wrong.append((method, path, answer.status_code))

    assert wrong == []


async def test_an_inactive_person_is_out_at_once(pub: Pub) -> None:
    mia = await pub.signed_in("mia")
    ada = await pub.signed_in("ada")
    fields = {"id": "mia", "name": "Mia Example", "email": "mia@example.com", "role": "support", "team": "deal_desk"}
    kept = await ada.post("/people/staff", fields)
    after = await mia.get("/board")

    assert kept.status_code == 303
    assert after.status_code == 303


async def test_a_session_ends_by_itself(pub: Pub) -> None:
    mia = await pub.signed_in("mia")
    pub.clock[0] = NOW.replace(hour=23)
    after = await mia.get("/board")

    assert after.status_code == 303
