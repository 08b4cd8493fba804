"""The five questions: what came in becomes `RaiseWords`, or the same form again with every fault and nothing lost."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from starlette.datastructures import FormData

from issue_stream.intake.words import RaiseWords, all_faults
from issue_stream.web.context import Web
from issue_stream.web.uploads import KeptFile, received
from schemas.errors import BadInput
from schemas.people import Contact, Partner
from schemas.values import FileRef
from schemas.vocabulary import Intake

ANSWERS = ("what", "since", "blocked_deal", "blocked_by", "blocked_amount", "also_tell", "email", "name")


@dataclass(slots=True)
class Filled:
    """A form as it was sent."""

    answers: dict[str, str]
    files: tuple[FileRef, ...] = ()
    kept: tuple[KeptFile, ...] = ()
    faults: list[BadInput] = field(default_factory=list)

    def words(self, contact: Contact, partner: Partner | None, intake: Intake, *, confirmed: bool) -> RaiseWords:
        """The answers as values; faults of reading them are added to `faults`."""
        return RaiseWords(
            what=self.answers["what"],
            contact=contact,
            intake=intake,
            partner=partner,
            since=self._date("since"),
            blocked_deal=self.answers["blocked_deal"],
            blocked_by=self._date("blocked_by"),
            blocked_amount=self._amount(),
            also_tell=tuple(self.answers["also_tell"].replace(",", "\n").replace(";", "\n").split()),
            files=self.files,
            confirmed=confirmed,
        )

    def check(self, words: RaiseWords, today: date) -> bool:
        """Whether everything can be used; every fault is in `faults` otherwise."""
        self.faults += all_faults(words, today)
        return not self.faults

    def _date(self, name: str) -> date | None:
        written = self.answers[name].strip()
        if not written:
            return None
        try:
            return date.fromisoformat(written)
        except ValueError:
            todo = "Choose a day, or write it like 2026-11-26."
            self.faults.append(BadInput(name, expected="a day", found=repr(written[:40]), todo=todo))
            return None

    def _amount(self) -> Decimal | None:
        written = self.answers["blocked_amount"].strip().replace(" ", "").replace("'", "")
        if not written:
            return None
        try:
            return Decimal(written.replace(",", ""))
        except InvalidOperation:
            todo = "Write the amount as a plain number, such as 48000."
            self.faults.append(BadInput("blocked_amount", expected="a number", found=repr(written[:40]), todo=todo))
            return None


def empty() -> Filled:
    """A form that nobody has filled."""
    return Filled(answers=dict.fromkeys(ANSWERS, ""))


async def filled(web: Web, form: FormData) -> Filled:
    """What was sent; files are stored at once, so that no fault makes anybody upload them again."""
    came = await received(web, form)
    answers = {name: text(form, name) for name in ANSWERS}
    return Filled(answers=answers, files=came.files, kept=came.kept, faults=list(came.faults))


def text(form: FormData, name: str) -> str:
    """One text field; empty when it is missing or a file."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""
