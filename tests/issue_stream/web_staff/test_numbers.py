"""Every number on a page opens the list it counts (R-17): digests, problems, the lead's lists, the board."""

import re
from datetime import date

from issue_stream.store.pages_digest import SqlDigestReading
from issue_stream.web.staff.board import ON_PAGE
from schemas import commands as c
from schemas import side_commands as s
from schemas.digest import Digest, Figure, Growing
from schemas.notices import Notice, NoticeKind
from schemas.vocabulary import Audience
from tests.builders import DAY, NOW
from tests.issue_stream.web_staff.conftest import Pub


async def _morning(pub: Pub, **figures: object) -> None:
    """A digest of Vera's."""
    fields = {"reader": "vera", "audience": Audience.EXECUTIVE, "day": date(2026, 3, 2)}
    made = Digest.model_validate(fields | {"since": NOW - DAY, "made_at": NOW} | figures)
    notice = Notice(key="d", kind=NoticeKind.DIGEST, audience=Audience.EXECUTIVE, recipient="vera", at=NOW)
    await SqlDigestReading(pub.house.db).keep([(made, notice)])


async def _linked(pub: Pub, problem: str, what: str) -> str:
    number = await pub.raised(what)
    await pub.wished(number, s.LinkProblem(problem=problem, title=await pub.text(f"The title of {problem}")))
    return await pub.id_of(number)


async def test_growing_problems_of_a_digest_open_those_problems_and_the_issues_that_made_them_grow(pub: Pub) -> None:
    """R-17: not every problem there is, and not every issue of it, but those that were counted that morning."""
    counted = [await _linked(pub, "p-1", f"Claim {n}.") for n in range(2)]
    await _linked(pub, "p-1", "A claim that came later.")
    await _linked(pub, "p-2", "Another trouble.")
    grown = Growing(problem="p-1", title=await pub.text("The title of p-1"), issues=tuple(counted), partners=1)
    await _morning(pub, growing=Figure(ids=("p-1",)), problems=(grown,))
    vera = await pub.signed_in("vera")
    page = (await vera.get("/digest/2026-03-02")).text
    number, address = re.findall(r'<a href="([^"]+)"><b>1</b>(growing problem)<', page)[0][::-1]
    listed = (await vera.get(address.replace("&amp;", "&"))).text
    issues = re.findall(r'<a href="([^"]+)">2 issues</a>', page)[0].replace("&amp;", "&")
    behind = (await vera.get(issues)).text

    assert number == "growing problem"
    assert re.findall(r'<td><a href="/problems/([^"]+)">', listed) == ["p-1"]
    assert '<span class="count">2</span>' in behind
    assert len(re.findall(r'class="issue-row"', behind)) == 2


async def test_numbers_of_a_digest_are_the_readers_own(pub: Pub) -> None:
    await _morning(pub)
    vera, lena = await pub.signed_in("vera"), await pub.signed_in("lena")
    addresses = ("/problems?figure=growing&day=2026-03-02", "/problems?figure=lines&day=2026-03-02")
    own, nonsense = [(await vera.get(address)).status_code for address in addresses]

    assert (own, nonsense) == (200, 404)
    assert (await lena.get(addresses[0])).status_code == 404
    assert (await vera.get("/issues?figure=growing&day=2026-03-02&problem=p-9")).status_code == 404


async def test_every_number_of_the_leads_page_opens_its_list(pub: Pub) -> None:
    """R-17, R-66: the page shows the first few of a list, its number opens all of them, page by page."""
    for n in range(ON_PAGE + 2):
        await pub.raised(f"Trouble {n}.")
    offered = await pub.raised("Offered to Mia.")
    await pub.wished(offered, c.OfferIssue(to="mia", team="deal_desk", accept_by=NOW + DAY), "lena")
    lena = await pub.signed_in("lena")
    page = (await lena.get("/lead?team=all")).text
    numbers = re.findall(r'<a class="count" href="([^"]+)"[^>]*>(\d+)</a>', page)
    listed = {}
    for address, number in numbers:
        first, second = [(await lena.get(_real(address) + more)).text for more in ("", "&page=2")]
        rows = [len(re.findall(r'class="issue-row"', one)) for one in (first, second)]
        listed[number] = (re.findall(r'<h1>.*?<span class="count">(\d+)', first)[0], sum(rows))
    asked = re.findall(r'<a href="(/issues\?group=accept[^"]+)">1</a>', page)
    unknown = await lena.get("/lead?list=nonsense")

    assert len(numbers) == 5
    assert str(ON_PAGE + 2) in listed
    assert listed == {number: (number, int(number)) for number in listed}
    assert len(re.findall(r'class="issue-row"', (await lena.get(_real(asked[0]))).text)) == 1
    assert unknown.status_code == 404


def _real(address: str) -> str:
    return address.replace("&amp;", "&")
