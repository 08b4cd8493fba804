"""The first page of a new house, and that it is offered only once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from issue_stream.store.people import list_staff
from issue_stream.web.settings import WebSettings
from tests.issue_stream.web.conftest import KEY, Booth, hidden, open_booth


@pytest.fixture
async def fresh(tmp_path: Path) -> AsyncIterator[Booth]:
    async with open_booth(tmp_path, WebSettings(secret_keys=(SecretStr(KEY),)), with_people=False) as made:
        yield made


async def test_a_new_house_offers_a_sample_company_or_an_empty_start(fresh: Booth) -> None:
    page = (await fresh.get("/")).text

    assert "sample company" in page
    assert "Begin empty" in page


async def test_an_empty_start_makes_one_admin(fresh: Booth) -> None:
    chosen = {"choice": "empty", "name": "Ada Example", "email": "ada@example.com"}
    answer = await fresh.fill("/", chosen, action="/set-up")
    async with fresh.house.db.read() as conn:
        staff = await list_staff(conn)

    assert answer.headers["location"] == "/sign-in"
    assert [(person.name, person.role.value) for person in staff] == [("Ada Example", "admin")]
    assert "Raise an issue" in (await fresh.get("/")).text


async def test_the_sample_company_is_there_with_its_issues(fresh: Booth) -> None:
    answer = await fresh.fill("/", {"choice": "sample"}, action="/set-up")
    await fresh.settle()
    async with fresh.house.db.read() as conn:
        issues = (await conn.exec_driver_sql("SELECT count(*) FROM issues")).scalar_one()

    front = (await fresh.get(answer.headers["location"])).text

    assert answer.status_code == 303
    assert issues > 0
    assert "ada@vendor.example.com" in front


async def test_a_house_without_the_sample_company_never_speaks_of_it(booth: Booth) -> None:
    assert "vendor.example.com" not in (await booth.get("/?sample=1")).text


async def test_a_fault_is_said_at_its_field_and_what_was_typed_stays(fresh: Booth) -> None:
    answer = await fresh.fill("/", {"choice": "empty", "name": "Ada", "email": "ada"}, action="/set-up")

    assert answer.status_code == 422
    assert 'href="#email"' in answer.text
    assert 'value="Ada"' in answer.text


async def test_a_house_with_staff_cannot_be_set_up_again(fresh: Booth) -> None:
    csrf = hidden((await fresh.get("/")).text, "csrf")
    await fresh.fill("/", {"choice": "empty", "name": "Ada", "email": "ada@example.com"}, action="/set-up")
    async with fresh.client() as browser:
        answer = await browser.post("/set-up", data={"csrf": csrf, "choice": "sample"})

    assert answer.status_code == 403
