"""The first choice of a new house: the small sample company, or an empty start with one admin.

Everything that becomes an issue goes through the Door, at honest times (now). Twice changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import select

from issue_stream.intake.door import Door, Receipt
from issue_stream.intake.words import RaiseWords, is_address
from issue_stream.sample.company import Company, Deed, Tale, sample_company
from issue_stream.sample.install import count_staff, install
from issue_stream.store import tables as t
from issue_stream.store.database import Database
from schemas import commands as c
from schemas.commands import Command
from schemas.errors import BadInput
from schemas.people import Person
from schemas.ports import Now
from schemas.values import Actor, Instant
from schemas.vocabulary import ActorKind, Intake, Role, WaitingFor

_LOOK_AGAIN = timedelta(days=2)
"""When a sample issue that waits for its partner is looked at again."""

_DEEDS: dict[str, Callable[[str, Instant], Command]] = {
    "accept": lambda _text, _now: c.Accept(),
    "reply": lambda text, _now: c.ReplyToPartner(text=text),
    "note": lambda text, _now: c.AddNote(text=text),
    "wait": lambda text, now: c.Wait(on=WaitingFor.PARTNER, reason=text, review_at=now + _LOOK_AGAIN),
    "resolve": lambda text, _now: c.Resolve(text=text),
}
"""A deed with the content id of its text, as a wish."""


@dataclass(frozen=True, slots=True)
class SetUp:
    """Fills a store that nobody has filled."""

    db: Database
    door: Door
    now: Now

    async def is_fresh(self) -> bool:
        """Whether nobody works here yet."""
        return not await count_staff(self.db)

    async def empty(self, admin_name: str, admin_email: str) -> Person:
        """One admin, who adds everybody else; raises BadInput."""
        admin = _admin(admin_name.strip(), admin_email.strip().lower())
        await install(self.db, Company(staff=(admin,), partners=(), contacts=()))
        return admin

    async def sample(self) -> int:
        """The sample company and its issues; how many issues were raised now."""
        company = sample_company()
        await install(self.db, company)
        raised = 0
        for number, tale in enumerate(company.issues):
            command = uuid5(NAMESPACE_URL, f"issue-stream:sample:{number}")
            if not await self._is_raised(command):
                await self._tell(company, tale, command)
                raised += 1
        return raised

    async def _is_raised(self, command: UUID) -> bool:
        held, answered = t.waiting_commands.c.id, t.commands.c.id
        async with self.db.read() as conn:
            rows = await conn.execute(
                select(held).where(held == command).union(select(answered).where(answered == command))
            )
            return rows.first() is not None

    async def _tell(self, company: Company, tale: Tale, command: UUID) -> None:
        contact = next(x for x in company.contacts if x.id == tale.contact)
        by = Actor(kind=ActorKind.PARTNER, id=contact.id, name=contact.name)
        words = _words(company, tale, self.now().date())
        receipt = await self.door.raise_issue(words, by, command)
        for step, deed in enumerate(tale.then):
            await self._do(company, deed, receipt, uuid5(command, str(step)))

    async def _do(self, company: Company, deed: Deed, receipt: Receipt, command: UUID) -> None:
        person = next(x for x in company.staff if x.id == deed.by)
        by = Actor(kind=ActorKind.STAFF, id=person.id, name=person.name)
        text = await self.door.text(deed.text) if deed.text else ""
        await self.door.wish(receipt.issue, _DEEDS[deed.do](text, self.now()), by, command_id=command)


def _words(company: Company, tale: Tale, today: date) -> RaiseWords:
    contact = next(x for x in company.contacts if x.id == tale.contact)
    return RaiseWords(
        what=tale.what,
        contact=contact,
        intake=Intake.FORM,
        partner=next(x for x in company.partners if x.id == contact.partner),
        since=None if tale.days_since is None else today - timedelta(days=tale.days_since),
        blocked_deal=tale.deal,
        blocked_by=None if tale.days_until is None else today + timedelta(days=tale.days_until),
        blocked_amount=tale.amount,
    )


def _admin(name: str, email: str) -> Person:
    if not name:
        raise BadInput("name", expected="your name", found="nothing", todo="Write the name your colleagues know.")
    if not is_address(email):
        todo = "Write it like name@example.com; the sign-in link is sent there."
        raise BadInput("email", expected="an e-mail address", found=email[:80] or "nothing", todo=todo)
    return Person(
        id=f"s-{uuid5(NAMESPACE_URL, f'mailto:{email}').hex[:12]}", name=name[:120], email=email, role=Role.ADMIN
    )
