"""Signed addresses: forged, expired, revoked, used for something else, or of another partner - none opens anything."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from issue_stream.store.people import change_contact
from issue_stream.web.links import SignedLinks
from schemas import commands as c
from schemas.people import Contact
from tests.builders import DAY
from tests.issue_stream.web.conftest import HANS, IDA, IVAR, WHAT, Booth, path

Address = Callable[[SignedLinks, str], str]
OF_IDA: dict[str, Address] = {
    "status": lambda links, issue: links.status(issue, IDA),
    "receipt": lambda links, issue: links.acknowledged(issue, IDA),
    "calendar": lambda links, issue: f"{links.acknowledged(issue, IDA)}/next-update.ics",
    "confirm": lambda links, issue: links.confirm(issue, IDA),
    "form": lambda links, _issue: links.form(IDA),
    "file": lambda links, issue: links.status(issue, IDA).replace("/s/", "/d/") + "/f-" + "0" * 64,
}
WORDS = {"csrf": "x", "what": WHAT, "text": "Let me in.", "choice": "no_update"}


def _of(address: Address, booth: Booth, issue: str) -> str:
    return path(address(booth.web.links, issue))


def _token(address: str) -> str:
    return address.split("/")[2]


@pytest.mark.parametrize("address", OF_IDA.values(), ids=list(OF_IDA))
async def test_a_forged_link_opens_nothing(booth: Booth, address: Address) -> None:
    real = _of(address, booth, await booth.raised())
    token = _token(real)
    swapped = token[:-2] + ("AA" if token[-2:] != "AA" else "BB")
    other_keys = replace(booth.web.links, keys=["f" * 64])
    for forged in (swapped, "x", token.partition(".")[0], "%2e%2e%2f", _token(path(other_keys.form(IDA)))):
        answer = await booth.get(real.replace(token, forged))

        assert answer.status_code == 404
        assert WHAT not in answer.text


@pytest.mark.parametrize("address", [OF_IDA[x] for x in ("status", "receipt", "calendar", "confirm", "form", "file")])
async def test_a_link_of_a_contact_whose_links_were_revoked_opens_nothing(booth: Booth, address: Address) -> None:
    link = _of(address, booth, await booth.raised())
    async with booth.house.db.write() as conn:
        await change_contact(conn, IDA.model_copy(update={"link_version": 2}))
    looked, sent = await booth.get(link), await _post(booth, link)

    assert (looked.status_code, sent) == (404, 404)
    assert WHAT not in looked.text


@pytest.mark.parametrize("address", [OF_IDA[x] for x in ("status", "receipt", "confirm", "form")])
async def test_an_expired_link_offers_a_fresh_one_and_shows_nothing(booth: Booth, address: Address) -> None:
    link = _of(address, booth, await booth.raised())
    booth.clock[0] += 3651 * DAY
    answer = await booth.get(link)

    assert answer.status_code == 410
    assert 'href="/fresh-link"' in answer.text
    assert WHAT not in answer.text


async def test_a_link_opens_only_what_it_was_made_for(booth: Booth) -> None:
    issue = await booth.raised()
    tokens = {name: _token(_of(address, booth, issue)) for name, address in OF_IDA.items()}
    wrong = [("s", "form"), ("s", "confirm"), ("f", "status"), ("f", "confirm"), ("c", "status"), ("c", "form")]
    opened = {(place, of): (await booth.get(f"/{place}/{tokens[of]}")).status_code for place, of in wrong}

    assert set(opened.values()) == {404}


@pytest.mark.parametrize("contact", [HANS, IVAR], ids=["another partner", "a colleague who was not named"])
@pytest.mark.parametrize("address", ["s", "a", "c", "d", "ics"])
async def test_nobody_else_sees_an_issue_even_with_a_link_of_their_own(
    booth: Booth, contact: Contact, address: str
) -> None:
    issue = await booth.raised()
    token = _token(booth.status(issue, contact))
    confirm = _token(path(booth.web.links.confirm(issue, contact)))
    places = {"s": f"/s/{token}", "a": f"/a/{token}", "c": f"/c/{confirm}", "d": f"/d/{token}/f-{'0' * 64}"}
    place = places.get(address, f"/a/{token}/next-update.ics")
    looked, sent = await booth.get(place), await _post(booth, place)

    assert (looked.status_code, sent) == (404, 404)
    assert WHAT not in looked.text
    assert await booth.commands() == ["raise"]


async def test_a_named_colleague_reads_and_answers_with_a_link_of_their_own(booth: Booth) -> None:
    issue = await booth.raised(also_tell=IVAR.email)
    page = booth.status(issue, IVAR)
    answer = await booth.fill(page, {"text": "I can help."}, action=f"{page}/comment")

    assert answer.status_code == 303
    assert "I can help." in (await booth.get(booth.status(issue))).text


async def test_links_signed_with_the_key_before_the_last_still_open(booth: Booth) -> None:
    issue = await booth.raised()
    older = booth.status(issue)
    links = booth.web.links
    booth.app.state.web = replace(booth.web, links=replace(links, keys=["n" * 64, *links.keys]))
    newer = path(booth.app.state.web.links.status(issue, IDA))

    assert [(await booth.get(link)).status_code for link in (older, newer)] == [200, 200]


async def test_the_same_answer_sent_twice_is_refused_with_the_reason_in_place(booth: Booth) -> None:
    issue = await booth.owned()
    await booth.wished(issue, c.Resolve(text=await booth.text("It is paid.")))
    page = booth.status(issue)
    async with booth.client() as browser:
        csrf = (await browser.get(page)).text.partition('name="csrf" value="')[2].partition('"')[0]
        first = await browser.post(f"{page}/solved", data={"csrf": csrf})
        again = await browser.post(f"{page}/solved", data={"csrf": csrf})

    assert (first.status_code, again.status_code) == (303, 409)


async def test_a_fresh_link_is_sent_to_the_address_and_the_page_never_says_whether_it_is_known(booth: Booth) -> None:
    await booth.raised()
    known = await booth.fill("/fresh-link", {"email": IDA.email})
    unknown = await booth.fill("/fresh-link", {"email": "x@nowhere.example"})

    assert known.text == unknown.text
    assert "on their way" in known.text


async def _post(booth: Booth, link: str) -> int:
    async with booth.client() as browser:
        place = f"{link}/comment" if link.startswith("/s/") else link
        if link.startswith(("/a/", "/d/")):
            return 404
        return (await browser.post(place, data=WORDS)).status_code
