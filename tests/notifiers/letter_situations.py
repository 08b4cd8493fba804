"""Letters that tests look at: an issue in a situation, the notice of a fact, and the facts its words are made from."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from agents.digest import notice_of
from agents.inform import Known, decide
from notifiers.render import make_render
from schemas.digest import Asked, Digest, DigestLine, Figure, Growing, Step
from schemas.envelope import EventMessage
from schemas.events import Event, Raised
from schemas.evolve import evolve
from schemas.issue import Issue
from schemas.letter import Letter, LetterFacts, Reader
from schemas.notices import Notice, NoticeKind
from schemas.people import Contact, Directory, Partner
from schemas.values import Because, Blocked, Offer
from schemas.vocabulary import Audience, State
from tests.builders import DAY, HOUR, NOW, STAFF, fact, policy_book, raised_event

PARTNER = Partner(
    id="nordlys", name="Nordlys Data", tier="gold", zone="Europe/Oslo", channel_manager="cara", region="north"
)
CONTACT = Contact(id="ida", partner="nordlys", name="Ida Example", email="ida@example.com", zone="Europe/Oslo")
DIRECTORY = Directory(people={p.id: p for p in STAFF})
POLICY = policy_book().current
TEXTS = {
    "t-summary": "Deal registration rejected, quote due Friday",
    "t-what": "The portal rejects our registration.\nIt says: duplicate.",
    "t-deal": "Fjord Hospital renewal",
    "t-reply": "I have asked the deal desk to look at it.\n\nYou get their answer today.",
    "t-reason": "The finance team checks the duplicate.",
    "t-fixed": "The duplicate is removed; please register again.",
    "t-why": "Two partners may not register the same deal.",
    "t-instead": "Register it together with Alpine Systems.",
    "t-comment": "Any news? The customer asks twice a day.",
    "t-title": "Portal rejects registrations as duplicates",
}


class PlainLinks:
    """Addresses without signatures, so that a golden letter stays the same."""

    def status(self, issue: str, contact: Contact) -> str:
        return f"https://issues.example.com/s/{issue}/{contact.id}"

    def form(self, contact: Contact) -> str:
        return f"https://issues.example.com/f/{contact.id}"

    def confirm(self, issue: str, contact: Contact) -> str:
        return f"https://issues.example.com/c/{issue}/{contact.id}"

    def staff_issue(self, number: int) -> str:
        return f"https://issues.example.com/issues/{number}"

    def sign_in(self, token: str) -> str:
        return f"https://issues.example.com/sign-in/{token}"

    def board(self) -> str:
        return "https://issues.example.com/board"

    def digest(self, day: date) -> str:
        return f"https://issues.example.com/digest/{day.isoformat()}"


RENDER = make_render(PlainLinks(), "issues.example.com")


def raised(**more: object) -> Raised:
    """A big deal of a gold partner, blocked."""
    blocked = Blocked(deal="t-deal", by=date(2026, 3, 6), amount=Decimal(48_500), currency="EUR")
    return raised_event(**({"number": 1042, "blocked": blocked} | more))


def history(*events: tuple[Event, str]) -> list[tuple[EventMessage, Issue]]:
    """Each event, an hour after the one before, with the issue after it."""
    issue: Issue | None = None
    steps = []
    for version, (event, who) in enumerate(events, start=1):
        message = fact(event, version, at=NOW + (version - 1) * HOUR, who=who, issue="issue-1")
        issue = evolve(issue, message)
        steps.append((message, issue))
    return steps


def told(steps: Sequence[tuple[EventMessage, Issue]], *, because: str = "") -> tuple[Notice, ...]:
    """The notices of the last event."""
    message, issue = steps[-1]
    if because:
        message = message.model_copy(update={"because": Because(rule="r", sentence=because)})
    return decide(message, issue, Known(PARTNER, DIRECTORY, POLICY))


def letter(notice: Notice | Sequence[Notice], issue: Issue | None, *, texts: dict[str, str] | None = None) -> Letter:
    """The letter of these notices to their recipient."""
    notices = [notice] if isinstance(notice, Notice) else list(notice)
    facts = facts_for(notices[0], issue)
    if texts is not None:
        facts = LetterFacts(facts.reader, facts.policy, facts.now, facts.issue, facts.partner, texts, facts.digest)
    return RENDER(notices, facts)


def facts_for(notice: Notice, issue: Issue | None, digest: Digest | None = None) -> LetterFacts:
    """What a letter to this notice's recipient may be made from."""
    return LetterFacts(
        reader=reader_of(notice),
        policy=POLICY,
        now=NOW,
        issue=issue,
        partner=PARTNER if issue else None,
        texts=TEXTS,
        digest=digest,
    )


def reader_of(notice: Notice) -> Reader:
    """The contact, or a member of staff in Berlin."""
    if notice.audience is Audience.PARTNER:
        return Reader(CONTACT.id, CONTACT.name, CONTACT.email, "Europe/Oslo", CONTACT)
    person = DIRECTORY.people[notice.recipient]
    return Reader(person.id, person.name, person.email, "Europe/Berlin")


def of_kind(notices: Sequence[Notice], kind: NoticeKind) -> Notice:
    """The first notice of a kind."""
    return next(notice for notice in notices if notice.kind is kind)


def offer_to(who: str, made_at: datetime = NOW) -> Offer:
    """An offer with its reasons."""
    return Offer(
        to=who,
        to_name=DIRECTORY.people[who].name,
        team="deal_desk",
        made_at=made_at,
        accept_by=made_at + HOUR,
        why_you="you know deal registration and have room for 4 more",
        first_step="Ask the portal's log why it was rejected.",
        done_means="The partner can register the deal.",
    )


def busy_digest() -> Digest:
    """A morning with something in every number."""
    line = DigestLine(
        issue="issue-1",
        number=1042,
        partner="nordlys",
        partner_name="Nordlys Data",
        summary="t-summary",
        since=NOW - DAY,
        state=State.ACCEPTED,
        blocked_amount=Decimal(48_500),
        blocked_by=date(2026, 3, 6),
        owner_name="Mia Example",
        step=Step.UPDATE,
        step_at=NOW + 4 * HOUR,
        asked=Asked.NOTHING,
    )
    unowned = line.model_copy(
        update={
            "issue": "issue-2",
            "number": 1043,
            "partner_name": "Alpine Systems",
            "state": State.OFFERED,
            "escalated": True,
            "blocked_amount": None,
            "blocked_by": None,
            "owner_name": "",
            "step": Step.DECIDE,
            "asked": Asked.NAME_OWNER,
        }
    )
    return quiet_digest().model_copy(
        update={
            "surprises": Figure(ids=("issue-2",)),
            "may_call": Figure(ids=("issue-1", "issue-2", "issue-3")),
            "broken": Figure(ids=("issue-3",)),
            "growing": Figure(ids=("problem-1",)),
            "problems": (Growing(problem="problem-1", title="t-title", issues=("a", "b", "c", "d", "e"), partners=3),),
            "lines": (line, unowned),
        }
    )


def quiet_digest() -> Digest:
    """A morning on which nothing needs anybody."""
    return Digest(
        reader="vera",
        audience=Audience.EXECUTIVE,
        day=date(2026, 3, 2),
        since=NOW - DAY,
        made_at=NOW - timedelta(hours=3),
        resolved_early=Figure(ids=("issue-7", "issue-8")),
        answered=85,
        accepted=84,
        open_issues=41,
        owned_issues=41,
    )


def digest_letter(digest: Digest) -> Letter:
    """The digest as its reader gets it."""
    notice = notice_of(digest)
    return RENDER([notice], facts_for(notice, None, digest))
