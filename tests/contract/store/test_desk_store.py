"""The desk's transaction, on both databases."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from issue_stream.store import tables as t
from issue_stream.store.database import Database
from issue_stream.store.desk_store import SqlDeskStore
from schemas import commands as c
from schemas import side_commands as w
from schemas.envelope import CommandMessage, EventMessage, decode_event
from schemas.errors import Unavailable
from schemas.evolve import fold
from schemas.issue import Issue
from schemas.ports import Effects
from schemas.vocabulary import State
from tests.builders import DAY, HOUR, ISSUE, NOW, after, an_id, answered, raise_command, wish
from tests.contract.store.shelves import Town, count, hear, hire, rows_of, tallies, wait_in_store, waiting

RAISE = wish(raise_command(), "partner")
ACCEPT = wish(c.Accept(), "mia")


async def test_a_batch_is_written_whole(db: Database, store: SqlDeskStore) -> None:
    await hire(db)

    town = await hear(store, RAISE, ACCEPT, wish(c.Resume(), "mia"))

    answers = {row["kind"]: row["refusal"] for row in await rows_of(db, t.commands)}
    assert answers["raise"] == answers["accept"] == ""
    assert answers["resume"]
    assert await count(db, t.events) == len(town.announced) == 2
    assert [row["state"] for row in await rows_of(db, t.issues)] == [State.ACCEPTED.value]
    assert {row["kind"] for row in await rows_of(db, t.timers)} >= {"update_due"}
    assert await tallies(db) == {"received": 3, "applied": 2, "refused": 1}


async def test_the_kept_issue_is_the_fold_of_its_kept_events(db: Database, store: SqlDeskStore) -> None:
    await hire(db)
    await hear(store, RAISE, ACCEPT)
    await hear(store, wish(c.AddComment(text="t-more"), "partner"), wish(w.Follow(staff="cara"), "cara"))

    async with db.read() as conn:
        bodies = (await conn.execute(select(t.events.c.body).order_by(t.events.c.version))).scalars().all()
    async with store.unit() as unit:
        issues = await unit.issues([ISSUE])

    assert issues[ISSUE] == fold(e for e in map(decode_event, bodies) if e is not None)


async def test_the_same_batch_twice_changes_nothing(db: Database, store: SqlDeskStore) -> None:
    await hire(db)
    await hear(store, RAISE, ACCEPT)
    issues = await rows_of(db, t.issues)

    again = await hear(store, RAISE, ACCEPT)

    assert again.announced == []
    assert await rows_of(db, t.issues) == issues
    assert await tallies(db) == {"received": 4, "applied": 2, "duplicates": 2}


async def test_a_unit_that_fails_leaves_nothing(db: Database, store: SqlDeskStore) -> None:
    await store.published([an_id("published before")])

    with pytest.raises(RuntimeError, match="a bug"):
        await _save_then_break(store)

    assert await count(db, t.commands) == await count(db, t.events) == await count(db, t.timers) == 0
    assert await store.flush_published() == 1


async def _save_then_break(store: SqlDeskStore) -> None:
    async with store.unit() as unit:
        await unit.save(answered(None, RAISE))
        raise RuntimeError("a bug")


async def test_an_answered_wish_waits_no_longer(db: Database, store: SqlDeskStore) -> None:
    other_wish = wish(c.Accept(), "omar", issue="another")
    await wait_in_store(db, RAISE, ACCEPT, other_wish)

    await hear(store, RAISE, ACCEPT)

    assert await waiting(db) == {other_wish.id}


async def test_a_duplicate_that_was_carried_again_waits_no_longer(db: Database, store: SqlDeskStore) -> None:
    await hear(store, RAISE)
    await wait_in_store(db, RAISE)

    await hear(store, RAISE)

    assert await waiting(db) == set()


async def test_unknown_issues_are_missing(store: SqlDeskStore) -> None:
    async with store.unit() as unit:
        issues, nothing = await unit.issues(["nobody-knows"]), await unit.issues([])

    assert issues == nothing == {}


async def test_a_lost_race_is_unavailable_and_writes_nothing(db: Database, store: SqlDeskStore) -> None:
    """Another worker wrote the same version of the same issue first."""
    await hear(store, RAISE)
    issue = after(None, RAISE)

    with pytest.raises(Unavailable, match="another worker was faster"):
        await _save(store, answered(None, wish(raise_command(number=1002), "partner", n=2)))
    with pytest.raises(Unavailable, match="another worker was faster"):
        await _save(store, _with_number_of(issue, "issue-2"))

    assert await count(db, t.commands) == await count(db, t.events) == await count(db, t.issues) == 1


async def _save(store: SqlDeskStore, effects: Effects) -> None:
    async with store.unit() as unit:
        await unit.save(effects)


def _with_number_of(issue: Issue, other_id: str) -> Effects:
    effects = answered(None, wish(raise_command(number=issue.number), "partner", issue=other_id))
    return replace(effects, deadlines={})


async def test_of_two_desks_with_the_same_wishes_each_wish_is_answered_once(db: Database, other: Database) -> None:
    """After a rebalance two workers may hold the same partition for a moment."""
    await hire(db)
    desks = [SqlDeskStore(each, lambda: NOW) for each in (db, other)]
    batches = [(RAISE, ACCEPT), (RAISE, ACCEPT, wish(w.Follow(staff="cara"), "cara"))]

    await asyncio.gather(*(_hear_at_last(store, batch) for store, batch in zip(desks, batches, strict=True)))

    versions = [row["version"] for row in await rows_of(db, t.events)]
    assert sorted(versions) == [1, 2, 3]
    assert await count(db, t.commands) == 3
    assert (await tallies(db))["applied"] == 3


async def _hear_at_last(store: SqlDeskStore, batch: Sequence[CommandMessage]) -> None:
    """As the guard does: what is unavailable is tried again."""
    for _ in range(20):
        try:
            await hear(store, *batch)
        except Unavailable:
            continue
        return
    raise AssertionError("expected the desk to come through in 20 tries")


async def test_an_answer_never_rests_on_an_older_state(db: Database, other: Database) -> None:
    """The second unit reads an issue only when the first one that reads it has ended."""
    await hire(db)
    first, second = (SqlDeskStore(each, lambda: NOW) for each in (db, other))
    await hear(first, RAISE)
    order: list[str] = []

    async def take() -> State:
        async with second.unit() as unit:
            seen = await unit.issues([ISSUE])
            order.append("second read")
            return seen[ISSUE].state

    async with first.unit() as unit:
        issues = await unit.issues([ISSUE])
        taking = asyncio.create_task(take())
        await unit.save(answered(issues[ISSUE], ACCEPT))
        order.append("first wrote")
    state = await taking

    assert state is State.ACCEPTED
    assert order == ["first wrote", "second read"]


async def test_a_crash_between_commit_and_announcement_leaves_the_outbox(db: Database, store: SqlDeskStore) -> None:
    with pytest.raises(Unavailable, match="a test took it away"):
        await hear(store, RAISE, wish(c.AddComment(text="t-more"), "partner"), town=Town(is_away=True))
    after_the_crash = SqlDeskStore(db, lambda: NOW)

    left = await after_the_crash.unpublished(NOW + HOUR, 10)

    assert [(message.issue, message.version) for message in left] == [(ISSUE, 1), (ISSUE, 2)]
    assert await after_the_crash.unpublished(NOW, 10) == []


async def test_what_was_announced_leaves_the_outbox_with_the_next_batch(db: Database, store: SqlDeskStore) -> None:
    await hear(store, RAISE)
    announced_late = await count(db, t.outbox)
    await hear(store, wish(c.AddComment(text="t-more"), "partner"))

    left = await rows_of(db, t.outbox)

    assert announced_late == 1
    assert len(left) == 1
    assert await store.flush_published() == 1
    assert await count(db, t.outbox) == 0


async def test_deadlines_of_a_saved_issue_replace_the_old_ones(db: Database, store: SqlDeskStore) -> None:
    await hire(db)
    await hear(store, RAISE, wish(raise_command(number=1002), "partner", issue="issue-2"))
    before = {(row["issue_id"], row["kind"]) for row in await rows_of(db, t.timers)}
    await hear(store, ACCEPT)

    timers = {(row["issue_id"], row["kind"]) for row in await rows_of(db, t.timers)}

    assert (ISSUE, "offer_lapses") in before
    assert (ISSUE, "offer_lapses") not in timers
    assert ("issue-2", "offer_lapses") in timers


async def test_deadlines_of_an_unchanged_issue_are_written_anew(db: Database, store: SqlDeskStore) -> None:
    """A stale timer is refused: its row must not fall due for ever."""
    await hear(store, RAISE)
    stale = Effects(deadlines={ISSUE: ()})

    await _save(store, stale)

    assert await count(db, t.timers) == 0
    assert await count(db, t.issues) == 1


async def test_a_link_with_a_title_makes_the_problem_once(db: Database, store: SqlDeskStore) -> None:
    """R-07: people say that two issues are one trouble."""
    await hire(db)
    second = wish(raise_command(number=1002), "partner", issue="issue-2")
    await hear(store, RAISE, second, ACCEPT, wish(c.Accept(), "mia", issue="issue-2"))
    await hear(store, wish(w.LinkProblem(problem="p-1", title="t-title"), "mia"))
    await hear(store, wish(w.LinkProblem(problem="p-1", title="t-other"), "mia", issue="issue-2"))

    problems = await rows_of(db, t.problems)

    assert [(row["id"], row["title"], row["made_at"]) for row in problems] == [("p-1", "t-title", NOW)]
    assert {row["problem_id"] for row in await rows_of(db, t.issues)} == {"p-1"}


async def test_followers_are_those_who_follow_after_the_last_word(db: Database, store: SqlDeskStore) -> None:
    await hire(db)
    await hear(store, RAISE, wish(w.Follow(staff="cara"), "cara"), wish(w.Follow(staff="lena"), "lena"))
    both = [row["staff_id"] for row in await rows_of(db, t.followers)]
    await hear(store, wish(w.Follow(staff="cara", on=False), "cara"))

    assert both == ["cara", "lena"]
    assert [row["staff_id"] for row in await rows_of(db, t.followers)] == ["lena"]


async def test_a_long_refusal_is_kept_as_far_as_it_fits(db: Database, store: SqlDeskStore) -> None:
    refused = answered(None, ACCEPT)
    long = replace(refused.outcomes[0], text="x" * 1000)

    await _save(store, replace(refused, outcomes=(long,)))

    assert [len(row["refusal_text"]) for row in await rows_of(db, t.commands)] == [600]


async def test_a_large_batch_is_one_transaction(db: Database, store: SqlDeskStore) -> None:
    wishes = [wish(raise_command(number=2000 + n), "partner", issue=f"many-{n}") for n in range(300)]

    town = await hear(store, *wishes)

    assert len(town.announced) == await count(db, t.issues) == 300
    assert {row["at"] for row in await rows_of(db, t.outbox)} == {NOW}


async def test_events_left_behind_come_in_the_order_of_their_issue(db: Database, store: SqlDeskStore) -> None:
    """A clock that jumps back between two events must not turn them around."""
    effects = answered(None, RAISE, wish(c.AddComment(text="t-more"), "partner"))
    first, second = effects.events
    jumped = second.model_copy(update={"at": first.at - DAY})

    await _save(store, replace(effects, events=(first, jumped)))

    assert _names(await store.unpublished(NOW + timedelta(seconds=1), 10)) == [first.id, second.id]


def _names(messages: Sequence[EventMessage]) -> list[UUID]:
    return [message.id for message in messages]
