"""Files that come with a form, of partners and of staff: stored at once, and named again by the page that follows.

In: a form. Out: `FileRef`s, signed tokens that stand for them in the next form, and every fault. A fault elsewhere in
the form never makes anybody upload a file again.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from issue_stream.web.context import Web
from issue_stream.web.security import MEGABYTE
from schemas.commands import MAX_FILES
from schemas.errors import BadInput, NotFound
from schemas.values import FileRef

KEPT_LIVES = timedelta(hours=12)
CHUNK = 256_000
MOST_PARTS = 1000
"""Parts that are read so that too many files can be told apart from an attack; the body's limit holds beside it."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that was uploaded before a fault was found: its name, and a signed token that names it again."""

    name: str
    token: str


@dataclass(frozen=True, slots=True)
class Received:
    """The files of a form, and what was wrong with others."""

    files: tuple[FileRef, ...] = ()
    kept: tuple[KeptFile, ...] = ()
    faults: tuple[BadInput, ...] = ()


@asynccontextmanager
async def sent_form(request: Request) -> AsyncIterator[FormData]:
    """The fields of a form; files that came with it are gone when the block ends."""
    async with request.form(max_files=MOST_PARTS, max_fields=MOST_PARTS, max_part_size=MEGABYTE) as form:
        yield form


async def received(web: Web, form: FormData) -> Received:
    """The files that came with this form or were kept from an earlier try."""
    faults: list[BadInput] = []
    known = _known(web, form, faults)
    uploads = [x for x in form.getlist("files") if isinstance(x, UploadFile) and x.filename]
    if len(known) + len(uploads) > MAX_FILES:
        faults.append(_too_many(len(known) + len(uploads)))
        uploads = []
    for upload in uploads:
        await _store(web, upload, faults, known)
    kept = tuple(KeptFile(file.name, _token(web, file)) for file in known)
    return Received(tuple(known), kept, tuple(faults))


async def _store(web: Web, upload: UploadFile, faults: list[BadInput], known: list[FileRef]) -> None:
    limit = web.house.settings.web.max_file_mb * MEGABYTE
    name, media_type = upload.filename or "file", upload.content_type or ""
    try:
        stored = await web.house.contents.put_file(_chunks(upload), name, media_type, limit, web.house.now())
    except BadInput as fault:
        faults.append(BadInput("files", expected=fault.expected, found=fault.found, todo=fault.todo))
    else:
        known.append(stored)


async def _chunks(upload: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await upload.read(CHUNK):
        yield chunk


def _token(web: Web, file: FileRef) -> str:
    return web.links.token("kept-file", [file.content, file.name, file.media_type, file.size])


def _known(web: Web, form: FormData, faults: list[BadInput]) -> list[FileRef]:
    """Files that were kept from an earlier try, each once."""
    known: dict[str, FileRef] = {}
    for token in form.getlist("kept"):
        try:
            content, name, media_type, size = web.links.read("kept-file", str(token), KEPT_LIVES)
        except NotFound:
            todo = "Attach the file again."
            faults.append(BadInput("files", expected="a file that was kept today", found="another", todo=todo))
            break
        known[str(token)] = FileRef(content=content, name=name, media_type=media_type, size=size)
    return list(known.values())


def _too_many(count: int) -> BadInput:
    todo = "Attach the most important ones; the others can be added as comments, or put into one archive."
    return BadInput("files", expected=f"at most {MAX_FILES} files", found=str(count), todo=todo)
