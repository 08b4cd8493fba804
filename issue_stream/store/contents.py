"""Texts and files, stored once under an id made from what they are; messages carry the ids (claim check).

In: words, or the chunks of a file as they arrive. Out: `TextRef` and `FileRef`. A file is never held in memory, never
stored under a name that somebody else chose, and never left half written.
"""

import asyncio
import errno
import hashlib
import os
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.store import tables as t
from issue_stream.store.database import Database
from issue_stream.store.intake import keep_texts, text_ref
from issue_stream.store.safe_name import safe_name
from issue_stream.store.upsert import insert_missing
from schemas.errors import BadInput, NotFound, Unavailable
from schemas.values import FileRef, Instant, TextRef

MEGABYTE = 1_000_000
UNKNOWN_TYPE = "application/octet-stream"

_c = t.contents.c
_TEXTS = select(_c.id, _c.text).where(_c.id.in_(bindparam("ids", expanding=True)), _c.text.is_not(None))
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][\w.+-]{0,60}/[A-Za-z0-9][\w.+-]{0,57}")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class Contents:
    """Texts in the database, files under `folder`."""

    db: Database
    folder: Path

    async def put_text(self, conn: AsyncConnection, words: str, now: Instant) -> TextRef:
        """The content id under which these words are now kept; the same words always have the same id."""
        await keep_texts(conn, [words], now)
        return text_ref(words)

    async def put_file(
        self, chunks: AsyncIterator[bytes], name: str, media_type: str, limit_bytes: int, now: Instant
    ) -> FileRef:
        """The file, durable on disk and known to the database.

        Raises BadInput as soon as more than `limit_bytes` came in, Unavailable when the disk is full or away; then
        nothing of it is left. The same bytes twice are one file.
        """
        part = self.folder / "incoming" / uuid4().hex
        with _writing(part) as file:
            digest, size = await _receive(chunks, file, limit_bytes)
            content = f"f-{digest}"
            await asyncio.to_thread(_settle, file, part, self.path_of(content))
        media_type = media_type if _MEDIA_TYPE.fullmatch(media_type) else UNKNOWN_TYPE
        await self._remember(content, media_type, size, now)
        return FileRef(content=content, name=safe_name(name), media_type=media_type, size=size)

    async def texts(self, conn: AsyncConnection, refs: Sequence[str]) -> dict[str, str]:
        """The texts behind content ids; erased or unknown ones are missing."""
        return await read_texts(conn, refs)

    def path_of(self, content: str) -> Path:
        """Where the file of a content id lies, in 256 folders; raises NotFound for what is no file's id."""
        digest = content.removeprefix("f-")
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            raise NotFound(f"expected the id of a stored file, found {content[:80]!r}")
        return self.folder / digest[:2] / content

    async def _remember(self, content: str, media_type: str, size: int, now: Instant) -> None:
        path = str(self.path_of(content).relative_to(self.folder))
        row = {"id": content, "media_type": media_type, "size": size, "path": path, "at": now}
        async with self.db.write(durable=True) as conn:
            await conn.execute(insert_missing(conn.dialect.name, t.contents).values(row))


async def read_texts(conn: AsyncConnection, refs: Sequence[str]) -> dict[str, str]:
    """The texts behind content ids; erased or unknown ones are missing."""
    if not refs:
        return {}
    rows = await conn.execute(_TEXTS, {"ids": list(set(refs))})
    return {row.id: row.text for row in rows}


@contextmanager
def _writing(part: Path) -> Iterator[BinaryIO]:
    """A new file to write to, gone at the end unless it was renamed; a disk that does not take it is Unavailable."""
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        with part.open("xb") as file:
            try:
                yield file
            finally:
                part.unlink(missing_ok=True)
    except OSError as exc:
        cause = "its disk is full; free some space" if exc.errno in _FULL else f"{exc.strerror}; check the folder"
        raise Unavailable("the folder of files", cause) from exc


async def _receive(chunks: AsyncIterator[bytes], file: BinaryIO, limit_bytes: int) -> tuple[str, int]:
    """Digest and size of what came in and was written."""
    digest, size = hashlib.sha256(), 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit_bytes:
            raise _too_large(limit_bytes)
        digest.update(chunk)
        await asyncio.to_thread(file.write, chunk)
    return digest.hexdigest(), size


def _too_large(limit_bytes: int) -> BadInput:
    limit = f"{limit_bytes / MEGABYTE:g} MB"
    todo = "Send a smaller file, or several parts of it."
    return BadInput("files", expected=f"a file of at most {limit}", found=f"more than {limit}", todo=todo)


def _settle(file: BinaryIO, part: Path, place: Path) -> None:
    """Make the file durable under its own name: bytes first, then the name, then the folder that holds the name."""
    file.flush()
    os.fsync(file.fileno())
    place.parent.mkdir(parents=True, exist_ok=True)
    part.replace(place)
    for folder in (place.parent, place.parent.parent):
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
