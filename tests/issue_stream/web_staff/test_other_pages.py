"""Logging, calls, leads, digests, problems, people, operations, letters: each page once with something on it."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest

from agents._shell import DeadLetter
from issue_stream.store import people
from issue_stream.store import tables as t
from issue_stream.store.access import api_key_of
from issue_stream.store.dead_letters import keep
from issue_stream.store.heartbeats import Beat
from issue_stream.store.pages_digest import SqlDigestReading
from issue_stream.store.pages_operations import Stage, blindness
from issue_stream.web.staff.problems import WEEKS, bars
from schemas import commands as c
from schemas import side_commands as s
from schemas.digest import Digest, Figure
from schemas.envelope import CommandMessage, encode_command
from schemas.notices import Notice, NoticeKind
from schemas.problem import Case, Problem
from schemas.vocabulary import Audience
from tests.builders import DAY, HOUR, NOW, by
from tests.issue_stream.web_staff.conftest import Pub

LOGGED = {"contact": "ida@nordlys.example", "what": "Our portal login is broken.", "blocked_amount": "12,000"}


@pytest.mark.parametrize("who", ["mia", "lena", "cara", "vera", "ada"])
async def test_every_role_logs_an_issue_and_is_never_asked_for_an_owner(pub: Pub, who: str) -> None:
    """R-14."""
    visitor = await pub.signed_in(who)
    form = (await visitor.get("/log")).text
    answer = await visitor.post("/log", LOGGED)
    page = (await visitor.get(answer.headers["location"])).text

    assert 'name="owner"' not in form
    assert "Our portal login is broken." in page
    assert "12,000" in page


@pytest.mark.parametrize(
    ("who", "company"), [("bo@nordlys.example", ""), ("bo@elsewhere.example", "nordlys")], ids=["by domain", "chosen"]
)
async def test_somebody_new_at_a_partner_is_added_while_logging(pub: Pub, who: str, company: str) -> None:
    cara = await pub.signed_in("cara")
    answer = await cara.post("/log", LOGGED | {"contact": who, "name": "Bo Example", "company": company})

    async with pub.house.db.read() as conn:
        added = await people.contact_by_email(conn, who)
    assert added is not None
    assert (added.name, added.partner, added.confirmed) == ("Bo Example", "nordlys", True)
    assert answer.headers["location"].startswith("/issues/")


async def test_nobody_is_added_without_a_company(pub: Pub) -> None:
    cara = await pub.signed_in("cara")
    answer = await cara.post("/log", LOGGED | {"contact": "bo@elsewhere.example", "name": "Bo Example"})

    async with pub.house.db.read() as conn:
        assert await people.contact_by_email(conn, "bo@elsewhere.example") is None
    assert (answer.status_code, "give the address and the company" in answer.text) == (422, True)


async def test_a_fault_while_logging_loses_nothing(pub: Pub) -> None:
    cara = await pub.signed_in("cara")
    answer = await cara.post("/log", LOGGED | {"contact": "nobody@example.com"})

    assert answer.status_code == 422
    assert "Our portal login is broken." in answer.text


async def test_a_call_about_a_known_issue_says_whether_we_had_told_them_and_who_owns_it(pub: Pub) -> None:
    """R-12."""
    number = await pub.raised()
    await pub.wished(number, c.Accept())
    vera = await pub.signed_in("vera")
    found = (await vera.get("/called?q=nordl")).text
    answer = await vera.post("/called", {"issue": str(number), "note": "He was angry."})
    page = (await vera.get(answer.headers["location"])).text

    assert "Our MDF claim is not paid." in found
    assert "this was a surprise" in page
    assert "Mia Example owns" in page


async def test_a_call_about_something_new_raises_it_first(pub: Pub) -> None:
    vera = await pub.signed_in("vera")
    answer = await vera.post("/called", LOGGED)
    page = (await vera.get(answer.headers["location"])).text
    kinds = [fact.event.type for fact in pub.announced]

    assert kinds == ["raised", "executive-contacted"]
    assert "Nobody owns" in page


async def test_a_lead_sees_what_was_refused_twice_and_asks_somebody(pub: Pub) -> None:
    number = await pub.raised()
    await pub.raised("Another one.")
    for who in ("mia", "omar"):
        await pub.wished(number, c.OfferIssue(to=who, team="deal_desk", accept_by=NOW + HOUR), "lena")
        await pub.wished(number, c.Decline(reason="no_capacity"), who)
    lena = await pub.signed_in("lena")
    page = (await lena.get("/lead?team=all")).text
    answer = await lena.post("/lead/assign", {"number": str(number), "to": "mia", "team": ""})
    after = (await lena.get("/lead?team=all")).text

    assert re.findall(r'<h2 id="l-(\w+)">[^<]*<a class="count"[^>]*>(\d+)', page)[0] == ("decide", "1")
    assert answer.status_code == 303
    assert "Mia Example?" in after


async def test_asking_somebody_for_an_owned_issue_is_refused_with_the_owners_name(pub: Pub) -> None:
    number = await pub.raised()
    await pub.wished(number, c.Accept(), "omar")
    lena = await pub.signed_in("lena")
    answer = await lena.post("/lead/assign", {"number": str(number), "to": "mia", "team": ""})

    assert answer.status_code == 409
    assert "Omar Example accepted this issue" in answer.text


async def test_a_digest_is_shown_and_its_numbers_open_their_lists(pub: Pub) -> None:
    """R-17."""
    first, second = await pub.raised(), await pub.raised("Another one.")
    ids = (await pub.id_of(first), await pub.id_of(second))
    made = Digest(
        reader="vera",
        audience=Audience.EXECUTIVE,
        day=date(2026, 3, 2),
        since=NOW - DAY,
        made_at=NOW,
        surprises=Figure(ids=ids),
    )
    notice = Notice(key="d", kind=NoticeKind.DIGEST, audience=Audience.EXECUTIVE, recipient="vera", at=NOW)
    await SqlDigestReading(pub.house.db).keep([(made, notice)])
    vera, lena = await pub.signed_in("vera"), await pub.signed_in("lena")
    newest = await vera.get("/digest")
    page = (await vera.get("/digest/2026-03-02")).text
    listed = (await vera.get("/issues?figure=surprises&day=2026-03-02")).text

    assert newest.headers["location"] == "/digest/2026-03-02"
    assert "<b>2</b>surprises" in page
    assert len(re.findall(r'class="number"', listed)) == 2
    assert (await lena.get("/digest/2026-03-02")).status_code == 404


async def test_a_problem_counts_partners_before_cases(pub: Pub) -> None:
    for n in range(3):
        number = await pub.raised(f"Claim {n}.")
        await pub.wished(number, s.LinkProblem(problem="p-1", title=await pub.text("Claims stay pending")))
    mia = await pub.signed_in("mia")
    every = (await mia.get("/problems")).text
    page = (await mia.get("/problems/p-1")).text

    assert "Claims stay pending" in every
    assert "<b>1</b>partner" in page
    assert "<b>3</b>cases" in page


def test_bars_count_each_case_in_its_week() -> None:
    ages = (timedelta(), 6 * DAY, 8 * DAY, 300 * DAY)
    cases = tuple(Case(issue=f"i-{n}", partner="x", raised_at=NOW - age, is_open=True) for n, age in enumerate(ages))
    shown = bars(Problem(id="p", title="t", made_at=NOW, cases=cases), NOW)

    assert [bar.count for bar in shown] == [0] * (WEEKS - 2) + [1, 2]


async def test_an_admin_adds_and_changes_everybody(pub: Pub) -> None:
    ada = await pub.signed_in("ada")
    staff = {"name": "Noor Test", "email": "noor@example.com", "role": "support", "team": "deal_desk", "active": "1"}
    partner = {"name": "Harbour IT", "tier": "gold", "zone": "Europe/Berlin", "channel_manager": "cara"}
    contact = {"name": "Jana Test", "email": "jana@harbour.example", "partner": "harbour-it"}
    answers = [await ada.post(f"/people/{kind}", row) for kind, row in _rows(staff, partner, contact)]
    changed = await ada.post(
        "/people/staff", staff | {"id": "noor-test", "capacity": "3", "away_from": "2026-03-05T09:00"}
    )
    async with pub.house.db.read() as conn:
        noor = (await people.staff(conn, ["noor-test"]))["noor-test"]

    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert changed.status_code == 303
    assert noor.capacity == 3
    assert noor.away_from is not None


def _rows(*rows: dict[str, str]) -> list[tuple[str, dict[str, str]]]:
    return list(zip(("staff", "partner", "contact"), rows, strict=True))


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("staff", {"name": "X", "email": "mia@example.com", "role": "support"}, "an address that nobody has yet"),
        ("staff", {"name": "X", "email": "x@example.com", "role": "king"}, "role: expected one of"),
        ("staff", {"id": "ada", "name": "Ada", "email": "ada@example.com", "role": "support"}, "another admin"),
        ("partner", {"name": "X", "tier": "gold", "zone": "Nowhere/Land"}, "expected a time zone"),
        ("contact", {"name": "X", "email": "not an address"}, "expected an e-mail address"),
    ],
)
async def test_a_fault_on_the_people_page_is_said_and_loses_nothing(
    pub: Pub, kind: str, fields: dict[str, str], said: str
) -> None:
    ada = await pub.signed_in("ada")
    answer = await ada.post(f"/people/{kind}", fields)

    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{fields["name"]}"' in answer.text


async def test_revoking_a_contacts_links_raises_their_version(pub: Pub) -> None:
    ada = await pub.signed_in("ada")
    await ada.post("/people/contact/ida/revoke")
    async with pub.house.db.read() as conn:
        ida = (await people.contacts(conn, ["ida"]))["ida"]

    assert ida.link_version == 2


async def test_an_api_key_is_shown_once_and_can_be_ended(pub: Pub) -> None:
    ada = await pub.signed_in("ada")
    made = (await ada.post("/keys/new", {"name": "Portal", "partner": "nordlys"})).text
    secret = re.findall(r'class="secret">([^<]+)<', made)[0]
    page = (await ada.get("/people")).text
    await ada.post(re.findall(r'action="(/keys/key-[^"]+/revoke)"', page)[0])
    async with pub.house.db.read() as conn:
        after = await api_key_of(conn, secret)

    assert secret not in page
    assert after is None


def test_we_are_blind_when_no_worker_beats_and_say_since_when() -> None:
    silent = blindness([Beat("timers", "w", NOW - HOUR, "")], [], NOW)
    never = blindness([], [], NOW)

    assert "08:00 UTC" in silent[0]
    assert "yet" in never[0]


def test_we_see_everything_while_every_part_beats_and_nothing_is_behind() -> None:
    parts = [Beat(part, "w", NOW, "") for part in ("timers", "publisher", "outbox", "delivery")]
    fresh = Stage("wishes", "Wishes", "", 3, NOW - timedelta(seconds=5))
    old = Stage("wishes", "Wishes", "", 3, NOW - HOUR)

    assert blindness(parts, [fresh], NOW) == ()
    assert blindness(parts, [old], NOW) == ("Wishes are 60 min behind (3 wait).",)
    assert len(blindness(parts[1:], [fresh], NOW)) == 1


async def test_a_banner_on_every_page_says_that_we_are_blind(pub: Pub) -> None:
    mia = await pub.signed_in("mia")
    before = (await mia.get("/board")).text
    pub.clock[0] = NOW + HOUR
    after = [(await mia.get(address)).text for address in ("/board", "/problems", "/operations")]

    assert 'class="blind"' not in before
    assert all('class="blind"' in page for page in after)


async def test_an_admin_replays_a_dead_letter(pub: Pub) -> None:
    number = await pub.raised()
    wish = CommandMessage(id=uuid4(), issue=await pub.id_of(number), at=NOW, by=by("mia"), command=c.Accept())
    letter = DeadLetter("issue-commands", 0, 7, b"k", encode_command(wish), "desk", "a fault, mended since")
    async with pub.house.db.write() as conn:
        await keep(conn, letter, NOW)
    ada = await pub.signed_in("ada")
    page = (await ada.get("/operations")).text
    place = {"topic": "issue-commands", "partition": "0", "offset": "7"}
    answer = await ada.post("/operations/replay", place)
    await pub.settle()
    owned = (await ada.get(f"/issues/{number}")).text

    assert "a fault, mended since" in page
    assert answer.status_code == 303
    assert "<strong>Mia Example</strong> owns it from now on" in owned


async def test_letters_that_left_are_shown_to_leads_but_no_sign_in_letter(pub: Pub) -> None:
    sent = {"audience": "partner", "channel": "email", "body": b"{}", "state": "sent", "at": NOW, "due_at": NOW}
    words = {"sent_at": NOW, "address": "ida@nordlys.example", "text": "Hello <Ida>", "html": "<p>Hello</p>"}
    async with pub.house.db.write() as conn:
        for key, kind, recipient in (("k1", "acknowledged", "ida"), ("k2", "sign_in", "ada")):
            row = {"key": key, "kind": kind, "recipient": recipient, "subject": f"Subject of {key}", "tries": 0}
            await conn.execute(t.notices.insert().values(sent | words | row))
    lena = await pub.signed_in("lena")
    listed = (await lena.get("/outbox")).text
    letter = (await lena.get("/outbox/k1")).text
    dress = await lena.get("/outbox/k1/html")

    assert "Subject of k1" in listed
    assert "Subject of k2" not in listed
    assert "Hello &lt;Ida&gt;" in letter
    assert "sandbox" in dress.headers["content-security-policy"]
    assert (await lena.get("/outbox/k2")).status_code == 404
