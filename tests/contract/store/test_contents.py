"""Texts and files: stored once, never half, never under a stranger's name."""

import asyncio
import hashlib
import resource
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from issue_stream.store import tables as t
from issue_stream.store.contents import Contents
from issue_stream.store.database import Database
from schemas.errors import BadInput, NotFound, Unavailable
from schemas.values import FileRef
from tests.builders import NOW
from tests.contract.store.shelves import count, rows_of

LIMIT = 20_000_000
PDF = "application/pdf"


@pytest.fixture
def contents(db: Database, tmp_path: Path) -> Contents:
    return Contents(db, tmp_path / "files")


async def _chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def _files(contents: Contents) -> list[Path]:
    return [path for path in contents.folder.rglob("*") if path.is_file()]


async def _put(contents: Contents, *parts: bytes, name: str = "offer.pdf", media_type: str = PDF) -> FileRef:
    return await contents.put_file(_chunks(*parts), name, media_type, LIMIT, NOW)


async def test_the_same_words_are_one_text(db: Database, contents: Contents) -> None:
    async with db.write() as conn:
        refs = {await contents.put_text(conn, "Grüße 👋 مرحبا", NOW) for _ in range(2)}
        (ref,) = refs
        found = await contents.texts(conn, [ref, "t-unknown"])

    assert ref == "t-" + hashlib.sha256("Grüße 👋 مرحبا".encode()).hexdigest()
    assert found == {ref: "Grüße 👋 مرحبا"}


async def test_a_text_with_a_nul_is_kept_readable(db: Database, contents: Contents) -> None:
    """PostgreSQL refuses the character, and a paste from a broken program may hold it."""
    async with db.write() as conn:
        ref = await contents.put_text(conn, "before\x00after", NOW)
        found = await contents.texts(conn, [ref])

    assert found == {ref: "before\ufffdafter"}


async def test_an_erased_text_is_missing(db: Database, contents: Contents) -> None:
    async with db.write() as conn:
        ref = await contents.put_text(conn, "please forget me", NOW)
        await conn.execute(t.contents.delete().where(t.contents.c.id == ref))
        found = await contents.texts(conn, [ref])
        nothing = await contents.texts(conn, [])

    assert found == nothing == {}


async def test_a_file_lies_under_its_digest_and_is_known(db: Database, contents: Contents) -> None:
    ref = await _put(contents, b"first ", b"second", name="C:\\offers\\..\\offer.pdf")

    assert ref.content == "f-" + hashlib.sha256(b"first second").hexdigest()
    assert (ref.name, ref.media_type, ref.size) == ("offer.pdf", PDF, 12)
    assert contents.path_of(ref.content).read_bytes() == b"first second"
    (row,) = await rows_of(db, t.contents)
    assert contents.folder / row["path"] == contents.path_of(ref.content)


async def test_the_same_bytes_are_one_file_also_when_they_come_at_once(db: Database, contents: Contents) -> None:
    refs = await asyncio.gather(*(_put(contents, b"same", name=f"{n}.pdf") for n in range(5)))

    assert len({ref.content for ref in refs}) == len(_files(contents)) == await count(db, t.contents) == 1
    assert {ref.name for ref in refs} == {f"{n}.pdf" for n in range(5)}


async def test_a_file_over_the_limit_is_refused_while_it_comes_in(db: Database, contents: Contents) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b"x" * 1_000_000

    with pytest.raises(BadInput, match=r"at most 20 MB, found more than 20 MB\. Send a smaller file"):
        await contents.put_file(endless(), "large.bin", PDF, LIMIT, NOW)

    assert taken == 21
    assert _files(contents) == []
    assert await count(db, t.contents) == 0


async def test_a_file_of_exactly_the_limit_is_taken(contents: Contents) -> None:
    ref = await contents.put_file(_chunks(b"12345"), "five.txt", "text/plain", 5, NOW)

    assert ref.size == 5


async def test_an_upload_that_breaks_off_leaves_nothing(contents: Contents) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield b"the beginning"
        raise BadInput("files", expected="the rest", found="nothing more", todo="Send it again.")

    with pytest.raises(BadInput, match="the rest"):
        await contents.put_file(breaking(), "half.pdf", PDF, LIMIT, NOW)

    assert _files(contents) == []


async def test_a_full_disk_is_unavailable_and_leaves_nothing(db: Database, contents: Contents) -> None:
    """The kernel itself refuses to let a file grow beyond a megabyte here."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    try:
        with pytest.raises(Unavailable, match=r"the folder of files .*its disk is full; free some space"):
            await _put(contents, b"x" * 800_000, b"y" * 800_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert _files(contents) == []
    assert await count(db, t.contents) == 0


async def test_a_folder_that_cannot_be_made_is_unavailable(db: Database, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")

    with pytest.raises(Unavailable, match=r"the folder of files does not answer .*; check the folder"):
        await _put(Contents(db, tmp_path / "taken"), b"x")


async def test_an_empty_file_is_a_file(contents: Contents) -> None:
    ref = await _put(contents)

    assert ref.size == 0
    assert contents.path_of(ref.content).read_bytes() == b""


@pytest.mark.parametrize("claimed", ["text/html; charset=x\r\nX-Evil: 1", "", "html", "a" * 300 + "/b"])
async def test_a_media_type_that_is_none_is_kept_as_plain_bytes(contents: Contents, claimed: str) -> None:
    ref = await _put(contents, b"x", media_type=claimed)

    assert ref.media_type == "application/octet-stream"


@pytest.mark.parametrize("content", ["../../etc/passwd", "t-abc", "f-", "f-" + "G" * 64, ""])
def test_a_path_is_only_made_of_a_digest(tmp_path: Path, content: str) -> None:
    with pytest.raises(NotFound, match="expected the id of a stored file"):
        Contents.path_of(Contents(None, tmp_path), content)  # type: ignore[arg-type]  # a path needs no database
