"""What staff read of an issue, and that nothing internal is shown as seen by the partner."""

import re

from issue_stream.store.pages_staff import text_refs
from issue_stream.web.staff.timeline import Names, sentence, steps
from schemas import commands as c
from schemas import side_commands as s
from schemas.partner_view import partner_line
from schemas.values import Because
from schemas.vocabulary import WaitingFor
from tests.agents.every_event import EVENTS, KINDS, SECRET
from tests.builders import DAY, NOW, fact, policy_book
from tests.issue_stream.web_staff.conftest import Pub

NAMES = Names({"mia": "Mia Example"}, policy_book().current)


def test_every_kind_of_event_has_its_sentence() -> None:
    said = {event.type: sentence(fact(event, 1), NAMES) for event in EVENTS}

    assert set(said) == KINDS
    assert all(said.values())


def test_a_step_is_seen_exactly_when_the_partner_has_a_line_of_it() -> None:
    facts = tuple(fact(event, n) for n, event in enumerate(EVENTS, start=1))
    told = {step.version: step.is_seen for step in steps(facts, {}, NAMES)}

    assert told == {one.version: partner_line(one) is not None for one in facts}


def test_texts_a_partner_cannot_read_are_never_among_those_shown() -> None:
    facts = tuple(fact(event, n) for n, event in enumerate(EVENTS, start=1))
    texts = {ref: ref for one in facts for ref in text_refs(one.event)}
    told = [words.text for step in steps(facts, texts, NAMES) for words in step.shown]

    assert "t-reply" in told
    assert [words for words in told if SECRET in words] == []


async def test_internal_words_stand_on_grey_and_the_partners_on_white(pub: Pub) -> None:
    number = await pub.raised()
    await pub.wished(number, c.Accept())
    await pub.wished(number, c.AddNote(text=await pub.text("Finance lost it.")))
    await pub.wished(number, c.ReplyToPartner(text=await pub.text("We look into it.")))
    cause = await pub.text("A wrong tax number.")
    await pub.wished(number, c.Resolve(text=await pub.text("It is paid."), cause=cause))
    mia = await pub.signed_in("mia")
    page = (await mia.get(f"/issues/{number}")).text
    steps_shown = re.findall(r'<li class="(seen|inside)[^"]*" id="step-\d+">(.*?)</li>', page, re.DOTALL)
    by_words = {
        words: next(kind for kind, body in steps_shown if words in body)
        for words in ("Finance lost it.", "We look into it.", "It is paid.")
    }
    resolved = next(body for _, body in steps_shown if "It is paid." in body)

    assert by_words == {"Finance lost it.": "inside", "We look into it.": "seen", "It is paid.": "seen"}
    assert re.search(
        r'class="words ours-only">[^/]*Cause, for us[^/]*</strong><p dir="auto">A wrong tax number', resolved
    )


async def test_why_says_what_was_looked_at_and_what_would_have_changed_it(pub: Pub) -> None:
    number = await pub.raised()
    because = Because(
        rule="category by words",
        sentence="It reads like earlier incentive issues.",
        inputs={"likeness": 0.71},
        otherwise="Below 0.45 a person would have been asked.",
    )
    await pub.wished(number, c.Triage(category="incentives", priority="normal"), "classify", because)
    mia = await pub.signed_in("mia")
    page = (await mia.get(f"/issues/{number}")).text
    why = (await mia.get(re.findall(rf"/issues/{number}/why/\d+", page)[0])).text

    for words in (because.sentence, because.rule, "0.71", because.otherwise, policy_book().current.version):
        assert words in why


async def test_a_step_without_a_reason_has_no_why(pub: Pub) -> None:
    number = await pub.raised()
    mia = await pub.signed_in("mia")

    assert (await mia.get(f"/issues/{number}/why/1")).status_code == 404
    assert (await mia.get("/issues/4711")).status_code == 404


async def test_facts_show_what_is_promised_and_what_waits(pub: Pub) -> None:
    number = await pub.raised()
    await pub.wished(number, c.Accept())
    promise = s.MakePromise(promise="p1", what=await pub.text("The money is sent"), due_at=NOW + 2 * DAY)
    await pub.wished(number, promise)
    reason = await pub.text("The bank answers on Friday")
    await pub.wished(number, c.Wait(on=WaitingFor.THIRD_PARTY, reason=reason, review_at=NOW + DAY))
    vera = await pub.signed_in("vera")
    page = (await vera.get(f"/issues/{number}")).text

    assert "The money is sent" in page
    assert "The bank answers on Friday" in page
    assert "Waiting for a third party" in page
