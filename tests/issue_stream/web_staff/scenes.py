"""A lived-in morning for the staff pages, and every kind of page with something on it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from issue_stream.intake.words import RaiseWords
from issue_stream.store import tables as t
from issue_stream.store.access import make_api_key, make_sign_in_link
from issue_stream.store.heartbeats import beat
from issue_stream.store.pages_digest import SqlDigestReading
from schemas import commands as c
from schemas import side_commands as s
from schemas.digest import Asked, Digest, DigestLine, Figure, Growing, Step
from schemas.notices import Notice, NoticeKind
from schemas.people import Contact
from schemas.values import Alike, Because
from schemas.vocabulary import Audience, Intake, Priority, State, WaitingFor
from tests.builders import DAY, HOUR, NOW, by
from tests.issue_stream.web_staff.conftest import IDA, NORDLYS, Pub

TROUBLES = (
    "Our MDF claim 77 for the spring campaign has been pending for six weeks and nobody answers. We paid the agency.",
    "Portal login fails for all of our sellers since Monday",
    "Deal registration DR-2291 was rejected though we registered first, the customer signs on Friday",
    "The price list for the public sector is out of date",
    "Certification exams are not counted towards our tier",
    "The credit note of January is missing: ERR-4711/registration_conflict_with_existing_opportunity_0000000000000",
    "Demo licences expired in the middle of a trial",
    "הפורטל לא נפתח. We cannot reach our channel manager",
)
WHY = Because(
    rule="category by words",
    sentence="It reads like earlier incentive issues: claim, pending, paid.",
    inputs={"likeness": 0.71, "bar": 0.45, "words": "claim, pending, paid"},
    otherwise="Below 0.45 a person of the front desk would have been asked.",
)


@dataclass
class Morning:
    """A house where much goes on."""

    pub: Pub
    numbers: list[int]

    async def wished(self, at: int, command: c.Command, who: str = "mia", because: Because | None = None) -> None:
        await self.pub.wished(self.numbers[at], command, who, because)

    async def id_of(self, at: int) -> str:
        return await self.pub.id_of(self.numbers[at])


async def lively(pub: Pub) -> Morning:
    """Eight issues in every state, a recurring problem, letters, a digest, a dead letter."""
    morning = Morning(pub, [])
    for n, what in enumerate(TROUBLES):
        words = RaiseWords(what=what, contact=IDA, partner=NORDLYS, intake=Intake.FORM)
        if n % 3 == 0:
            words = replace(words, blocked_amount=Decimal(64000), blocked_deal="Harbour renewal")
        receipt = await pub.house.door.raise_issue(words, by("partner").model_copy(update={"id": "ida"}))
        morning.numbers.append(receipt.number)
        await pub.settle()
        pub.clock[0] += timedelta(minutes=11)
    await _much_happened(morning)
    await _others(morning)
    await _stranger(pub)
    pub.clock[0] = NOW + 5 * HOUR
    await _behind(morning)
    return morning


async def _much_happened(morning: Morning) -> None:
    text = morning.pub.text
    await morning.wished(0, c.Triage(category="incentives", priority="high"), "classify", WHY)
    offer = c.OfferIssue(
        to="mia",
        team="deal_desk",
        accept_by=NOW + 4 * HOUR,
        why_you="You know incentives and have 3 of 12 issues.",
        first_step="Look the claim up in the claims system.",
        done_means="The partner has the money or a date for it.",
    )
    await morning.wished(0, offer, "assign", WHY)
    await morning.wished(0, c.Accept())
    await morning.wished(0, c.AddNote(text=await text("Finance says that the tax number on the claim was wrong.")))
    reply = await text("We found your claim. A number kept it from being paid.\n\nYou need do nothing.")
    await morning.wished(0, c.ReplyToPartner(text=reply, next_update_at=NOW + 6 * HOUR))
    await morning.wished(0, s.MakePromise(promise="p1", what=await text("The money is sent"), due_at=NOW + 2 * DAY))
    await morning.wished(0, s.Escalate(tell=("vera", "lena"), reason=await text("Their CFO may call today.")))
    alike = s.SuggestAlike(alike=(Alike(issue=await morning.id_of(5), score=0.62),))
    await morning.wished(0, alike, "detect_recurrence", WHY)


async def _others(morning: Morning) -> None:
    text = morning.pub.text
    await morning.wished(1, c.Accept())
    await morning.wished(1, c.ReplyToPartner(text=await text("We look."), next_update_at=NOW + 9 * HOUR))
    await morning.wished(2, c.OfferIssue(to="mia", team="deal_desk", accept_by=NOW + 3 * HOUR), "lena")
    await morning.wished(3, c.Accept())
    reason = await text("We need the part numbers.")
    await morning.wished(3, c.Wait(on=WaitingFor.PARTNER, reason=reason, review_at=NOW + 3 * DAY))
    await morning.wished(4, c.Accept())
    await morning.wished(4, c.ReplyToPartner(text=await text("We count them."), next_update_at=NOW + 6 * DAY))
    await morning.wished(4, s.MakePromise(promise="p2", due_at=NOW + 7 * HOUR))
    title = await text("Claims and credit notes stay pending")
    await morning.wished(5, s.LinkProblem(problem="p-1", title=title))
    asked = c.AskForTriage(
        team="front_desk", suggested=("incentives", "deal_registration"), sure=0.3, priority=Priority.NORMAL
    )
    await morning.wished(6, asked, "classify")
    await morning.wished(7, c.Close(reason="withdrawn"), "lena")


async def _stranger(pub: Pub) -> None:
    stranger = Contact(id="stranger", partner=None, name="Sam Stranger", email="sam@stranger.example")
    words = RaiseWords(what="Who is my contact?", contact=stranger, intake=Intake.PUBLIC_FORM, confirmed=False)
    await pub.house.door.raise_issue(words, by("partner"))
    await pub.settle()


async def _behind(morning: Morning) -> None:
    """A digest, letters that left and one that cannot, a dead letter, a key, heartbeats."""
    pub = morning.pub
    now = pub.house.now()
    await SqlDigestReading(pub.house.db).keep([(await _digest(morning), _notice("vera", NoticeKind.DIGEST))])
    letter = {"audience": "partner", "channel": "email", "body": b"{}", "at": now, "due_at": now}
    left = {"state": "sent", "sent_at": now, "address": IDA.email, "text": "We have it.", "html": "<p>We have it.</p>"}
    failed = {"state": "failed", "failure": "550 no such mailbox", "tries": 1}
    dead = {"topic": "issue-commands", "partition": 0, "offset": 7, "agent": "desk", "value": b'{"type": "nonsense"}'}
    async with pub.house.db.write() as conn:
        for part in ("timers", "publisher", "outbox", "delivery"):
            await beat(conn, part, "here", now)
        first = letter | left | {"key": "k1", "kind": "acknowledged", "recipient": "ida", "subject": "We have it"}
        await conn.execute(t.notices.insert().values(first))
        await conn.execute(
            t.notices.insert().values(letter | failed | {"key": "k2", "kind": "replied", "recipient": "ida"})
        )
        await conn.execute(t.dead_letters.insert().values(dead | {"reason": "of an unknown type", "at": now}))
        await make_api_key(conn, "The partner portal", "nordlys", now)


def _notice(who: str, kind: NoticeKind) -> Notice:
    return Notice(key=f"d-{who}", kind=kind, audience=Audience.EXECUTIVE, recipient=who, at=NOW)


async def _digest(morning: Morning) -> Digest:
    pub = morning.pub
    ids = tuple([await morning.id_of(at) for at in (0, 1)])
    line = DigestLine(
        issue=ids[0],
        number=morning.numbers[0],
        partner="nordlys",
        partner_name="Nordlys Travel",
        summary=await pub.text("Our MDF claim 77 for the spring campaign has been pending for six weeks"),
        since=NOW,
        state=State.ACCEPTED,
        escalated=True,
        blocked_amount=Decimal(64000),
        owner_name="Mia Example",
        step=Step.UPDATE,
        step_at=NOW + 6 * HOUR,
        asked=Asked.CALL_FIRST,
    )
    title = await pub.text("Claims and credit notes stay pending")
    grown = Growing(problem="p-1", title=title, issues=(await morning.id_of(5),), partners=1)
    return Digest(
        reader="vera",
        audience=Audience.EXECUTIVE,
        day=date(2026, 3, 2),
        since=NOW - DAY,
        made_at=NOW,
        surprises=Figure(ids=ids[:1]),
        may_call=Figure(ids=ids),
        growing=Figure(ids=("p-1",)),
        problems=(grown,),
        lines=(line,),
        open_issues=8,
        owned_issues=4,
    )


async def every_page(morning: Morning) -> dict[str, tuple[str, str]]:
    """Name of a page → who looks at it ("": nobody signed in) and its path."""
    pub, first = morning.pub, morning.numbers[0]
    async with pub.house.db.write() as conn:
        link = await make_sign_in_link(conn, "mia", pub.house.now())
    return {
        "sign_in": ("", "/sign-in"),
        "sign_in_button": ("", f"/sign-in/{link}"),
        "sign_in_letters": ("", "/outbox/sign-in"),
        "board": ("mia", "/board"),
        "board_all": ("ada", "/board"),
        "board_quiet": ("omar", "/board"),
        "issues": ("mia", "/issues?closed=1"),
        "issues_none": ("mia", "/issues?q=zzz"),
        "unconfirmed": ("mia", "/issues?unconfirmed=1"),
        "issue": ("mia", f"/issues/{first}"),
        "issue_done": ("mia", f"/issues/{first}?done=note"),
        "issue_watched": ("cara", f"/issues/{first}"),
        "issue_offered": ("mia", f"/issues/{morning.numbers[2]}"),
        "issue_triage": ("mia", f"/issues/{morning.numbers[6]}"),
        "issue_over": ("lena", f"/issues/{morning.numbers[7]}"),
        "why": ("mia", f"/issues/{first}/why/2"),
        "log": ("cara", "/log"),
        "called": ("vera", "/called?q=nord"),
        "called_answer": ("vera", f"/called/{first}"),
        "lead": ("lena", "/lead?team=all"),
        "lead_list": ("lena", "/lead?team=all&list=unoffered"),
        "digest": ("vera", "/digest/2026-03-02"),
        "digest_none": ("mia", "/digest"),
        "problems": ("mia", "/problems"),
        "problem": ("mia", "/problems/p-1"),
        "people": ("ada", "/people"),
        "people_change": ("ada", "/people/staff/mia"),
        "operations": ("ada", "/operations"),
        "outbox": ("lena", "/outbox"),
        "letter": ("lena", "/outbox/k1"),
        "sessions": ("mia", "/sessions"),
        "not_for_you": ("mia", "/people"),
        "nothing_here": ("mia", "/issues/4711"),
    }
