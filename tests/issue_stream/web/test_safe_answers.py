"""What holds for every answer: headers, forms of ours only, limits, and a plain no when the database is away."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from fastapi.routing import APIRoute
from pydantic import SecretStr

from issue_stream.store.database import Database
from issue_stream.web import api
from issue_stream.web.app import PAGES
from issue_stream.web.settings import WebSettings
from issue_stream.web.staff.routes import ROUTERS
from schemas.errors import Unavailable
from tests.builders import DAY
from tests.issue_stream.web.conftest import HOST, IDA, KEY, WHAT, Booth, hidden, open_booth, path

MUST = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}


def _routes() -> Iterator[tuple[str, str]]:
    for route in (route for router in (*PAGES, *ROUTERS, api.router) for route in router.routes):
        if isinstance(route, APIRoute):
            for method in route.methods or ():
                filled = route.path.replace("{number}", "1001").replace("{issue}", "1001")
                yield method, "/".join("x" if part.startswith("{") else part for part in filled.split("/"))


async def test_every_route_answers_with_every_header_and_never_with_a_stack_trace(booth: Booth) -> None:
    routes = sorted(set(_routes()))
    async with booth.client() as browser:
        answers = [(method, place, await browser.request(method, place)) for method, place in routes]
        answers.append(("GET", "/nowhere", await browser.get("/nowhere")))
    weak = [
        (method, place)
        for method, place, answer in answers
        if any(answer.headers.get(name) != value for name, value in MUST.items())
        or "default-src 'none'" not in answer.headers["content-security-policy"]
        or answer.headers["cache-control"] != "no-store"
    ]

    assert len(routes) > 15
    assert weak == []
    assert not [(m, p, a.status_code) for m, p, a in answers if a.status_code >= 500 or "Traceback" in a.text]


async def test_the_policy_of_contents_allows_nothing_inline(booth: Booth) -> None:
    policy = (await booth.get("/")).headers["content-security-policy"]

    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self'" in policy


async def test_our_own_files_may_be_kept_for_ever(booth: Booth) -> None:
    file, none = await booth.get("/static/tokens.css?v=1"), await booth.get("/static/nothing.css?v=1")

    assert "immutable" in file.headers["cache-control"]
    assert (none.status_code, none.headers["cache-control"]) == (404, "no-store")
    assert file.headers["x-content-type-options"] == "nosniff"


async def test_https_is_asked_to_stay(tmp_path: Path) -> None:
    settings = WebSettings(secret_keys=(SecretStr(KEY),), base_url="https://issues.example.com")
    async with open_booth(tmp_path, settings) as booth:
        answer = await booth.get("/")

    assert "max-age=" in answer.headers["strict-transport-security"]


async def _post(booth: Booth, csrf: str, headers: dict[str, str] | None = None) -> int:
    async with booth.client() as browser:
        answer = await browser.post(path(booth.web.links.form(IDA)), data={"csrf": csrf, "what": WHAT}, headers=headers)
    return answer.status_code


async def test_a_form_that_is_not_of_this_link_today_from_our_page_changes_nothing(booth: Booth) -> None:
    own = hidden((await booth.get(path(booth.web.links.form(IDA)))).text, "csrf")
    public = hidden((await booth.get("/raise")).text, "csrf")
    codes = [await _post(booth, csrf) for csrf in ("", "x", public)]
    codes.append(await _post(booth, own, {"sec-fetch-site": "cross-site"}))
    codes.append(await _post(booth, own, {"sec-fetch-site": "same-site"}))
    booth.clock[0] += DAY
    codes.append(await _post(booth, own))

    assert codes == [403] * 6
    assert await booth.commands() == []


async def test_a_body_over_the_limit_is_refused_while_it_comes_in(booth: Booth) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        yield b'--b\r\ncontent-disposition: form-data; name="files"; filename="x"\r\n\r\n'
        while taken < 50:
            taken += 1
            yield b"x" * 1_000_000

    async with booth.client() as browser:
        answer = await browser.post(
            "/raise", content=endless(), headers={"content-type": "multipart/form-data; boundary=b"}
        )

    assert answer.status_code == 413
    assert taken < 6
    assert "at most 3 MB" in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_form_that_is_no_form_is_a_plain_no(booth: Booth) -> None:
    async with booth.client() as browser:
        answer = await browser.post("/raise", content=b"\xff\x00", headers={"content-type": "multipart/form-data"})

    assert answer.status_code == 400


async def test_who_asks_too_often_is_told_when_to_come_back(tmp_path: Path) -> None:
    settings = WebSettings(secret_keys=(SecretStr(KEY),), address_requests_per_minute=5)
    async with open_booth(tmp_path, settings) as booth:
        codes = [(await booth.get("/raise")).status_code for _ in range(6)]
        page, program = await booth.get("/raise"), await booth.get("/api/v1/issues")
        healthy = await booth.get("/health/live")

    assert codes == [200] * 5 + [429]
    assert page.headers["retry-after"] == "30"
    assert "half a minute" in page.text
    assert page.headers["x-frame-options"] == "DENY"
    assert program.headers["content-type"] == "application/problem+json"
    assert healthy.status_code == 200


async def test_one_contact_may_not_flood_us_from_many_addresses(tmp_path: Path) -> None:
    settings = WebSettings(secret_keys=(SecretStr(KEY),), partner_posts_per_minute=2, trusted_proxies=("127.0.0.1",))
    async with open_booth(tmp_path, settings) as booth:
        form = path(booth.web.links.form(IDA))
        answers = [
            await booth.fill(form, {"what": WHAT}, headers={"x-forwarded-for": f"192.0.2.{n}"}) for n in range(3)
        ]

    assert [answer.status_code for answer in answers] == [303, 303, 429]


@pytest.mark.parametrize(("trusted", "codes"), [((), [200, 429]), (("127.0.0.1",), [200, 200])])
async def test_an_address_behind_a_proxy_counts_only_when_the_proxy_is_ours(
    tmp_path: Path, trusted: tuple[str, ...], codes: list[int]
) -> None:
    settings = WebSettings(secret_keys=(SecretStr(KEY),), address_requests_per_minute=1, trusted_proxies=trusted)
    async with open_booth(tmp_path, settings) as booth:
        answers = [await booth.get("/raise", headers={"x-forwarded-for": f"192.0.2.{n}"}) for n in range(2)]

    assert [answer.status_code for answer in answers] == codes


class Away:
    """A database that does not answer."""

    dialect = "sqlite"

    @asynccontextmanager
    async def write(self, **_: object) -> AsyncIterator[None]:
        if self.dialect:
            raise Unavailable("the database", "connection refused", retry_after_s=7)
        yield

    read = write


async def test_with_the_database_away_we_say_no_plainly_and_have_accepted_nothing(booth: Booth) -> None:
    form = path(booth.web.links.form(IDA))
    csrf = hidden((await booth.get(form)).text, "csrf")
    key = await booth.key()
    away = cast("Database", Away())
    house = replace(booth.house, db=away, door=replace(booth.house.door, db=away))
    booth.app.state.web = replace(booth.web, house=house)
    async with booth.client() as browser:
        page = await browser.post(form, data={"csrf": csrf, "what": WHAT})
        new = {"what": WHAT, "contact": IDA.email}
        program = await browser.post("/api/v1/issues", json=new, headers=key | {"idempotency-key": "k"})

    assert (page.status_code, program.status_code) == (503, 503)
    assert page.headers["retry-after"] == "7"
    assert program.headers["retry-after"] == "7"
    assert "nothing of it was accepted" in page.text
    assert await booth.commands() == []


async def test_a_fault_of_ours_shows_an_incident_and_nothing_else(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret internals")

    monkeypatch.setattr(type(booth.web.set_up), "is_fresh", broken)  # nothing of ours fails on demand
    answer = await booth.get("/")

    assert answer.status_code == 500
    assert "secret internals" not in answer.text
    assert "please name" in answer.text
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


async def test_a_method_that_a_page_does_not_take_says_which_it_does(booth: Booth) -> None:
    async with booth.client() as browser:
        answer = await browser.delete("/raise")

    assert answer.status_code == 405
    assert "allow" in answer.headers


async def test_health_and_metrics_answer_without_names(booth: Booth) -> None:
    await booth.raised()
    ready, metrics = await booth.get("/health/ready"), await booth.get("/metrics")

    assert (ready.status_code, ready.text) == (200, "ready\n")
    assert metrics.status_code == 200
    assert "nordlys" not in metrics.text
    assert HOST not in metrics.text
