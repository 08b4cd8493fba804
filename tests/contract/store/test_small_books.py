"""Heartbeats, dead letters, settings, problems, and what the intake keeps."""

import asyncio
from dataclasses import replace

import pytest

from agents._shell import DeadLetter
from issue_stream.store import dead_letters as dead
from issue_stream.store.database import Database
from issue_stream.store.desk_store import SqlDeskStore
from issue_stream.store.heartbeats import all_beats, beat, forget_beats
from issue_stream.store.intake import FIRST_NUMBER, hold_all, mark_sent, take_numbers, unsent
from issue_stream.store.problems import problems
from issue_stream.store.settings_table import get_setting, set_setting
from schemas import commands as c
from schemas import side_commands as w
from schemas.envelope import decode_command, encode_command
from schemas.errors import NotFound
from tests.builders import DAY, HOUR, NOW, raise_command, wish
from tests.contract.store.shelves import hear, hire, tallies, wait_in_store, waiting

POISON = DeadLetter("issue-commands", 3, 17, b"issue-1", b"\xff\x00", "desk", "expected JSON, found something else")


async def test_a_part_has_one_last_sign_of_life(db: Database) -> None:
    async with db.write() as conn:
        await beat(conn, "timers", "one", NOW)
        await beat(conn, "timers", "two", NOW)
        await beat(conn, "timers", "one", NOW + HOUR, "policy.yaml:3: a fault")
        beats = await all_beats(conn)
        await forget_beats(conn, NOW + HOUR)
        young = await all_beats(conn)

    assert [(each.worker, each.at, each.note) for each in beats] == [
        ("one", NOW + HOUR, "policy.yaml:3: a fault"),
        ("two", NOW, ""),
    ]
    assert [each.worker for each in young] == ["one"]


async def test_a_dead_letter_is_kept_once_with_its_bytes(db: Database) -> None:
    async with db.write() as conn:
        kept = [await dead.keep(conn, POISON, NOW) for _ in range(2)]
        (listed,) = await dead.dead_letters(conn, 10)
        shown = await dead.dead_letter(conn, "issue-commands", 3, 17)

    assert kept == [True, False]
    assert listed == shown
    assert (shown.key, shown.value, shown.agent, shown.at) == (b"issue-1", b"\xff\x00", "desk", NOW)
    assert await tallies(db) == {"dead": 1, "received": 1}


async def test_a_letter_of_another_agent_is_no_command(db: Database) -> None:
    async with db.write() as conn:
        await dead.keep(conn, replace(POISON, agent="classify", topic="issue-events", reason="x" * 900), NOW)
        shown = await dead.dead_letter(conn, "issue-events", 3, 17)

    assert len(shown.reason) == 600
    assert await tallies(db) == {}


async def test_a_wish_that_was_put_away_is_not_carried_for_ever(db: Database) -> None:
    put_away, left = wish(c.Accept()), wish(c.Resume())
    await wait_in_store(db, put_away, left)

    async with db.write() as conn:
        await dead.keep(conn, replace(POISON, value=encode_command(put_away)), NOW)

    assert await waiting(db) == {left.id}


async def test_a_replayed_letter_is_listed_only_when_asked_for(db: Database) -> None:
    async with db.write() as conn:
        await dead.keep(conn, POISON, NOW)
        before = await dead.count_dead(conn)
        await dead.mark_replayed(conn, "issue-commands", 3, 17, NOW + HOUR)
        listed, every = await dead.dead_letters(conn, 10), await dead.dead_letters(conn, 10, replayed=True)
        left = await dead.count_dead(conn)

    assert (before, left, listed) == (1, 0, [])
    assert [letter.replayed_at for letter in every] == [NOW + HOUR]


async def test_a_letter_that_is_not_there_is_not_found(db: Database) -> None:
    async with db.write() as conn:
        with pytest.raises(NotFound, match="issue-commands/0/1"):
            await dead.dead_letter(conn, "issue-commands", 0, 1)
        with pytest.raises(NotFound, match="issue-commands/0/1"):
            await dead.mark_replayed(conn, "issue-commands", 0, 1, NOW)


async def test_a_setting_is_what_was_set_last(db: Database) -> None:
    async with db.write() as conn:
        await set_setting(conn, "start", "empty")
        await set_setting(conn, "start", "sample")

        assert [await get_setting(conn, "start"), await get_setting(conn, "other")] == ["sample", None]


async def test_a_problem_counts_the_issues_that_are_linked_now(db: Database, store: SqlDeskStore) -> None:
    await hire(db)
    for n, partner in enumerate(["nordlys", "nordlys", "solvang"]):
        issue = f"issue-{n}"
        raised = wish(raise_command(number=1001 + n, partner=partner), "partner", issue=issue)
        link = w.LinkProblem(problem="p-1", title="t-title" if n == 0 else None)
        await hear(store, raised, wish(c.Accept(), issue=issue), wish(link, issue=issue))
    await hear(store, wish(w.UnlinkProblem(problem="p-1"), issue="issue-1"))

    async with db.read() as conn:
        found = await problems(conn, ["p-1", "p-unknown"])
        nothing = await problems(conn, [])

    assert nothing == {}
    assert list(found) == ["p-1"]
    assert [(case.issue, case.partner, case.is_open) for case in found["p-1"].cases] == [
        ("issue-0", "nordlys", True),
        ("issue-2", "solvang", True),
    ]
    assert found["p-1"].title == "t-title"


async def test_a_number_is_given_once(db: Database, other: Database) -> None:
    async def take(each: Database, many: int) -> list[int]:
        async with each.write() as conn:
            return list(await take_numbers(conn, many))

    first = await take(db, 2)
    rest = await asyncio.gather(*(take(each, 3) for each in (db, other) * 4))

    assert first == [FIRST_NUMBER, FIRST_NUMBER + 1]
    assert sorted(n for taken in rest for n in taken) == list(range(FIRST_NUMBER + 2, FIRST_NUMBER + 26))


async def test_a_wish_waits_until_it_is_carried_and_is_carried_again_when_nobody_answers(db: Database) -> None:
    first, second = wish(c.Accept(), "mia"), wish(c.Accept(), "omar")
    async with db.write() as conn:
        await hold_all(conn, [first], NOW, sent=False)
        await hold_all(conn, [first, second], NOW, sent=True)
        await hold_all(conn, [], NOW, sent=False)
        uncarried = await unsent(conn, NOW, 10)
        await mark_sent(conn, [first.id], NOW + HOUR)
        soon, later = await unsent(conn, NOW + HOUR, 10), await unsent(conn, NOW + DAY, 10)

    assert [decode_command(body) for _, _, body in uncarried] == [first]
    assert [row[0] for row in soon] == [second.id]
    assert {row[0] for row in later} == {first.id, second.id}
