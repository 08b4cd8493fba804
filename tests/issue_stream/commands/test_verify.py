"""The audit: silent on a sound store, and for every kind of damage it names the row."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Executable, delete, insert, select, update

from issue_stream.store import tables as t
from issue_stream.store.intake import hold_all
from issue_stream.store.verify import Audit, verify
from issue_stream.store.verify_findings import NAMED, Check, Findings
from schemas.envelope import CommandMessage
from tests.builders import NOW, policy_book, raise_command, wish
from tests.issue_stream.little_house import LittleHouse

NAMES = ["commands", "waiting", "versions", "folds", "contents", "owned", "timers", "outbox", "notices"]
SOME_ID = UUID("11111111-1111-4111-8111-111111111111")


async def audit(house: LittleHouse, files: Path | None = None) -> dict[str, Check]:
    wanted = Audit(house.db, policy_book(), house.now(), files)
    return {check.name: check async for check in verify(wanted)}


async def damage(house: LittleHouse, statement: Executable) -> None:
    async with house.db.write() as conn:
        await conn.execute(statement)


async def an_issue(house: LittleHouse) -> str:
    async with house.db.read() as conn:
        return str((await conn.execute(select(t.issues.c.id).where(t.issues.c.number == 1001))).scalar_one())


async def test_a_sound_store_has_nothing_wrong(lived_in: LittleHouse) -> None:
    checks = await audit(lived_in)

    assert list(checks) == NAMES
    assert all(check.ok for check in checks.values()), checks
    assert checks["folds"].counted == 8
    assert checks["owned"].counted == 7


async def test_an_empty_store_has_nothing_wrong(house: LittleHouse) -> None:
    assert all(check.ok for check in (await audit(house)).values())


async def test_a_sum_that_is_off_is_named(lived_in: LittleHouse) -> None:
    await damage(lived_in, update(t.tallies).where(t.tallies.c.name == "received").values(n=1))
    check = (await audit(lived_in))["commands"]

    assert check.wrong[0].startswith("received = applied + refused + duplicates + dead: 1 counted,")


async def test_a_dead_letter_that_was_not_counted_is_named(lived_in: LittleHouse) -> None:
    row = {"topic": "issue-commands", "partition": 0, "offset": 1, "agent": "desk", "reason": "x", "at": NOW}
    await damage(lived_in, insert(t.dead_letters).values(row))

    assert (await audit(lived_in))["commands"].wrong == ("dead commands: 0 counted, 1 found",)


async def test_a_lost_answer_is_named(lived_in: LittleHouse) -> None:
    await damage(lived_in, delete(t.commands).where(t.commands.c.kind == "note"))
    wrong = (await audit(lived_in))["commands"].wrong

    assert any(row.startswith("applied commands:") for row in wrong)
    assert any(row.startswith("events of applied commands:") for row in wrong)


async def test_a_wish_nobody_answers_is_named_once_it_is_old(lived_in: LittleHouse) -> None:
    await damage(lived_in, insert(t.waiting_commands).values(id=SOME_ID, issue_id="x", body=b"", at=NOW))
    young = (await audit(lived_in))["waiting"]
    lived_in.at = NOW + timedelta(seconds=61)
    old = (await audit(lived_in))["waiting"]

    assert (young.ok, young.counted) == (True, 1)
    assert str(SOME_ID) in old.wrong[0]


async def test_a_gap_in_the_versions_is_named(lived_in: LittleHouse) -> None:
    issue = await an_issue(lived_in)
    await damage(lived_in, update(t.events).where(t.events.c.issue_id == issue).values(version=3))
    checks = await audit(lived_in)

    assert checks["versions"].wrong == (f"issue {issue}: 1 events from 3 to 3, a row at 1",)


async def test_a_row_without_events_and_events_without_a_row_are_named(lived_in: LittleHouse) -> None:
    issue = await an_issue(lived_in)
    await damage(lived_in, update(t.events).where(t.events.c.issue_id == issue).values(issue_id="another"))
    checks = await audit(lived_in)

    assert f"issue {issue}: a row without events" in checks["versions"].wrong
    assert any(row.startswith("issue another: 1 events from 1 to 1, no row") for row in checks["versions"].wrong)


async def test_a_state_that_is_not_the_fold_of_its_events_is_named(lived_in: LittleHouse) -> None:
    issue = await an_issue(lived_in)
    async with lived_in.db.read() as conn:
        body = (await conn.execute(select(t.issues.c.body).where(t.issues.c.id == issue))).scalar_one()
    forged = body.replace(b'"tier":"platinum"', b'"tier":"silver"')
    await damage(lived_in, update(t.issues).where(t.issues.c.id == issue).values(body=forged))
    check = (await audit(lived_in))["folds"]

    assert check.wrong == (f"issue {issue} (1001): the stored state differs from the fold of its events in tier",)


async def test_a_row_that_is_not_its_state_is_named(lived_in: LittleHouse) -> None:
    issue = await an_issue(lived_in)
    await damage(lived_in, update(t.issues).where(t.issues.c.id == issue).values(is_open=False))

    assert (await audit(lived_in))["folds"].wrong == (
        f"issue {issue} (1001): its row differs from its state in is_open",
    )


async def test_an_event_that_cannot_be_read_is_named(lived_in: LittleHouse) -> None:
    issue = await an_issue(lived_in)
    await damage(lived_in, update(t.events).where(t.events.c.issue_id == issue).values(body=b"{"))
    check = (await audit(lived_in))["folds"]

    assert check.counted == 7
    assert check.wrong[0].startswith(f"issue {issue}: expected JSON")


async def test_a_text_that_is_gone_is_named(lived_in: LittleHouse) -> None:
    async with lived_in.db.read() as conn:
        text = (await conn.execute(select(t.issues.c.summary).where(t.issues.c.number == 1001))).scalar_one()
    await damage(lived_in, delete(t.contents).where(t.contents.c.id == text))

    assert (await audit(lived_in))["contents"].wrong == (f"content {text} is named by an event and not in the store",)


async def test_a_file_that_is_gone_from_the_disk_is_named(lived_in: LittleHouse, tmp_path: Path) -> None:
    async with lived_in.db.read() as conn:
        text = (await conn.execute(select(t.issues.c.summary).where(t.issues.c.number == 1001))).scalar_one()
    await damage(lived_in, update(t.contents).where(t.contents.c.id == text).values(path="ab/gone"))

    assert (await audit(lived_in))["contents"].ok
    assert "ab/gone" in (await audit(lived_in, files=tmp_path))["contents"].wrong[0]


async def test_an_offer_that_ended_without_a_sequel_is_named(lived_in: LittleHouse) -> None:
    """R-09: an open issue is owned, or offered with a deadline that has not passed for long."""
    lived_in.at = NOW + timedelta(hours=1, minutes=1)
    on_the_way = (await audit(lived_in))["owned"]
    lived_in.at = NOW + timedelta(hours=1, minutes=3)
    forgotten = (await audit(lived_in))["owned"]

    assert on_the_way.ok
    assert len(forgotten.wrong) == 4


async def test_a_timer_that_is_missing_or_too_many_is_named(lived_in: LittleHouse) -> None:
    issue = await an_issue(lived_in)
    lapse = (t.timers.c.issue_id == issue) & (t.timers.c.kind == "offer_lapses")
    await damage(lived_in, delete(t.timers).where(lapse))
    await damage(lived_in, insert(t.timers).values(issue_id=issue, kind="still_fixed", ref="", due_at=NOW))
    wrong = (await audit(lived_in))["timers"].wrong

    assert wrong == (f"issue {issue} (1001): timers missing offer_lapses team; timers too many still_fixed",)


async def test_an_event_nobody_announces_is_named_once_it_is_old(lived_in: LittleHouse) -> None:
    await damage(lived_in, insert(t.outbox).values(event_id=SOME_ID, at=NOW))
    young = (await audit(lived_in))["outbox"]
    lived_in.at = NOW + timedelta(seconds=61)

    assert young.ok
    assert str(SOME_ID) in (await audit(lived_in))["outbox"].wrong[0]


def a_notice(**columns: object) -> Executable:
    fixed = {"key": "n-1", "kind": "reply", "audience": "partner", "recipient": "jana", "channel": "email", "body": b""}
    return insert(t.notices).values({**fixed, "state": "waiting", "at": NOW, "due_at": NOW, "tries": 0, **columns})


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"state": "lost"}, "has a state nobody knows"),
        ({"state": "failed", "failure": ""}, "failed without a reason"),
        ({"state": "failed"}, "failed without a reason"),
        ({"state": "sent"}, "is sent without a time"),
        ({"due_at": NOW - timedelta(minutes=11)}, "is due and neither sent nor failed"),
        ({"claimed_until": NOW + timedelta(hours=2)}, "is claimed for ever"),
    ],
)
async def test_a_notice_that_is_neither_sent_nor_waiting_nor_failed_visibly_is_named(
    house: LittleHouse, columns: dict[str, object], said: str
) -> None:
    await damage(house, a_notice(**columns))

    assert (await audit(house))["notices"].wrong == (f"notice n-1 (reply to jana) {said}",)


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"state": "sent", "sent_at": NOW},
        {"state": "failed", "failure": "no such mailbox"},
        {"due_at": NOW - timedelta(minutes=11), "claimed_until": NOW + timedelta(seconds=30)},
    ],
)
async def test_a_notice_that_is_on_its_way_or_ended_is_right(house: LittleHouse, columns: dict[str, object]) -> None:
    await damage(house, a_notice(**columns))

    assert (await audit(house))["notices"].ok


async def test_an_issue_of_an_unconfirmed_address_needs_no_owner_yet(house: LittleHouse) -> None:
    await hold(house, wish(raise_command(confirmed=False), "partner"))
    await house.settle()
    house.at = NOW + timedelta(hours=3)

    assert (await audit(house))["owned"].ok


async def hold(house: LittleHouse, message: CommandMessage) -> None:
    async with house.db.write() as conn:
        await hold_all(conn, [message], house.now(), sent=False)


def test_a_check_names_few_rows_and_counts_the_others() -> None:
    found = Findings("many")
    for number in range(NAMED + 7):
        found.add(str(number))

    assert len(found.check().wrong) == NAMED + 1
    assert found.check().wrong[-1] == "… and 7 more"
