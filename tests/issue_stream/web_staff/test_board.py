"""The board and the list: one condition for a number and its list."""

import csv
import io
import re

import pytest

from issue_stream.intake.words import RaiseWords
from issue_stream.store.pages_board import Group
from issue_stream.web.staff.board import safe_cell
from schemas import commands as c
from schemas import side_commands as s
from schemas.people import Contact
from schemas.vocabulary import Intake, WaitingFor
from tests.builders import DAY, HOUR, NOW, by
from tests.issue_stream.web_staff.conftest import Pub


async def _busy(pub: Pub) -> None:
    """One issue in each of Mia's groups, two in the last, and two of Omar's."""
    text = await pub.text("We need your invoice.")
    numbers = [await pub.raised(f"Claim {n} is not paid.") for n in range(8)]
    await pub.wished(numbers[0], c.OfferIssue(to="mia", team="deal_desk", accept_by=NOW + HOUR), "lena")
    for number in numbers[1:5]:
        await pub.wished(number, c.Accept(), "mia")
    await pub.wished(numbers[1], c.ReplyToPartner(text=text, next_update_at=NOW + 2 * HOUR))
    await pub.wished(numbers[2], c.ReplyToPartner(text=text, next_update_at=NOW + 9 * DAY))
    await pub.wished(numbers[2], s.MakePromise(promise="p1", due_at=NOW + 3 * HOUR))
    await pub.wished(numbers[3], c.Wait(on=WaitingFor.PARTNER, reason=text, review_at=NOW + 3 * DAY))
    for number in numbers[5:7]:
        await pub.wished(number, c.Accept(), "omar")


def _counts(page: str) -> list[int]:
    return [int(n) for n in re.findall(r'class="count"[^>]*>(\d+)</a>', page)]


def _listed(page: str) -> list[str]:
    return re.findall(r'class="number"><a href="/issues/(\d+)"', page)


async def test_every_issue_stands_in_its_group(pub: Pub) -> None:
    await _busy(pub)
    mia = await pub.signed_in("mia")
    page = (await mia.get("/board")).text

    assert _counts(page) == [1, 1, 1, 1, 1]
    assert _listed(page) == ["1001", "1002", "1003", "1004", "1005"]


@pytest.mark.parametrize("owner", ["mia", "omar", "all"])
@pytest.mark.parametrize("group", list(Group))
async def test_a_number_on_the_board_is_the_length_of_its_list(pub: Pub, owner: str, group: Group) -> None:
    """R-17: every number opens its list."""
    await _busy(pub)
    lena = await pub.signed_in("lena")
    board = (await lena.get(f"/board?owner={owner}")).text
    address = re.findall(r'class="count" href="([^"]+)"', board)[list(Group).index(group)].replace("&amp;", "&")
    listed = (await lena.get(address)).text

    assert len(_listed(listed)) == _counts(board)[list(Group).index(group)]


async def test_nothing_owed_is_said(pub: Pub) -> None:
    mia = await pub.signed_in("mia")
    page = (await mia.get("/board")).text

    assert "Nothing owed" in page


async def test_take_next_is_by_priority_and_then_the_oldest(pub: Pub) -> None:
    """R-33."""
    first, second, third = [await pub.raised(f"Claim {n}.") for n in range(3)]
    reason = await pub.text("The deal closes.")
    await pub.wished(third, c.SetPriority(priority="urgent", reason=reason))
    ada = await pub.signed_in("ada")

    assert _listed((await ada.get("/board")).text) == [str(third), str(first), str(second)]


async def test_filters_stand_in_the_address_and_narrow_the_list(pub: Pub) -> None:
    await _busy(pub)
    lena = await pub.signed_in("lena")
    found = {q: len(_listed((await lena.get(f"/issues?{q}")).text)) for q in ("q=nordl", "q=1003", "q=other", "tier=x")}

    assert found == {"q=nordl": 8, "q=1003": 1, "q=other": 0, "tier=x": 0}


async def test_a_whole_number_in_the_search_opens_its_issue(pub: Pub) -> None:
    await pub.raised()
    lena = await pub.signed_in("lena")
    answer = await lena.get("/issues?q=pir-1001")

    assert answer.headers["location"] == "/issues/1001"


async def test_closed_issues_are_listed_when_asked_for(pub: Pub) -> None:
    number = await pub.raised()
    await pub.wished(number, c.Close(), "lena")
    lena = await pub.signed_in("lena")

    assert _listed((await lena.get("/issues")).text) == []
    assert _listed((await lena.get("/issues?closed=1")).text) == [str(number)]


async def test_the_csv_equals_the_screen(pub: Pub) -> None:
    await _busy(pub)
    lena = await pub.signed_in("lena")
    page = (await lena.get("/issues?owner=mia")).text
    rows = list(csv.DictReader(io.StringIO((await lena.get("/issues.csv?owner=mia")).text)))

    assert [row["issue"].rpartition("-")[2] for row in rows] == _listed(page)
    assert {row["owner"] for row in rows} == {"Mia Example"}


def test_a_cell_of_the_csv_is_never_a_formula() -> None:
    cells = [safe_cell(cell) for cell in ("=1+1", "+1", "-1", "@x", "plain")]

    assert cells == ["'=1+1", "'+1", "'-1", "'@x", "plain"]


async def test_an_unknown_group_or_figure_is_not_found(pub: Pub) -> None:
    lena = await pub.signed_in("lena")
    addresses = ("/issues?group=nonsense", "/issues?figure=lines&day=2026-03-02", "/issues?figure=surprises&day=soon")
    statuses = [(await lena.get(address)).status_code for address in addresses]

    assert statuses == [404, 404, 404]


async def test_words_of_a_partner_are_shown_as_words(pub: Pub) -> None:
    await pub.raised("<script>alert(1)</script> & more")
    lena = await pub.signed_in("lena")
    page = (await lena.get("/board?owner=all")).text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page


async def test_the_part_that_is_refreshed_is_the_board_alone(pub: Pub) -> None:
    await _busy(pub)
    mia = await pub.signed_in("mia")
    part = (await mia.get("/board?part=1")).text

    assert "<html" not in part
    assert _counts(part) == [1, 1, 1, 1, 1]


async def test_an_unconfirmed_issue_is_shown_as_such_and_asks_nobody_to_act(pub: Pub) -> None:
    stranger = Contact(id="stranger", partner=None, name="Sam Stranger", email="sam@stranger.example")
    words = RaiseWords(what="Who is my contact?", contact=stranger, intake=Intake.PUBLIC_FORM, confirmed=False)
    await pub.house.door.raise_issue(words, by("partner"))
    await pub.settle()
    await pub.raised()
    mia = await pub.signed_in("mia")
    board = (await mia.get("/board?owner=all")).text
    listed = (await mia.get("/issues?unconfirmed=1")).text

    assert '<a href="/issues?unconfirmed=1">1 issue waits</a>' in board
    assert _listed(board) == ["1002"]
    assert _listed(listed) == ["1001"]
    assert "address not confirmed" in listed
    assert "address not confirmed" not in board


async def test_what_waits_for_others_is_not_owed(pub: Pub) -> None:
    number = await pub.raised()
    await pub.wished(number, c.Accept(), "mia")
    await pub.wished(number, c.Wait(on=WaitingFor.PARTNER, reason=await pub.text("Invoice."), review_at=NOW + 3 * DAY))
    mia = await pub.signed_in("mia")
    page = (await mia.get("/board")).text

    assert _counts(page) == [0, 0, 0, 1, 0]
    assert "Nothing owed" in page


async def test_what_is_over_is_not_late(pub: Pub) -> None:
    number = await pub.raised()
    await pub.wished(number, c.Close(reason="withdrawn"), "lena")
    pub.clock[0] += 2 * DAY
    mia = await pub.signed_in("mia")
    page = (await mia.get("/issues?closed=1")).text

    assert _listed(page) == ["1001"]
    assert "over 2 days ago" in page
    assert "days late" not in page
