"""Raising an issue: five questions, the acknowledgement, faults that lose nothing, the public form."""

import re
from datetime import date

import pytest

from issue_stream.store import tables as t
from issue_stream.store.contents import read_texts
from issue_stream.store.people import contact_by_email
from schemas.issue import Issue
from schemas.vocabulary import Intake
from tests.issue_stream.web.conftest import HANS, IDA, WHAT, Booth, hidden, path

ANSWERS = {
    "what": WHAT,
    "since": "2026-02-27",
    "blocked_deal": "Fjord Hotels, 120 seats",
    "blocked_by": "2026-03-06",
    "blocked_amount": "64'000",
    "also_tell": "ivar@nordlys.example, new@nordlys.example\nboss@elsewhere.example",
}


async def _issue(booth: Booth, issue: str) -> Issue:
    return (await booth.house.reading.issues([issue]))[issue]


async def test_the_form_asks_five_things_and_says_what_happens_next(booth: Booth) -> None:
    page = (await booth.get(path(booth.web.links.form(IDA)))).text

    for name in ("what", "since", "blocked_deal", "blocked_by", "blocked_amount", "also_tell", "files"):
        assert f'name="{name}"' in page
    assert "What happens next" in page
    assert "Ida Example" in page


async def test_the_acknowledgement_has_number_team_times_and_link_at_once(booth: Booth) -> None:
    """R-01: number, who must accept by when, and the next update stand on the page the form leads to."""
    answer = await booth.fill(path(booth.web.links.form(IDA)), ANSWERS)
    receipt = (await booth.get(path(answer.headers["location"]))).text

    assert answer.status_code == 303
    assert "PIR-1001" in receipt
    assert "Front desk" in receipt
    assert 'datetime="2026-03-02T' in receipt
    assert "CET" in receipt
    assert "/s/" in receipt


async def test_every_answer_reaches_the_issue(booth: Booth) -> None:
    """R-10, R-22: the form is a way in, and what is blocked (deal, day, amount) is asked and kept."""
    issue = await _issue(booth, await booth.raised(IDA, **ANSWERS))
    async with booth.house.db.read() as conn:
        texts = await read_texts(
            conn, [x for x in (issue.what, issue.summary, issue.blocked.deal, issue.not_told) if x]
        )
        new = await contact_by_email(conn, "new@nordlys.example")

    assert new is not None
    assert issue.intake is Intake.FORM
    assert issue.confirmed
    assert (issue.since, issue.blocked.by) == (date(2026, 2, 27), date(2026, 3, 6))
    assert issue.blocked.amount == 64_000
    assert issue.also_tell == ("ivar", new.id)
    assert set(texts.values()) == {
        WHAT,
        "Our MDF claim is not paid.",
        "Fjord Hotels, 120 seats",
        "boss@elsewhere.example",
    }


async def test_files_are_kept_and_named_safely(booth: Booth) -> None:
    files = [
        ("files", ("../../etc/passwd", b"first", "text/plain")),
        ("files", ("quote\r\n<b>.html", b"<script>x</script>", "text/html")),
    ]
    answer = await booth.fill(path(booth.web.links.form(IDA)), {"what": WHAT}, files)
    issue = await _issue(booth, booth.web.links.read_status(answer.headers["location"].rpartition("/")[2]).issue)

    assert [file.size for file in issue.files] == [5, 18]
    assert all("/" not in file.name and "\\" not in file.name and file.name.isprintable() for file in issue.files)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("what", ""),
        ("what", " \u200b\x00 ".replace("\u200b", "")),
        ("what", "a" * 20_001),
        ("since", "2099-01-01"),
        ("since", "soon"),
        ("blocked_deal", "d" * 201),
        ("blocked_amount", "a lot"),
        ("blocked_amount", "-5"),
        ("blocked_amount", "NaN"),
        ("also_tell", "not an address"),
        ("also_tell", "\n".join(f"p{n}@nordlys.example" for n in range(11))),
    ],
)
async def test_a_fault_is_said_at_its_field_and_nothing_is_lost(booth: Booth, field: str, given: str) -> None:
    answers = ANSWERS | {field: given}
    files = [("files", ("screen.png", b"12345", "image/png"))]
    answer = await booth.fill(path(booth.web.links.form(IDA)), answers, files)
    page = answer.text

    assert answer.status_code == 422
    assert f'href="#{field}"' in page
    assert f'id="{field}"' in page
    assert "Expected" in page
    assert "Kept: screen.png" in page
    assert ("Fjord Hotels" in page) == (field != "blocked_deal")
    assert await booth.commands() == []


async def test_a_file_kept_from_a_faulty_form_comes_along_when_it_is_sent_again(booth: Booth) -> None:
    form = path(booth.web.links.form(IDA))
    faulty = await booth.fill(form, {"what": ""}, [("files", ("screen.png", b"12345", "image/png"))])
    mended = await booth.fill(form, {"what": WHAT, "kept": hidden(faulty.text, "kept")})
    issue = await _issue(booth, booth.web.links.read_status(mended.headers["location"].rpartition("/")[2]).issue)

    assert [(file.name, file.size) for file in issue.files] == [("screen.png", 5)]


async def test_a_kept_file_that_we_did_not_sign_is_refused_and_the_words_stay(booth: Booth) -> None:
    answer = await booth.fill(path(booth.web.links.form(IDA)), {"what": WHAT, "kept": "WyJmLTAwIl0.x.y"})

    assert answer.status_code == 422
    assert "Attach the file again." in answer.text
    assert WHAT in answer.text
    assert await booth.commands() == []


async def test_a_file_over_the_limit_is_named_and_the_rest_stays(booth: Booth) -> None:
    answer = await booth.fill(
        path(booth.web.links.form(IDA)), {"what": WHAT}, [("files", ("big.bin", b"x" * 1_000_001, "text/plain"))]
    )

    assert answer.status_code == 422
    assert "1 MB" in answer.text
    assert WHAT in answer.text
    assert await booth.commands() == []


async def test_two_hundred_files_are_refused_with_what_to_do(booth: Booth) -> None:
    files = [("files", (f"{n}.txt", b"x", "text/plain")) for n in range(200)]
    answer = await booth.fill(path(booth.web.links.form(IDA)), {"what": WHAT}, files)

    assert answer.status_code == 422
    assert "20 files" in answer.text
    assert await booth.commands() == []


async def test_right_to_left_and_emoji_stay_and_control_characters_go(booth: Booth) -> None:
    issue = await _issue(booth, await booth.raised(what="שלום 🚢\x07 \u202edeliver"))
    async with booth.house.db.read() as conn:
        texts = await read_texts(conn, [issue.what])

    assert texts[issue.what] == "שלום 🚢 deliver"
    assert 'dir="auto"' in (await booth.get(booth.status(issue.id))).text


async def _publicly(booth: Booth, email: str, **more: str) -> str:
    answer = await booth.fill("/raise", {"what": WHAT, "email": email, "name": "Nina New"} | more)
    return re.sub(r"PIR-\d+", "PIR-N", answer.text)


async def test_the_public_form_answers_the_same_for_known_and_unknown_addresses(booth: Booth) -> None:
    known = (await _publicly(booth, HANS.email)).replace(HANS.email, "ADDRESS")
    colleague = (await _publicly(booth, "new@harbour.example")).replace("new@harbour.example", "ADDRESS")
    stranger = (await _publicly(booth, "x@nowhere.example")).replace("x@nowhere.example", "ADDRESS")

    assert known == colleague == stranger
    assert "until then nobody works on it" in known


async def test_a_public_issue_waits_until_the_link_is_opened_and_the_button_pressed(booth: Booth) -> None:
    await _publicly(booth, HANS.email)
    await booth.settle()
    async with booth.house.db.read() as conn:
        issue_id = (await conn.execute(t.issues.select())).one().id
    before = await _issue(booth, issue_id)
    link = path(booth.web.links.confirm(issue_id, HANS))
    looked = await booth.get(link)
    untouched = await _issue(booth, issue_id)
    pressed = await booth.fill(link, {})
    after = await _issue(booth, issue_id)

    assert not before.confirmed
    assert before.intake is Intake.PUBLIC_FORM
    assert looked.status_code == 200
    assert untouched == before
    assert pressed.status_code == 303
    assert after.confirmed
    assert (await booth.get(link)).status_code == 303


@pytest.mark.parametrize("address", ["", "nobody", "a@b", "two@at@signs.example", "x" * 201 + "@nordlys.example"])
async def test_the_public_form_needs_an_address_we_can_write_to(booth: Booth, address: str) -> None:
    answer = await booth.fill("/raise", {"what": WHAT, "email": address})

    assert answer.status_code == 422
    assert 'href="#email"' in answer.text
    assert WHAT in answer.text
    assert await booth.commands() == []


async def test_the_next_update_goes_into_a_calendar(booth: Booth) -> None:
    issue = await booth.raised()
    link = path(booth.web.links.acknowledged(issue, IDA))
    calendar = await booth.get(f"{link}/next-update.ics")
    lines = calendar.text.split("\r\n")

    assert calendar.headers["content-type"].startswith("text/calendar")
    assert "BEGIN:VEVENT" in lines
    assert any(line.startswith("DTSTART:2026030") for line in lines)
    assert max(len(line.encode()) for line in lines) <= 75
    assert "attachment" in calendar.headers["content-disposition"]


async def test_a_faulty_public_form_makes_nobody_a_contact(booth: Booth) -> None:
    await booth.fill("/raise", {"what": "", "email": "new@harbour.example"})
    async with booth.house.db.read() as conn:
        found = await contact_by_email(conn, "new@harbour.example")

    assert found is None
