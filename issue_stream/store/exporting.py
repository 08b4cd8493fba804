"""Everything of one partner, or everything, as JSON lines in one zip: issues, events, texts, files, people.

In: a snapshot and a path. Out: the file, whole or not at all, with a manifest of counts. It streams: memory grows with
one chunk and the ids of the texts. It never writes to the store.
"""

import re
import shutil
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import orjson
from sqlalchemy import ColumnElement, RowMapping, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.store import tables as t
from issue_stream.store.database import Database
from schemas.values import Instant

FORMAT = "issue-stream.export.v1"
CHUNK = 500
"""Rows a query reads, and ids it names."""

_REF = re.compile(rb'"((?:t|f)-[0-9a-f]{64})"')

Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is exported: one partner's, or everything when `partner` is None."""

    out: Path
    now: Instant
    partner: str | None = None
    files: Path | None = None
    progress: Progress = lambda _name, _seen: None


@dataclass(slots=True)
class _Export:
    conn: AsyncConnection
    zip: ZipFile
    wanted: Wanted
    counts: dict[str, int] = field(default_factory=dict)
    refs: set[str] = field(default_factory=set)
    missing_files: list[str] = field(default_factory=list)

    async def lines(self, name: str, rows: AsyncIterator[Sequence[dict[str, Any]]]) -> None:
        """One file of JSON lines."""
        count = 0
        with self.zip.open(f"{name}.jsonl", "w", force_zip64=True) as file:
            async for chunk in rows:
                for row in chunk:
                    file.write(orjson.dumps(row, default=str) + b"\n")
                count += len(chunk)
                self.wanted.progress(name, count)
        self.counts[name] = count


async def export(db: Database, wanted: Wanted) -> dict[str, int]:
    """Write the file and give its counts; an error leaves no file behind."""
    unfinished = wanted.out.with_name(wanted.out.name + ".part")
    try:
        async with db.snapshot() as conn:
            with ZipFile(unfinished, "w", ZIP_DEFLATED) as made:
                counts = await _fill(_Export(conn, made, wanted))
        unfinished.replace(wanted.out)
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()
    return counts


async def _fill(out: _Export) -> dict[str, int]:
    partner = out.wanted.partner
    i = t.issues.c
    mine = [] if partner is None else [i.partner_id == partner]
    await out.lines("issues", _issues(out, mine))
    await out.lines("events", _events(out, mine))
    await out.lines("partners", _chunks(out.conn, t.partners, [] if partner is None else [t.partners.c.id == partner]))
    of_partner = [] if partner is None else [t.contacts.c.partner_id == partner]
    await out.lines("contacts", _chunks(out.conn, t.contacts, of_partner))
    if partner is None:
        await out.lines("staff", _chunks(out.conn, t.staff, []))
        await out.lines("problems", _chunks(out.conn, t.problems, []))
        await out.lines("policies", _chunks(out.conn, t.policies, [], key="version"))
    files = await _texts(out)
    _copy_files(out, files)
    manifest = {
        "format": FORMAT,
        "made_at": out.wanted.now,
        "partner": partner,
        "counts": out.counts,
        "missing_files": out.missing_files,
    }
    out.zip.writestr("manifest.json", orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    return out.counts


async def _issues(out: _Export, mine: list[ColumnElement[bool]]) -> AsyncIterator[list[dict[str, Any]]]:
    async for chunk in _chunks(out.conn, t.issues, mine):
        bodies = [row["body"] for row in chunk]
        out.refs |= _refs(bodies)
        yield [orjson.loads(body) for body in bodies]


async def _events(out: _Export, mine: list[ColumnElement[bool]]) -> AsyncIterator[list[dict[str, Any]]]:
    """Events of the issues, a chunk of issues at a time, in their order."""
    e = t.events.c
    async for issues in _chunks(out.conn, t.issues, mine):
        ids = [row["id"] for row in issues]
        ordered = select(e.body).where(e.issue_id.in_(ids)).order_by(e.issue_id, e.version)
        bodies = list((await out.conn.execute(ordered)).scalars())
        out.refs |= _refs(bodies)
        yield [orjson.loads(body) for body in bodies]


def _refs(bodies: Iterable[bytes]) -> set[str]:
    return {ref.decode() for body in bodies for ref in _REF.findall(body)}


async def _texts(out: _Export) -> list[tuple[str, str]]:
    """Texts into `texts.jsonl`; gives (id, path) of the files."""
    files: list[tuple[str, str]] = []

    async def chunks() -> AsyncIterator[list[dict[str, Any]]]:
        async for rows in _contents(out):
            files.extend((row["id"], row["path"]) for row in rows if row["path"])
            yield [{"id": row["id"], "at": row["at"], "text": row["text"]} for row in rows if row["text"] is not None]

    await out.lines("texts", chunks())
    return files


async def _contents(out: _Export) -> AsyncIterator[Sequence[dict[str, Any]]]:
    if out.wanted.partner is None:
        async for chunk in _chunks(out.conn, t.contents, []):
            yield chunk
        return
    ids = sorted(out.refs)
    for start in range(0, len(ids), CHUNK):
        named = select(t.contents).where(t.contents.c.id.in_(ids[start : start + CHUNK]))
        yield [_plain(row) for row in (await out.conn.execute(named)).mappings()]


def _copy_files(out: _Export, files: Sequence[tuple[str, str]]) -> None:
    for content, path in files:
        source = out.wanted.files / path if out.wanted.files is not None else None
        if source is None or not source.is_file():
            out.missing_files.append(content)
            continue
        with source.open("rb") as reading, out.zip.open(f"files/{content}", "w", force_zip64=True) as writing:
            shutil.copyfileobj(reading, writing, 1 << 20)
    out.counts["files"] = len(files) - len(out.missing_files)


async def _chunks(
    conn: AsyncConnection, table: Table, where: list[ColumnElement[bool]], key: str = "id"
) -> AsyncIterator[Sequence[dict[str, Any]]]:
    """Rows of a table by its key, CHUNK at a time."""
    column = table.c[key]
    ordered = select(table).where(*where).order_by(column).limit(CHUNK)
    rows = [_plain(row) for row in (await conn.execute(ordered)).mappings()]
    while rows:
        yield rows
        after = ordered.where(column > rows[-1][key])
        rows = [_plain(row) for row in (await conn.execute(after)).mappings()]


def _plain(row: RowMapping) -> dict[str, Any]:
    """Column names as plain words: JSON takes no subclass of them."""
    return {str(name): value for name, value in row.items()}
