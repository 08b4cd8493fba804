"""The API: raise once, list in pages, read what the partner sees, comment; and never another partner's issue."""

import asyncio
from typing import Any

import httpx
import pytest

from issue_stream.store.access import list_api_keys, revoke_api_key
from schemas import commands as c
from schemas.vocabulary import Intake
from tests.issue_stream.web.conftest import HANS, IDA, WHAT, Booth

Key = dict[str, str]
NEW: dict[str, Any] = {
    "what": WHAT,
    "contact": IDA.email,
    "since": "2026-02-27",
    "blocked_deal": "Fjord Hotels",
    "blocked_by": "2026-03-06",
    "blocked_amount": 64000.5,
    "also_tell": ["ivar@nordlys.example"],
}


async def _raise(booth: Booth, key: Key, new: dict[str, Any] | None = None, *, name: str = "k1") -> httpx.Response:
    async with booth.client() as program:
        return await program.post("/api/v1/issues", json=new or NEW, headers=key | {"Idempotency-Key": name})


async def _comment(booth: Booth, key: Key, number: int, text: str) -> httpx.Response:
    async with booth.client() as program:
        return await program.post(f"/api/v1/issues/{number}/comments", json={"text": text}, headers=key)


async def test_a_raised_issue_is_acknowledged_with_number_and_times(booth: Booth) -> None:
    """R-01, R-10: the API is a way in, and answers with number, acceptance and next update at once."""
    answer = await _raise(booth, await booth.key())
    issue = next(iter((await booth.house.reading.issues([await _id(booth)])).values()))

    assert answer.status_code == 201
    assert answer.json() == {
        "number": 1001,
        "name": "PIR-1001",
        "accept_by": "2026-03-02T10:00:00Z",
        "next_update_at": "2026-03-04T09:00:00Z",
    }
    assert (issue.intake, issue.contact, issue.also_tell) == (Intake.API, "ida", ("ivar",))
    assert str(issue.blocked.amount) == "64000.5"


async def test_the_same_request_again_gets_the_same_answer_and_raises_nothing(booth: Booth) -> None:
    key = await booth.key()
    first, again = await _raise(booth, key), await _raise(booth, key)
    other = await _raise(booth, key, name="k2")

    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert other.json()["number"] == 1002
    assert await booth.commands() == ["raise", "raise"]


async def test_the_same_request_sent_many_times_at_once_is_one_issue(booth: Booth) -> None:
    key = await booth.key()
    answers = await asyncio.gather(*(_raise(booth, key) for _ in range(6)))
    await booth.settle()
    listed = await booth.get("/api/v1/issues", headers=key)

    assert {answer.json()["number"] for answer in answers} == {listed.json()["issues"][0]["number"]}
    assert len(listed.json()["issues"]) == 1


async def test_a_used_key_with_another_body_is_refused(booth: Booth) -> None:
    key = await booth.key()
    await _raise(booth, key)
    answer = await _raise(booth, key, NEW | {"what": "Something else."})

    assert answer.status_code == 422
    assert answer.json()["field"] == "Idempotency-Key"
    assert "PIR-1001" in answer.json()["detail"]


async def test_two_owners_of_keys_may_name_their_requests_alike(booth: Booth) -> None:
    ours, theirs = await booth.key(), await booth.key("harbour")
    first = await _raise(booth, ours)
    second = await _raise(booth, theirs, {"what": WHAT, "contact": HANS.email})

    assert (first.json()["number"], second.json()["number"]) == (1001, 1002)


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"what": ""}, "what"),
        ({"what": "\u202e\x07 "}, "what"),
        ({"what": "a" * 20_001}, "what"),
        ({"what": 5}, "what"),
        ({"contact": HANS.email}, "contact"),
        ({"contact": "new@elsewhere.example"}, "contact"),
        ({"contact": "none"}, "contact"),
        ({"since": "2099-01-01"}, "since"),
        ({"since": 1}, "since"),
        ({"since": "2026-02-30"}, "since"),
        ({"blocked_amount": -1}, "blocked_amount"),
        ({"blocked_amount": "64000"}, "blocked_amount"),
        ({"blocked_amount": True}, "blocked_amount"),
        ({"also_tell": ["x y"]}, "also_tell"),
        ({"also_tell": ["a@b.example"] * 11}, "also_tell"),
        ({"partner": "harbour"}, "partner"),
        ({"owner": "mia"}, "owner"),
    ],
)
async def test_what_cannot_be_used_is_named_and_nothing_is_raised(
    booth: Booth, change: dict[str, Any], names: str
) -> None:
    answer = await _raise(booth, await booth.key(), NEW | change)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert names in answer.json()["detail"]
    assert await booth.commands() == []


async def test_a_new_address_in_the_partners_domain_becomes_its_contact(booth: Booth) -> None:
    answer = await _raise(booth, await booth.key(), {"what": WHAT, "contact": "Nina.New@nordlys.example"})

    assert answer.status_code == 201


async def test_a_service_names_the_partner(booth: Booth) -> None:
    key = await booth.key(None)
    without = await _raise(booth, key)
    unknown = await _raise(booth, key, NEW | {"partner": "nobody"})
    named = await _raise(booth, key, NEW | {"partner": "nordlys"})

    assert [answer.status_code for answer in (without, unknown, named)] == [422, 422, 201]


async def test_a_request_without_its_own_name_is_refused(booth: Booth) -> None:
    key = await booth.key()
    async with booth.client() as program:
        answer = await program.post("/api/v1/issues", json=NEW, headers=key)

    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["detail"] or "idempotency-key" in answer.json()["detail"]


@pytest.mark.parametrize("header", [{}, {"authorization": "Bearer isk_wrong"}, {"authorization": "Basic eDp5"}])
async def test_without_a_key_in_force_nothing_is_told(booth: Booth, header: Key) -> None:
    await booth.raised()
    answers = [await booth.get(place, headers=header) for place in ("/api/v1/issues", "/api/v1/issues/1001")]
    answers.append(await _raise(booth, header))

    assert [answer.status_code for answer in answers] == [401] * 3
    assert all(answer.headers["www-authenticate"] == "Bearer" for answer in answers)


async def test_a_revoked_key_opens_nothing(booth: Booth) -> None:
    key = await booth.key()
    async with booth.house.db.write() as conn:
        await revoke_api_key(conn, (await list_api_keys(conn))[0].id, booth.house.now())

    assert (await booth.get("/api/v1/issues", headers=key)).status_code == 401


async def test_a_key_sees_only_issues_of_its_own_partner(booth: Booth) -> None:
    ours, theirs = await booth.raised(), await booth.raised(HANS, "Harbour's trouble.")
    key, service = await booth.key(), await booth.key(None)
    listed = (await booth.get("/api/v1/issues", headers=key)).json()["issues"]
    read = await booth.get("/api/v1/issues/1002", headers=key)
    said = await _comment(booth, key, 1002, "Let me in.")
    nowhere = await booth.get("/api/v1/issues/4711", headers=key)
    all_of_them = (await booth.get("/api/v1/issues", headers=service)).json()["issues"]

    assert ours != theirs
    assert [issue["number"] for issue in listed] == [1001]
    assert (read.status_code, said.status_code) == (404, 404)
    assert read.json() == nowhere.json()
    assert [issue["number"] for issue in all_of_them] == [1002, 1001]
    assert await booth.commands() == ["raise", "raise"]


async def test_issues_are_listed_in_pages_without_a_gap(booth: Booth) -> None:
    key = await booth.key()
    for _ in range(5):
        await booth.raised()
    numbers, cursor = [], ""
    for _ in range(3):
        page = (await booth.get(f"/api/v1/issues?limit=2{cursor}", headers=key)).json()
        numbers.append([issue["number"] for issue in page["issues"]])
        cursor = f"&cursor={page['next']}"

    assert numbers == [[1005, 1004], [1003, 1002], [1001]]
    assert page["next"] is None


@pytest.mark.parametrize("query", ["cursor=x", "cursor=-1", "limit=0", "limit=101", "limit=x"])
async def test_a_page_that_cannot_be_is_refused(booth: Booth, query: str) -> None:
    answer = await booth.get(f"/api/v1/issues?{query}", headers=await booth.key())

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_an_issue_reads_as_its_partner_sees_it(booth: Booth) -> None:
    issue = await booth.owned()
    words = await booth.text("We pay on Friday.")
    await booth.wished(issue, c.ReplyToPartner(text=words, next_update_at=None))
    seen = (await booth.get("/api/v1/issues/1001", headers=await booth.key())).json()

    assert (seen["state"], seen["whose_move"], seen["owner"]) == ("accepted", "owner", "Mia, partner support")
    assert [update["kind"] for update in seen["updates"]] == ["we_said", "owned", "raised"]
    assert seen["updates"][0]["text"] == "We pay on Friday."
    assert seen["summary"] == "Our MDF claim is not paid."
    assert (await booth.get(seen["status_page"])).status_code == 200


async def test_a_comment_reaches_the_issue(booth: Booth) -> None:
    await booth.owned()
    key = await booth.key()
    answer = await _comment(booth, key, 1001, "It is due on Friday.")
    seen = (await booth.get("/api/v1/issues/1001", headers=key)).json()

    assert (answer.status_code, answer.json()) == (201, {"number": 1001, "settled": True})
    assert seen["updates"][0]["text"] == "It is due on Friday."


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"{", 422), (b"", 422), (b"[]", 422), (b'{"what": "' + b"x" * 1_000_001 + b'"}', 413)],
    ids=["no JSON", "nothing", "a list", "over a megabyte"],
)
async def test_a_body_that_is_no_issue_is_a_problem(booth: Booth, body: bytes, code: int) -> None:
    headers = await booth.key() | {"idempotency-key": "k", "content-type": "application/json"}
    async with booth.client() as program:
        answer = await program.post("/api/v1/issues", content=body, headers=headers)

    assert answer.status_code == code
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "detail"} <= set(answer.json())


async def test_a_key_that_asks_too_often_is_told_when_to_come_back(booth: Booth) -> None:
    key = await booth.key()
    async with booth.house.db.read() as conn:
        (known,) = await list_api_keys(conn)
    for _ in range(booth.house.settings.web.api_requests_per_minute):
        booth.web.limits.api_key(known.id)
    answer = await booth.get("/api/v1/issues", headers=key)

    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "30"


async def _id(booth: Booth) -> str:
    async with booth.house.db.read() as conn:
        return str((await conn.exec_driver_sql("SELECT id FROM issues")).scalar_one())
