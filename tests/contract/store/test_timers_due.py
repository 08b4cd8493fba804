"""Timers are rows: late perhaps, never lost, never given to two at once."""

import asyncio
from datetime import timedelta

from issue_stream.store import tables as t
from issue_stream.store.database import Database
from issue_stream.store.timers import DueTimer, claim_due
from schemas.vocabulary import DeadlineKind
from tests.builders import HOUR, NOW

LEASE = timedelta(minutes=1)


async def _fall(db: Database, *minutes: int) -> None:
    """One timer each, due so many minutes from now."""
    rows = [
        {"issue_id": f"issue-{n}", "kind": "update_due", "ref": "", "due_at": NOW + timedelta(minutes=each)}
        for n, each in enumerate(minutes)
    ]
    async with db.write() as conn:
        await conn.execute(t.timers.insert(), rows)


async def test_what_is_due_is_claimed_oldest_first(db: Database) -> None:
    await _fall(db, -1, -3, 5, 0)

    due = await claim_due(db, NOW, 10, LEASE)

    assert [timer.issue_id for timer in due] == ["issue-1", "issue-0", "issue-3"]
    assert due[0] == DueTimer("issue-1", DeadlineKind.UPDATE_DUE, "", NOW - timedelta(minutes=3))


async def test_no_more_than_asked_for_are_claimed(db: Database) -> None:
    await _fall(db, -1, -2, -3)

    first, second = await claim_due(db, NOW, 2, LEASE), await claim_due(db, NOW, 2, LEASE)

    assert [len(first), len(second)] == [2, 1]


async def test_nothing_due_is_nothing_claimed(db: Database) -> None:
    await _fall(db, 5)

    assert await claim_due(db, NOW, 10, LEASE) == []


async def test_a_claimed_timer_is_nobody_elses_until_its_lease_ends(db: Database) -> None:
    await _fall(db, -1)

    first = await claim_due(db, NOW, 10, LEASE)
    meanwhile = await claim_due(db, NOW + LEASE / 2, 10, LEASE)
    afterwards = await claim_due(db, NOW + LEASE, 10, LEASE)

    assert first == afterwards != []
    assert meanwhile == []


async def test_of_two_that_claim_at_once_each_timer_goes_to_one(db: Database, other: Database) -> None:
    await _fall(db, *range(-60, 0))

    claims = await asyncio.gather(*(claim_due(each, NOW, 7, HOUR) for each in (db, other) * 5))

    claimed = [timer.issue_id for claim in claims for timer in claim]
    assert len(claimed) == len(set(claimed))
    claimed += [timer.issue_id for timer in await claim_due(db, NOW, 100, HOUR)]
    assert sorted(claimed) == sorted({f"issue-{n}" for n in range(60)})
