"""What agents may read: issues, texts, people, the policy in force. It changes nothing.

In: ids. Out: values of the language; whatever is unknown is missing. One call is one question to the database, however
many ids it names.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import bindparam, func, select, union_all

from issue_stream.store import people
from issue_stream.store import tables as t
from issue_stream.store.contents import read_texts
from issue_stream.store.database import Database
from issue_stream.store.rows import person_of
from schemas.issue import Issue
from schemas.people import Contact, Directory, Partner
from schemas.policy import PolicyBook
from schemas.ports import Now, Told
from schemas.values import Instant

_ISSUES = select(t.issues.c.body).where(t.issues.c.id.in_(bindparam("ids", expanding=True)))
DIRECTORY_LIVES = timedelta(seconds=2)
"""How old the directory may be: every batch of every agent asks for it, and people change by hand."""


@dataclass(slots=True)
class SqlReading:
    """`Reading` on the store."""

    db: Database
    book: Callable[[], PolicyBook]
    now: Now
    _kept: tuple[Instant, Directory] | None = field(default=None)

    async def issues(self, ids: Sequence[str]) -> Mapping[str, Issue]:
        """The issues as they stand; unknown ids are missing."""
        if not ids:
            return {}
        async with self.db.read() as conn:
            bodies = (await conn.execute(_ISSUES, {"ids": ids})).scalars()
            return {issue.id: issue for issue in map(Issue.model_validate_json, bodies)}

    async def issues_of(self, told: Sequence[Told]) -> Mapping[str, Issue]:
        """The issues of these as they stand."""
        return await self.issues(tuple(dict.fromkeys(one.issue for one in told if one.issue)))

    async def texts(self, refs: Sequence[str]) -> Mapping[str, str]:
        """The texts behind content ids; erased or unknown ones are missing."""
        if not refs:
            return {}
        async with self.db.read() as conn:
            return await read_texts(conn, refs)

    async def directory(self, knowing: Collection[str] = ()) -> Directory:
        """All staff with their load, at most DIRECTORY_LIVES old; a clock that jumps back makes it new.

        Read anew when it lacks one of `knowing`: somebody who was added a moment ago may act at once.
        """
        now = self.now()
        if self._kept is not None and timedelta() <= now - self._kept[0] < DIRECTORY_LIVES:
            known = self._kept[1]
            if all(who in known.people for who in knowing):
                return known
        directory = await self._directory()
        self._kept = (now, directory)
        return directory

    def forget_directory(self) -> None:
        """The next `directory` is read anew: for who just changed somebody."""
        self._kept = None

    async def partners(self, ids: Sequence[str]) -> Mapping[str, Partner]:
        """Partners by id; unknown ids are missing."""
        if not ids:
            return {}
        async with self.db.read() as conn:
            return await people.partners(conn, ids)

    async def contacts(self, ids: Sequence[str]) -> Mapping[str, Contact]:
        """Contacts by id; unknown ids are missing."""
        if not ids:
            return {}
        async with self.db.read() as conn:
            return await people.contacts(conn, ids)

    def policies(self) -> PolicyBook:
        """The policy in force and the pinned ones."""
        return self.book()

    async def _directory(self) -> Directory:
        i = t.issues.c
        owned = select(i.owner_id.label("who")).where(i.is_open, i.owner_id.is_not(None))
        offered = select(i.offered_to.label("who")).where(i.is_open, i.offered_to.is_not(None))
        busy = union_all(owned, offered).subquery()
        async with self.db.read() as conn:
            persons = [person_of(row) for row in await conn.execute(select(t.staff))]
            counted = select(busy.c.who, func.count().label("issues")).group_by(busy.c.who)
            load = {row.who: row.issues for row in await conn.execute(counted)}
        return Directory(people={p.id: p for p in persons}, load=load)
