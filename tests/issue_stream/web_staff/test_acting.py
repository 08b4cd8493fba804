"""Every action of the issue's page once, and what a refusal looks like."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from issue_stream.intake.words import RaiseWords
from issue_stream.store import tables as t
from issue_stream.web.staff.actions import ACTIONS
from schemas import commands as c
from schemas import side_commands as s
from schemas.events import Replied
from schemas.partner_view import partner_line
from schemas.people import Contact
from schemas.values import Alike
from schemas.vocabulary import Intake, Priority
from tests.builders import DAY, NOW, by
from tests.issue_stream.web_staff.conftest import Pub

LATER = (NOW + 2 * DAY).strftime("%Y-%m-%dT%H:%M")

FIELDS: dict[str, dict[str, str]] = {
    "decline": {"reason": "no_capacity", "note": "On leave from tomorrow."},
    "triage": {"category": "incentives", "priority": "high"},
    "reply": {"text": "We found the claim.", "next_update_at": LATER, "sure": "1"},
    "note": {"text": "Finance is slow."},
    "wait": {"on": "partner", "reason": "We need your invoice.", "review_at": LATER},
    "resolve": {"text": "It is paid.", "cause": "A wrong tax number."},
    "cannot-do": {"reason": "Not in this region.", "alternative": "Ask the distributor.", "review_on": "2026-06-01"},
    "hand-over": {"to": "omar", "what": "The claim.", "expected": "Pay it.", "accept_by": LATER},
    "close": {"reason": "withdrawn", "text": "They wrote so."},
    "escalate": {"reason": "They call today.", "tell": "vera"},
    "deescalate": {"reason": "It is calm again."},
    "priority": {"priority": "urgent", "reason": "The deal closes."},
    "summary": {"summary": "MDF claim 77 is not paid"},
    "promise": {"what": "The money is sent.", "due_at": LATER},
    "revise-promise": {"promise": "p1", "due_at": (NOW + 4 * DAY).isoformat(), "reason": "The bank is closed."},
    "keep-promise": {"promise": "p1"},
    "withdraw-promise": {"promise": "p1", "reason": "We cannot promise it."},
    "link": {"title": "MDF claims stay pending"},
    "merge": {"into": "1002"},
}
"""What a person types; actions without an entry have no fields."""


async def _situation(pub: Pub, action: str) -> int:
    """An issue on which this action can be done by Mia (or the lead)."""
    number = await pub.raised()
    await pub.raised("The other claim.")
    wishes: dict[str, list[tuple[c.Command, str]]] = {
        "accept": [],
        "decline": [(c.OfferIssue(to="mia", team="deal_desk", accept_by=NOW + DAY), "lena")],
        "triage": [],
        "resume": [(c.Accept(), "mia"), (await _wait(pub), "mia")],
        "reopen": [(c.Accept(), "mia"), (c.Resolve(text=await pub.text("Done.")), "mia")],
        "deescalate": [(c.Accept(), "mia"), (s.Escalate(tell=("vera",)), "mia")],
        "unlink": [(s.LinkProblem(problem="p-1", title=await pub.text("A problem")), "mia")],
        "dismiss": [(s.SuggestAlike(alike=(Alike(issue=await pub.id_of(1002), score=0.8),)), "detect_recurrence")],
        "unmerge": [(s.MergeInto(into=await pub.id_of(1002), into_number=1002), "mia")],
        "unfollow": [(s.Follow(staff="mia"), "mia")],
    }
    if action.endswith("-promise"):
        wishes[action] = [(c.Accept(), "mia"), (s.MakePromise(promise="p1", due_at=NOW + DAY), "mia")]
    for command, who in wishes.get(action, [(c.Accept(), "mia")]):
        await pub.wished(number, command, who)
    return number


async def _wait(pub: Pub) -> c.Wait:
    return c.Wait(on="third_party", reason=await pub.text("The bank."), review_at=NOW + DAY)


@pytest.mark.parametrize("action", list(ACTIONS))
async def test_every_action_is_offered_and_done(pub: Pub, action: str) -> None:
    number = await _situation(pub, action)
    visitor = await pub.signed_in("lena" if action == "close" else "mia")
    offered = (await visitor.get(f"/issues/{number}")).text
    before = len(pub.announced)
    answer = await visitor.act(number, action, **FIELDS.get(action, {}))
    page = await visitor.get(f"/issues/{number}")

    assert f'/issues/{number}/do/{action}"' in offered
    assert answer.status_code == 303, answer.text
    assert f"done={action}" in answer.headers["location"]
    assert len(pub.announced) > before
    assert page.status_code == 200


async def test_of_two_who_accept_at_once_the_second_reads_who_won(pub: Pub) -> None:
    """R-09: exactly one owner, and the loser is told who won."""
    number = await pub.raised()
    mia, omar = await pub.signed_in("mia"), await pub.signed_in("omar")
    page = (await omar.get(f"/issues/{number}")).text
    hidden = {name: re.findall(rf'name="{name}" value="([^"]*)"', page)[0] for name in ("csrf", "version", "form_id")}
    first = await mia.act(number, "accept")
    second = await omar.client.post(f"/issues/{number}/do/accept", data=hidden)

    assert first.status_code == 303
    assert second.status_code == 409
    assert "Mia Example accepted this issue" in second.text


async def test_a_refusal_keeps_what_was_typed(pub: Pub) -> None:
    number = await pub.raised()
    await pub.wished(number, c.Accept(), "omar")
    mia = await pub.signed_in("mia")
    answer = await mia.act(number, "resolve", text="All is well <now>.", cause="")

    assert answer.status_code == 409
    assert "Omar Example owns this issue" in answer.text
    assert "All is well &lt;now&gt;." in answer.text


async def test_a_fault_in_a_form_is_said_at_the_form_and_loses_nothing(pub: Pub) -> None:
    number = await pub.raised()
    await pub.wished(number, c.Accept(), "mia")
    mia = await pub.signed_in("mia")
    answer = await mia.act(number, "wait", on="partner", reason="We need your invoice.", review_at="soon")

    assert answer.status_code == 422
    assert "expected a time, found soon" in answer.text
    assert "We need your invoice." in answer.text


async def test_a_form_of_another_session_changes_nothing(pub: Pub) -> None:
    number = await pub.raised()
    mia, omar = await pub.signed_in("mia"), await pub.signed_in("omar")
    answer = await mia.client.post(f"/issues/{number}/do/accept", data={"csrf": await omar.csrf()})

    assert answer.status_code == 403
    assert "nothing changed" in answer.text.lower()
    assert len(pub.announced) == 1


@pytest.mark.parametrize("who", ["cara", "vera"])
async def test_who_may_not_resolve_sees_no_such_action_and_is_told_who_does(pub: Pub, who: str) -> None:
    """R-15: a channel manager or executive logs and follows; the refusal names the owner."""
    number = await pub.raised()
    await pub.wished(number, c.Accept(), "mia")
    visitor = await pub.signed_in(who)
    page = (await visitor.get(f"/issues/{number}")).text
    answers = [await visitor.act(number, action, **FIELDS[action]) for action in ("resolve", "reply", "wait")]

    assert set(re.findall(r"/do/([a-z-]+)\"", page)) == {"note", "escalate", "follow"}
    assert [answer.status_code for answer in answers] == [409, 409, 409]
    assert all("Mia Example resolves this issue" in answer.text for answer in answers)


async def test_a_reply_is_shown_with_its_readers_before_it_leaves(pub: Pub) -> None:
    number = await pub.raised()
    mia = await pub.signed_in("mia")
    shown = await mia.act(number, "reply", text="We found the claim.", next_update_at=LATER)

    assert shown.status_code == 200
    assert "ida@nordlys.example" in shown.text
    assert "We found the claim." in shown.text
    assert len(pub.announced) == 1


async def test_words_taken_back_from_the_preview_stand_in_the_form_again(pub: Pub) -> None:
    number = await pub.raised()
    mia = await pub.signed_in("mia")
    shown = await mia.attach([("claim.pdf", b"%PDF")], number, "reply", text="We found the claim.")
    again = await mia.press(shown, change="1")

    assert again.status_code == 200
    assert ">We found the claim.</textarea>" in again.text
    assert "Kept: <bdi>claim.pdf</bdi>" in again.text
    assert len(pub.announced) == 1


async def test_a_file_of_a_reply_is_shown_first_and_then_the_partner_may_load_it(pub: Pub) -> None:
    number = await pub.raised()
    mia = await pub.signed_in("mia")
    shown = await mia.attach([("claim.pdf", b"%PDF"), ("<b>.txt", b"x")], number, "reply", text="Here is the form.")
    sent = await mia.press(shown)
    page = (await mia.get(f"/issues/{number}")).text
    replied = pub.announced[-1]
    line = partner_line(replied)

    assert "claim.pdf" in shown.text
    assert "<b>.txt" not in shown.text
    assert sent.status_code == 303
    assert line is not None
    assert [file.name for file in line.files] == ["claim.pdf", "_b_.txt"]
    assert isinstance(replied.event, Replied)
    address = f"/issues/{number}/files/{replied.event.files[0].content}"
    assert address in page
    assert (await mia.get(address)).content == b"%PDF"


async def test_a_file_of_a_note_stays_inside(pub: Pub) -> None:
    number = await pub.raised()
    mia = await pub.signed_in("mia")
    answer = await mia.attach([("secret.log", b"trace")], number, "note", text="See the log.")

    assert answer.status_code == 303
    assert "secret.log" in (await mia.get(f"/issues/{number}")).text
    assert partner_line(pub.announced[-1]) is None


async def test_a_file_too_large_is_said_and_the_words_are_kept(pub: Pub) -> None:
    number = await pub.raised()
    mia = await pub.signed_in("mia")
    limit = pub.house.settings.web.max_file_mb * 1_000_000
    answer = await mia.attach([("big.log", b"x" * (limit + 1))], number, "note", text="See the log.")

    assert answer.status_code == 422
    assert "a file of at most" in answer.text
    assert ">See the log.</textarea>" in answer.text


async def test_a_file_is_not_kept_for_a_form_of_somebody_else(pub: Pub) -> None:
    number = await pub.raised()
    mia = await pub.signed_in("mia")
    answer = await mia.attach([("a.txt", b"kept by nobody")], number, "note", text="x", csrf="forged")
    async with pub.house.db.read() as conn:
        stored = (await conn.execute(select(t.contents.c.id).where(t.contents.c.path.is_not(None)))).all()

    assert answer.status_code == 403
    assert stored == []


async def test_the_same_form_sent_twice_is_one_wish_and_other_words_are_another(pub: Pub) -> None:
    number = await pub.raised()
    mia = await pub.signed_in("mia")
    page = (await mia.get(f"/issues/{number}")).text
    hidden = {name: re.findall(rf'name="{name}" value="([^"]*)"', page)[0] for name in ("csrf", "version", "form_id")}
    for words in ("Finance is slow.", "Finance is slow.", "Finance has answered."):
        await mia.client.post(f"/issues/{number}/do/note", data=hidden | {"text": words})
    notes = [fact for fact in pub.announced if fact.event.type == "note-added"]

    assert len(notes) == 2


async def test_a_triage_suggestion_is_one_click(pub: Pub) -> None:
    number = await pub.raised()
    ask = c.AskForTriage(team="front_desk", suggested=("incentives",), sure=0.3, priority=Priority.HIGH)
    await pub.wished(number, ask, "classify")
    mia = await pub.signed_in("mia")
    page = (await mia.get(f"/issues/{number}")).text
    answer = await mia.act(number, "triage", category="incentives", priority="high")

    assert "What kind is it?" in page
    assert answer.status_code == 303


async def test_an_issue_is_merged_only_into_one_of_the_same_partner(pub: Pub) -> None:
    number = await pub.raised()
    mia = await pub.signed_in("mia")
    answer = await mia.act(number, "merge", into="PIR-4711")

    assert answer.status_code == 422
    assert "of this partner" in answer.text


async def test_without_a_desk_the_wish_is_kept_and_the_page_says_so(pub: Pub) -> None:
    number = await pub.raised()
    pub.house.door.pause = _nobody_answers
    mia = await pub.signed_in("mia")
    answer = await mia.act(number, "accept")
    page = await mia.get(answer.headers["location"])

    assert "Your wish is kept" in page.text


async def _nobody_answers(_seconds: float) -> None:
    """No worker runs."""


async def test_a_time_is_read_in_the_zone_of_who_types_it(pub: Pub) -> None:
    number = await pub.raised()
    async with pub.house.db.write() as conn:
        await conn.exec_driver_sql("UPDATE staff SET zone = 'Asia/Tokyo' WHERE id = 'mia'")
    await pub.wished(number, c.Accept(), "mia")
    mia = await pub.signed_in("mia")
    await mia.act(number, "promise", what="Paid.", due_at="2026-03-04T18:00")
    made = next(fact.event for fact in pub.announced if fact.event.type == "promise-made")

    assert made.due_at - NOW == timedelta(days=2)


async def test_a_problem_that_is_called_so_already_is_not_made_twice(pub: Pub) -> None:
    first, second = await pub.raised(), await pub.raised("Another claim.")
    mia = await pub.signed_in("mia")
    await mia.act(first, "link", title="MDF claims stay pending")
    await mia.act(second, "link", title="mdf  claims stay PENDING")
    listed = (await mia.get("/problems")).text

    assert len(set(re.findall(r'<td><a href="/problems/([^"]+)">', listed))) == 1
    assert re.findall(r'<td class="num"><a href="/problems/[^"]+">(\d+)</a>', listed) == ["2"]


async def test_a_problem_that_does_not_exist_is_not_linked(pub: Pub) -> None:
    number = await pub.raised()
    mia = await pub.signed_in("mia")
    answer = await mia.act(number, "link", problem="p-nonsense")

    assert answer.status_code == 422
    assert "expected a known problem, found p-nonsense" in answer.text


async def test_a_preview_names_nobody_whose_address_is_not_confirmed(pub: Pub) -> None:
    stranger = Contact(id="stranger", partner=None, name="Sam Stranger", email="sam@stranger.example")
    words = RaiseWords(what="Who is my contact?", contact=stranger, intake=Intake.PUBLIC_FORM, confirmed=False)
    receipt = await pub.house.door.raise_issue(words, by("partner"))
    await pub.settle()
    mia = await pub.signed_in("mia")
    shown = await mia.act(receipt.number, "reply", text="Mia is.", next_update_at=LATER)

    assert shown.status_code == 200
    assert "nobody by mail until the sender has confirmed the address" in shown.text
    assert "sam@stranger.example" not in shown.text
