"""What agents remember for a moment is never older than the fact they heard, nor kept for long."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import delete

from issue_stream.store import people
from issue_stream.store import tables as t
from issue_stream.store.database import Database
from issue_stream.store.desk_store import SqlDeskStore
from issue_stream.store.fresh import TEXTS_CHARACTERS, FreshReading, FreshStates
from issue_stream.store.intake import keep_texts, text_ref
from issue_stream.store.reading import DIRECTORY_LIVES, SqlReading
from schemas import commands as c
from schemas.envelope import EventMessage
from schemas.issue import Issue
from schemas.notices import Notice, NoticeKind
from schemas.vocabulary import Audience
from tests.builders import ISSUE, NOW, answered, policy_book, raise_command, wish
from tests.contract.store.shelves import NORDLYS, hear, hire


@dataclass
class Seconds:
    """A clock that counts seconds."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Agents:
    """What the agents of one worker read, and the desk beside them."""

    db: Database
    desk: SqlDeskStore
    clock: Seconds = field(default_factory=Seconds)
    states: FreshStates | None = None

    def __post_init__(self) -> None:
        plain = SqlReading(self.db, policy_book, lambda: NOW)
        self.reading = FreshReading(plain, self.states or self.desk.states, self.clock)

    async def forget_in_store(self) -> None:
        """From here on only a memory can answer."""
        async with self.db.write() as conn:
            await conn.execute(delete(t.issues))

    async def of(self, version: int) -> Mapping[str, Issue]:
        return await self.reading.issues_of([_fact(version)])


def _fact(version: int) -> EventMessage:
    raised = answered(None, wish(raise_command(), "partner")).events[0]
    return raised.model_copy(update={"version": version})


@pytest.fixture
async def agents(db: Database, store: SqlDeskStore) -> Agents:
    await hire(db)
    await hear(store, wish(raise_command(), "partner"), wish(c.AddNote(text="t-note")))
    return Agents(db, store)


async def test_what_the_desk_has_just_made_true_needs_no_look_into_the_store(agents: Agents) -> None:
    await agents.forget_in_store()

    assert (await agents.of(1))[ISSUE].version == 2
    assert (await agents.of(2))[ISSUE].version == 2


async def test_a_fact_that_is_newer_than_the_memory_is_read(agents: Agents, db: Database, other: Database) -> None:
    elsewhere = SqlDeskStore(other, lambda: NOW)
    await hear(elsewhere, wish(c.AddNote(text="t-another")))

    assert (await agents.of(3))[ISSUE].version == 3
    await agents.forget_in_store()
    assert (await agents.of(3))[ISSUE].version == 3


async def test_a_memory_never_goes_back(agents: Agents) -> None:
    newest = (await agents.of(2))[ISSUE]
    agents.desk.states.keep({ISSUE: newest.model_copy(update={"version": 1})})
    await agents.forget_in_store()

    assert (await agents.of(2))[ISSUE].version == 2


async def test_a_notice_without_a_fact_is_read(agents: Agents) -> None:
    notice = Notice(key="n", kind=NoticeKind.SIGN_IN, audience=Audience.PARTNER, recipient="ida", issue=ISSUE, at=NOW)
    await agents.forget_in_store()

    assert await agents.reading.issues_of([notice, notice.model_copy(update={"issue": None})]) == {}


async def test_people_and_texts_are_remembered_as_long_as_the_directory(agents: Agents, db: Database) -> None:
    ref = text_ref("words")
    async with db.write() as conn:
        await people.add_partner(conn, NORDLYS)
        await keep_texts(conn, ["words"], NOW)
    first = await agents.reading.partners(["nordlys"]), await agents.reading.texts([ref, "t-unknown"])
    async with db.write() as conn:
        await people.change_partner(conn, NORDLYS.model_copy(update={"name": "Nordlys AS"}))
        await conn.execute(delete(t.contents))

    soon = await agents.reading.partners(["nordlys", "unknown"]), await agents.reading.texts([ref])
    agents.clock.now += DIRECTORY_LIVES / timedelta(seconds=1)
    later = await agents.reading.partners(["nordlys"]), await agents.reading.texts([ref])

    assert first == ({"nordlys": NORDLYS}, {ref: "words"})
    assert soon == first
    assert (later[0]["nordlys"].name, later[1]) == ("Nordlys AS", {})


async def test_a_text_too_large_to_remember_is_read_each_time(agents: Agents, db: Database) -> None:
    long = "x" * (TEXTS_CHARACTERS + 1)
    async with db.write() as conn:
        await keep_texts(conn, [long], NOW)

    for _ in range(2):
        assert await agents.reading.texts([text_ref(long)]) == {text_ref(long): long}
