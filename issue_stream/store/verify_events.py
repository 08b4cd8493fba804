"""The part of the audit that reads every event once.

The fold of an issue's events is its stored state, and every text and file that an event names is there. In: a snapshot.
Out: two checks. Events come in chunks by (issue, version), so memory does not grow with the store.
"""

import re
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.store import tables as t
from issue_stream.store.issue_row import issue_row
from issue_stream.store.verify_findings import Check, Findings
from schemas.envelope import EventMessage, decode_event
from schemas.errors import Undecodable
from schemas.evolve import Impossible, evolve
from schemas.issue import Issue

CHUNK = 2000
"""Events a query reads: a few megabytes."""
IDS = 500
"""Ids one query names: SQLite takes more, the plan does not get better."""

_REF = re.compile(rb'"((?:t|f)-[0-9a-f]{64})"')
"""Content ids as they stand in a message's JSON."""


@dataclass(slots=True)
class _Reader:
    """Carries an issue's fold over the edge of a chunk."""

    conn: AsyncConnection
    files: Path | None
    folds: Findings = field(default_factory=lambda: Findings("folds"))
    contents: Findings = field(default_factory=lambda: Findings("contents"))
    current: str = ""
    issue: Issue | None = None
    is_broken: bool = False
    folded: list[Issue] = field(default_factory=list)

    def take(self, issue: str, bodies: Iterable[bytes]) -> None:
        """The next events of one issue."""
        if self.current != issue:
            self.finish()
            self.current = issue
        for body in bodies:
            if not self.is_broken:
                self._evolve(issue, body)

    def _evolve(self, issue: str, body: bytes) -> None:
        try:
            self.issue = evolve(self.issue, _decoded(body))
        except (Undecodable, Impossible) as exc:
            self.is_broken = True
            self.folds.add(f"issue {issue}: {exc}")

    def finish(self) -> None:
        """The issue is complete."""
        if self.issue is not None and not self.is_broken:
            self.folded.append(self.issue)
        self.issue, self.is_broken = None, False

    async def compare(self) -> None:
        """Stored states against the folds that are complete."""
        stored = await _stored(self.conn, [issue.id for issue in self.folded])
        for issue in self.folded:
            self.folds.counted += 1
            wrong = _difference(stored.get(issue.id), issue)
            if wrong:
                self.folds.add(f"issue {issue.id} ({issue.number}): {wrong}")
        self.folded = []

    async def look_up(self, refs: set[str]) -> None:
        """Whether every named content is there, with its file."""
        self.contents.counted += len(refs)
        ids = sorted(refs)
        for start in range(0, len(ids), IDS):
            await self._look_up(ids[start : start + IDS])

    async def _look_up(self, ids: Sequence[str]) -> None:
        c = t.contents.c
        rows = {row.id: row for row in await self.conn.execute(select(c.id, c.path).where(c.id.in_(ids)))}
        for ref in ids:
            if ref not in rows:
                self.contents.add(f"content {ref} is named by an event and not in the store")
            elif rows[ref].path and self.files is not None and not (self.files / rows[ref].path).is_file():
                self.contents.add(f"content {ref}: its file {rows[ref].path} is not in {self.files}")


async def fold_checks(
    conn: AsyncConnection, files: Path | None, progress: Callable[[str, int], None]
) -> AsyncIterator[Check]:
    """Folds and contents."""
    reader, seen = _Reader(conn, files), 0
    async for rows in event_chunks(conn):
        for issue, group in groupby(rows, key=lambda row: str(row.issue_id)):
            reader.take(issue, [row.body for row in group])
        await reader.compare()
        await reader.look_up({ref.decode() for row in rows for ref in _REF.findall(row.body)})
        seen += len(rows)
        progress("events", seen)
    reader.finish()
    await reader.compare()
    yield reader.folds.check()
    yield reader.contents.check()


async def event_chunks(conn: AsyncConnection) -> AsyncIterator[Sequence[Any]]:
    """All events by issue and version, CHUNK at a time."""
    e = t.events.c
    ordered = select(e.issue_id, e.version, e.body).order_by(e.issue_id, e.version).limit(CHUNK)
    rows = (await conn.execute(ordered)).all()
    while rows:
        yield rows
        last = rows[-1]
        after = tuple_(e.issue_id, e.version) > (last.issue_id, last.version)
        rows = (await conn.execute(ordered.where(after))).all()


async def _stored(conn: AsyncConnection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    i = t.issues.c
    for start in range(0, len(ids), IDS):
        rows = (await conn.execute(select(t.issues).where(i.id.in_(ids[start : start + IDS])))).mappings()
        found |= {row["id"]: dict(row) for row in rows}
    return found


def _decoded(body: bytes) -> EventMessage:
    message = decode_event(body)
    if message is None:
        raise Undecodable("expected an event")
    return message


def _difference(row: dict[str, Any] | None, issue: Issue) -> str:
    """What is off, empty when nothing is; names of fields only: values may be a partner's."""
    if row is None:
        return "events without a stored state"
    state = Issue.model_validate_json(row["body"])
    fields = [name for name in Issue.model_fields if getattr(state, name) != getattr(issue, name)]
    if fields:
        return f"the stored state differs from the fold of its events in {', '.join(fields)}"
    columns = [name for name, value in issue_row(issue).items() if name != "body" and row[name] != value]
    return f"its row differs from its state in {', '.join(columns)}" if columns else ""
