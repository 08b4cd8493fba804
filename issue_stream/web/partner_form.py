"""The five questions: what came in becomes `RaiseWords`, or the same form again with every fault and nothing lost."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from issue_stream.intake.words import RaiseWords, all_faults
from issue_stream.web.context import Web
from issue_stream.web.security import MEGABYTE
from schemas.commands import MAX_FILES
from schemas.errors import BadInput, NotFound
from schemas.people import Contact, Partner
from schemas.values import FileRef
from schemas.vocabulary import Intake

KEPT_LIVES = timedelta(hours=12)
CHUNK = 256_000
MOST_PARTS = 1000
"""Parts that are read so that too many files can be told apart from an attack; the body's limit holds beside it."""
ANSWERS = ("what", "since", "blocked_deal", "blocked_by", "blocked_amount", "also_tell", "email", "name")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that was uploaded before a fault was found: its name, and a signed token that names it again."""

    name: str
    token: str


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


@asynccontextmanager
async def sent_form(request: Request) -> AsyncIterator[FormData]:
    """The fields of a form; files that came with it are gone when the block ends."""
    async with request.form(max_files=MOST_PARTS, max_fields=MOST_PARTS, max_part_size=MEGABYTE) as form:
        yield form


async def filled(web: Web, form: FormData) -> Filled:
    """What was sent; files are stored at once, so that no fault makes anybody upload them again."""
    came = Filled(answers={name: text(form, name) for name in ANSWERS})
    known = _known(web, form, came)
    uploads = [x for x in form.getlist("files") if isinstance(x, UploadFile) and x.filename]
    if len(known) + len(uploads) > MAX_FILES:
        came.faults.append(_too_many(len(known) + len(uploads)))
        uploads = []
    for upload in uploads:
        await _store(web, upload, came, known)
    came.files = tuple(known)
    came.kept = tuple(KeptFile(file.name, _token(web, file)) for file in known)
    return came


def text(form: FormData, name: str) -> str:
    """One text field; empty when it is missing or a file."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


async def _store(web: Web, upload: UploadFile, came: Filled, known: list[FileRef]) -> None:
    limit = web.house.settings.web.max_file_mb * MEGABYTE
    name, media_type = upload.filename or "file", upload.content_type or ""
    try:
        stored = await web.house.contents.put_file(_chunks(upload), name, media_type, limit, web.house.now())
    except BadInput as fault:
        came.faults.append(BadInput("files", expected=fault.expected, found=fault.found, todo=fault.todo))
    else:
        known.append(stored)


async def _chunks(upload: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await upload.read(CHUNK):
        yield chunk


def _token(web: Web, file: FileRef) -> str:
    return web.links.token("kept-file", [file.content, file.name, file.media_type, file.size])


def _known(web: Web, form: FormData, came: Filled) -> list[FileRef]:
    """Files that were kept from an earlier try, each once."""
    known: dict[str, FileRef] = {}
    for token in form.getlist("kept"):
        try:
            content, name, media_type, size = web.links.read("kept-file", str(token), KEPT_LIVES)
        except NotFound:
            todo = "Attach the file again."
            came.faults.append(BadInput("files", expected="a file that was kept today", found="another", todo=todo))
            break
        known[str(token)] = FileRef(content=content, name=name, media_type=media_type, size=size)
    return list(known.values())


def _too_many(count: int) -> BadInput:
    todo = "Attach the most important ones; the others can be added as comments, or put into one archive."
    return BadInput("files", expected=f"at most {MAX_FILES} files", found=str(count), todo=todo)
