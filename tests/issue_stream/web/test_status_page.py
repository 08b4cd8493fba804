"""What a partner reads and says on an issue's page, and what never gets there."""

import re
from collections.abc import AsyncIterator
from datetime import date
from html.parser import HTMLParser

import pytest

from schemas import commands as c
from schemas import side_commands as w
from schemas.issue import Issue
from schemas.values import FileRef
from schemas.vocabulary import DeadlineKind, DeclineReason, Priority, State, WaitingFor
from tests.builders import DAY, HOUR
from tests.issue_stream.web.conftest import HANS, IDA, NORDLYS, WHAT, Booth, hidden

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}' onmouseover=x"


async def _issue(booth: Booth, issue: str) -> Issue:
    return (await booth.house.reading.issues([issue]))[issue]


async def _said(booth: Booth, issue: str, button: str, **fields: str) -> str:
    """Press a button of the page; the page that comes after it."""
    page = booth.status(issue)
    async with booth.client() as browser:
        csrf = hidden((await browser.get(page)).text, "csrf")
        answer = await browser.post(f"{page}/{button}", data={"csrf": csrf} | fields, follow_redirects=True)
    return answer.text


async def test_the_page_says_state_whose_move_owner_and_next_update(booth: Booth) -> None:
    """R-27: what the page says is what the issue is, in the reader's zone."""
    issue = await booth.owned()
    page = (await booth.get(booth.status(issue))).text
    stands = await _issue(booth, issue)

    assert stands.next_update_at is not None
    assert "Being worked on" in page
    assert "It is our move: Mia is on it." in page
    assert "Mia, partner support" in page
    assert f'datetime="{stands.next_update_at.isoformat(timespec="minutes")}"' in page
    assert "CET" in page
    assert "Mia Example" not in page


async def test_the_summary_is_the_one_of_the_issue_and_changes_with_it(booth: Booth) -> None:
    """R-02: one line from the first minute; a clearer one replaces it here at once."""
    issue = await booth.owned()
    before = (await booth.get(booth.status(issue))).text
    await booth.wished(issue, c.SetSummary(summary=await booth.text("MDF claim Q4 unpaid")))
    after = (await booth.get(booth.status(issue))).text

    assert '<h1 dir="auto">Our MDF claim is not paid.</h1>' in before
    assert '<h1 dir="auto">MDF claim Q4 unpaid</h1>' in after


async def test_a_moved_date_stays_visible_struck_with_its_reason(booth: Booth) -> None:
    issue = await booth.owned()
    at = booth.house.now()
    await booth.wished(issue, w.MakePromise(promise="p1", what=await booth.text("Payment"), due_at=at + DAY))
    reason = await booth.text("The bank is closed.")
    await booth.wished(issue, w.RevisePromise(promise="p1", due_at=at + 3 * DAY, reason=reason))
    page = (await booth.get(booth.status(issue))).text

    assert re.search(r"<s>.*2026-03-03T09:00\+00:00.*</s>.*The bank is closed\.", page)
    assert "2026-03-05T09:00+00:00" in page


async def test_nothing_new_is_said_with_the_time_of_the_next_update(booth: Booth) -> None:
    """R-25: an update that falls due without news stands on the page, with the time of the next one."""
    issue = await booth.owned()
    due = (await _issue(booth, issue)).next_update_at
    assert due is not None
    booth.clock[0] = due + HOUR
    timer = w.PassDeadline(deadline=DeadlineKind.UPDATE_DUE, due_at=due)
    await booth.wished(issue, timer, "timer")
    page = (await booth.get(booth.status(issue))).text

    assert "Nothing new since the last update." in page


async def test_an_honest_no_shows_reason_alternative_and_review_date(booth: Booth) -> None:
    """R-55: a refusal is an outcome of its own on the partner's page."""
    issue = await booth.owned()
    no = c.CannotDo(
        reason=await booth.text("The budget is closed."),
        alternative=await booth.text("Claim it next quarter."),
        review_on=date(2026, 6, 1),
    )
    await booth.wished(issue, no)
    page = (await booth.get(booth.status(issue))).text

    for said in ("We cannot do this", "The budget is closed.", "Claim it next quarter.", "Mon 1 Jun 2026"):
        assert said in page


async def test_a_comment_with_a_file_is_shown_and_comes_back_only_as_a_download(booth: Booth) -> None:
    issue = await booth.owned()
    page = booth.status(issue)
    sent = [("files", ("evil.html", b"<script>alert(1)</script>", "text/html"))]
    await booth.fill(page, {"text": "See the file."}, sent, action=f"{page}/comment")
    shown = (await booth.get(page)).text
    found = re.search(r'href="(/d/[^"]+)"', shown)
    assert found is not None
    file = await booth.get(found[1])

    assert "See the file." in shown
    assert file.content == b"<script>alert(1)</script>"
    assert file.headers["content-disposition"].startswith("attachment")
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["x-content-type-options"] == "nosniff"


async def test_a_file_of_an_internal_note_or_of_another_issue_is_not_found(booth: Booth) -> None:
    issue, other = await booth.owned(), await booth.raised(HANS)
    page = booth.status(other, HANS)
    sent = [("files", ("theirs.txt", b"of Harbour", "text/plain"))]
    await booth.fill(page, {"text": "ours"}, sent, action=f"{page}/comment")
    theirs = re.search(r"/(f-[0-9a-f]{64})", (await booth.get(page)).text)
    assert theirs is not None
    note = c.AddNote(text=await booth.text("internal"), files=(await _stored(booth),))
    await booth.wished(issue, note)
    place = booth.status(issue).replace("/s/", "/d/")
    answers = [await booth.get(f"{place}/{name}") for name in (theirs[1], note.files[0].content)]

    assert [answer.status_code for answer in answers] == [404, 404]


async def _stored(booth: Booth) -> FileRef:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"for staff only"

    return await booth.house.contents.put_file(chunks(), "note.txt", "text/plain", 1000, booth.house.now())


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        ("no_update", "i hear nothing"),
        ("deadline", "my deadline is near"),
        ("again", "it happened again"),
        ("wrong_person", "the wrong person has it"),
    ],
)
async def test_this_is_not_moving_is_recorded_with_its_reason(booth: Booth, choice: str, says: str) -> None:
    issue = await booth.owned()
    page = await _said(booth, issue, "not-moving", choice=choice, text="Please.")

    assert says in page.lower()
    assert "Please." in page
    assert (await _issue(booth, issue)).not_moving == 1


async def test_yes_closes_and_not_yet_opens_again(booth: Booth) -> None:
    """R-19: the partner's own answer decides; a yes is told apart from silence."""
    yes, not_yet = await booth.owned(), await booth.owned()
    for issue in (yes, not_yet):
        await booth.wished(issue, c.Resolve(text=await booth.text("It is paid.")))
    await _said(booth, yes, "solved")
    again = await _said(booth, not_yet, "not-yet", text="Half of it is missing.")
    closed, opened = await _issue(booth, yes), await _issue(booth, not_yet)

    assert (closed.state, str(closed.close_reason)) == (State.CLOSED, "confirmed")
    assert opened.state is State.ACCEPTED
    assert opened.owner == "mia"
    assert "Half of it is missing." in again


async def test_after_the_end_it_can_be_rated_once_and_reopened(booth: Booth) -> None:
    issue = await booth.owned()
    await booth.wished(issue, c.Resolve(text=await booth.text("It is paid.")))
    await _said(booth, issue, "solved")
    rated = await _said(booth, issue, "rate", choice="4")
    again = await _said(booth, issue, "not-fixed", text="It is back.")

    assert "You gave 4 of 5." in rated
    assert "It is open again." in again
    assert (await _issue(booth, issue)).is_open


@pytest.mark.parametrize(
    ("button", "fields", "field"),
    [
        ("comment", {"text": "  "}, "comment-text"),
        ("comment", {"text": "x" * 20_001}, "comment-text"),
        ("not-moving", {"choice": "because", "text": "my words stay"}, "not-moving-choice"),
        ("rate", {"choice": "6"}, "rate-choice"),
    ],
)
async def test_what_cannot_be_used_is_said_in_its_form_and_stays_there(
    booth: Booth, button: str, fields: dict[str, str], field: str
) -> None:
    issue = await booth.owned()
    if button == "rate":
        await booth.wished(issue, c.Resolve(text=await booth.text("It is paid.")))
        await _said(booth, issue, "solved")
    before = await _issue(booth, issue)
    page = await _said(booth, issue, button, **fields)

    assert f'href="#{field}"' in page
    assert f'id="{field}"' in page
    assert fields.get("text", "").strip() in page
    assert await _issue(booth, issue) == before


async def test_a_file_sent_with_empty_faulty_words_is_kept(booth: Booth) -> None:
    issue = await booth.owned()
    page = booth.status(issue)
    sent = [("files", ("kept.txt", b"x", "text/plain"))]
    faulty = await booth.fill(page, {"text": "x" * 20_001}, sent, action=f"{page}/comment")
    mended = await booth.fill(page, {"text": "short", "kept": hidden(faulty.text, "kept")}, action=f"{page}/comment")

    assert (faulty.status_code, mended.status_code) == (422, 303)
    assert "kept.txt" in (await booth.get(page)).text


async def test_a_refusal_of_the_desk_stands_on_the_page_with_the_words(booth: Booth) -> None:
    issue = await booth.owned()
    page = await _said(booth, issue, "not-yet", text="I do not agree.")

    assert 'role="alert"' in page
    assert "there is nothing to" in page
    assert "I do not agree." in page


async def test_a_button_that_we_never_drew_is_nothing(booth: Booth) -> None:
    issue = await booth.owned()
    page = await _said(booth, issue, "accept")

    assert "There is nothing here" in page
    assert (await _issue(booth, issue)).version == 2


async def test_hostile_text_is_shown_as_text_in_every_place(booth: Booth) -> None:
    issue = await booth.raised(what=HOSTILE, blocked_deal=HOSTILE)
    page = booth.status(issue)
    await booth.fill(page, {"text": HOSTILE}, [("files", (HOSTILE, b"x", HOSTILE))], action=f"{page}/comment")
    await _said(booth, issue, "not-moving", choice="again", text=HOSTILE)
    faulty = await booth.fill("/raise", {"what": "", "name": HOSTILE, "email": HOSTILE, "since": HOSTILE})
    form = await booth.fill("/raise", dict.fromkeys(("what", "blocked_deal", "also_tell", "blocked_by"), HOSTILE))
    found = Found()
    for shown in ((await booth.get(page)).text, faulty.text, form.text):
        assert "alert(1)" in shown
        found.feed(shown)

    assert not found.tags & {"script", "img"}
    assert not [name for name in found.attributes if name.startswith("on")]


class Found(HTMLParser):
    """The elements and attributes a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


PLANTED = "planted-internal-word"


async def test_internal_words_are_in_nothing_a_partner_gets(booth: Booth) -> None:
    """R-27: notes, reasons among ourselves, names of those told: none of it has a way out."""
    issue = await booth.owned()
    n = 0

    async def planted() -> str:
        nonlocal n
        n += 1
        return await booth.text(f"{PLANTED}-{n}")

    await booth.wished(issue, c.AddNote(text=await planted()))
    await booth.wished(issue, c.SetPriority(priority=Priority.URGENT, reason=await planted()))
    await booth.wished(issue, w.Escalate(told=("lena",), rule=PLANTED, reason=await planted()), "mia")
    await booth.wished(issue, w.Deescalate(reason=await planted()))
    hand_over = c.HandOver(
        to="omar",
        to_name=PLANTED,
        team="deal_desk",
        what=await planted(),
        expected=await planted(),
        accept_by=booth.house.now() + HOUR,
    )
    await booth.wished(issue, hand_over)
    await booth.wished(issue, c.Decline(reason=DeclineReason.NO_CAPACITY, note=await planted()), "omar")
    await booth.wished(issue, w.RecordExecutiveContact(executive="vera", note=await planted()))
    review = booth.house.now() + DAY
    await booth.wished(issue, c.Wait(on=WaitingFor.US, reason=await booth.text("We ask finance."), review_at=review))
    await booth.wished(issue, c.Resolve(text=await booth.text("Paid."), cause=await planted()))
    key = await booth.key(NORDLYS.id)
    pages = [booth.status(issue), booth.status(issue).replace("/s/", "/a/"), "/api/v1/issues", "/api/v1/issues/1001"]
    answers = [await booth.get(page, headers=key) for page in pages]

    assert n == 9
    assert [answer.status_code for answer in answers] == [200] * 4
    assert not [answer.url for answer in answers if PLANTED in answer.text]


async def test_a_page_is_light_and_needs_no_script(booth: Booth) -> None:
    issue = await booth.owned()
    weights = {}
    for address in ("/raise", booth.status(issue), booth.web.links.form(IDA).removeprefix("http://127.0.0.1:8000")):
        page = await booth.get(address)
        parts = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
        weights[address[:3]] = len(page.content) + sum([len((await booth.get(part)).content) for part in parts])
        assert "<script" not in page.text

    assert max(weights.values()) < 50_000


async def test_waiting_for_the_partner_asks_them_and_their_answer_ends_it(booth: Booth) -> None:
    issue = await booth.owned()
    reason, review = await booth.text("Please send the form."), booth.house.now() + DAY
    await booth.wished(issue, c.Wait(on=WaitingFor.PARTNER, reason=reason, review_at=review))
    before = (await booth.get(booth.status(issue))).text
    after = await _said(booth, issue, "comment", text="Here it is.")

    assert "Waiting for you" in before
    assert "Please send the form." in before
    assert "Being worked on" in after
    assert WHAT.partition(".")[0] in after
