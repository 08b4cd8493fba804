"""What the staff pages read, asked of both databases: the same groups, counts and orders."""

from datetime import timedelta

import pytest

from issue_stream.store import people
from issue_stream.store.database import Database
from issue_stream.store.desk_store import SqlDeskStore
from issue_stream.store.heartbeats import all_beats
from issue_stream.store.pages_board import Group, Wanted, board, issue_list, unconfirmed
from issue_stream.store.pages_lead import lead_list, lead_lists, load_of
from issue_stream.store.pages_operations import blindness, stages, unsent_notices
from issue_stream.store.pages_staff import history, issue_ids, known_issues, problem_lines
from issue_stream.store.problems import problems
from schemas import commands as c
from schemas import side_commands as s
from schemas.envelope import CommandMessage
from schemas.errors import NotFound
from schemas.vocabulary import Priority
from tests.builders import DAY, HOUR, NOW, raise_command, wish
from tests.contract.store.shelves import IDA, NORDLYS, hear, hire

TODAY_ENDS = NOW + 14 * HOUR
EVERYBODY, MINE = Wanted(today_ends=TODAY_ENDS), Wanted(today_ends=TODAY_ENDS, owner="mia", their_team="deal_desk")


@pytest.fixture
async def busy(db: Database, store: SqlDeskStore) -> Database:
    """Six issues: offered to Mia, an update due today, promised for today, waiting, and two to take."""
    await hire(db)
    async with db.write() as conn:
        await people.add_partner(conn, NORDLYS)
        await people.add_contact(conn, IDA)
    for n in range(6):
        first = raise_command(number=1001 + n, confirmed=n != 5)
        await hear(store, wish(first, "partner", issue=f"i-{n}", at=NOW + timedelta(minutes=n)))
    for issue, command, who in _WISHES:
        await hear(store, wish(command, who, issue=issue))
    return db


_WISHES: tuple[tuple[str, c.Command, str], ...] = (
    ("i-0", c.OfferIssue(to="mia", team="deal_desk", accept_by=NOW + HOUR), "lena"),
    ("i-1", c.Accept(), "mia"),
    ("i-1", c.ReplyToPartner(text="t-1", next_update_at=NOW + 2 * HOUR), "mia"),
    ("i-2", c.Accept(), "mia"),
    ("i-2", c.ReplyToPartner(text="t-2", next_update_at=NOW + 9 * DAY), "mia"),
    ("i-2", s.MakePromise(promise="p1", due_at=NOW + 3 * HOUR), "mia"),
    ("i-3", c.Accept(), "mia"),
    ("i-3", c.Wait(on="partner", reason="t-3", review_at=NOW + 3 * DAY), "mia"),
    ("i-4", c.SetPriority(priority=Priority.URGENT, reason="t-4"), "mia"),
    ("i-4", s.LinkProblem(problem="p-1", title="t-title"), "mia"),
)


@pytest.mark.parametrize("wanted", [EVERYBODY, MINE], ids=["everybody", "mine"])
async def test_each_group_counts_what_its_list_holds(busy: Database, wanted: Wanted) -> None:
    """R-17, R-33."""
    async with busy.read() as conn:
        groups = await board(conn, wanted, 25)
        lists = {one: await issue_list(conn, _of(wanted, one), 50) for one in Group}
    everybodys = [1] if wanted is EVERYBODY else []

    assert {one: [line.number for line in lines] for one, (_, lines) in groups.items()} == {
        Group.ACCEPT: [1001],
        Group.UPDATE: [1002],
        Group.PROMISE: [1003],
        Group.WAIT: [1004],
        Group.NEXT: [1005] * len(everybodys),
    }
    assert {one: n for one, (n, _) in groups.items()} == {one: n for one, (n, _) in lists.items()}
    assert all(n == len(lines) for n, lines in lists.values())


def _of(wanted: Wanted, group: Group) -> Wanted:
    return Wanted(today_ends=TODAY_ENDS, owner=wanted.owner, their_team=wanted.their_team, group=group)


async def test_a_group_shows_its_first_and_counts_all(busy: Database, store: SqlDeskStore) -> None:
    for n in range(6, 10):
        priority = c.SetPriority(priority=Priority.LOW if n < 8 else Priority.HIGH, reason="t-4")
        first = wish(raise_command(number=1001 + n), "partner", issue=f"i-{n}", at=NOW - n * HOUR)
        await hear(store, first, wish(priority, issue=f"i-{n}"))
    async with busy.read() as conn:
        count, lines = (await board(conn, EVERYBODY, 3))[Group.NEXT]

    assert count == 5
    assert [line.number for line in lines] == [1005, 1009, 1010]


async def test_filters_narrow_counts_and_lists_alike(busy: Database) -> None:
    async with busy.read() as conn:
        found = [await issue_list(conn, wanted, 50) for wanted in _FILTERS]
        strangers = await unconfirmed(conn)

    assert [[line.number for line in lines] for _, lines in found] == [
        [1005, 1001, 1002, 1003, 1004, 1006],
        [],
        [1003],
        [1005],
        [1006],
        [1001],
    ]
    assert [n for n, _ in found] == [6, 0, 1, 1, 1, 1]
    assert strangers == 1


_FILTERS = (
    Wanted(today_ends=TODAY_ENDS, q="Nordlys", tier="gold"),
    Wanted(today_ends=TODAY_ENDS, q="100%_"),
    Wanted(today_ends=TODAY_ENDS, q="PIR-1003"),
    Wanted(today_ends=TODAY_ENDS, problem="p-1"),
    Wanted(today_ends=TODAY_ENDS, unconfirmed=True),
    Wanted(today_ends=TODAY_ENDS, ids=("i-0", "i-unknown")),
)


async def test_partners_are_found_by_letters_beyond_ascii(busy: Database) -> None:
    async with busy.write() as conn:
        await people.change_partner(conn, NORDLYS.model_copy(update={"name": "Überland Öl"}))
    async with busy.read() as conn:
        found = [(await issue_list(conn, Wanted(today_ends=TODAY_ENDS, q=q), 50))[0] for q in ("Über", "Öl", "LAND")]

    assert found == [6, 6, 6]


async def test_the_leads_lists_and_loads(busy: Database, store: SqlDeskStore) -> None:
    """R-66."""
    refused: list[CommandMessage] = []
    for who in ("mia", "omar"):
        refused += [
            wish(c.OfferIssue(to=who, team="deal_desk", accept_by=NOW + HOUR), "lena", issue="i-4"),
            wish(c.Decline(reason="no_capacity"), who, issue="i-4"),
        ]
    await hear(store, *refused)
    async with busy.read() as conn:
        lists = {one.id: one for one in await lead_lists(conn, NOW, "", 10)}
        later = {one.id: one for one in await lead_lists(conn, NOW + 3 * DAY, "deal_desk", 10)}
        whole = await lead_list(conn, "open", NOW, "", (50, 0))
        past = await lead_list(conn, "open", NOW, "", (50, 50))
        loads = await load_of(conn)
        with pytest.raises(NotFound):
            await lead_list(conn, "nonsense", NOW, "", (50, 0))

    assert {key: one.count for key, one in lists.items()} == {
        "decide": 1,
        "late": 0,
        "open": 1,
        "unoffered": 1,
        "silent": 0,
    }
    assert all(one.count == len(one.lines) for one in lists.values())
    assert lists["decide"].oldest == NOW
    assert [line.number for line in later["late"].lines] == [1005, 1001]
    assert ([line.number for line in whole.lines], past.count, past.lines) == ([1001], 1, [])
    assert loads == {"mia": (3, 1)}


async def test_an_issue_is_read_with_all_that_happened(busy: Database) -> None:
    async with busy.read() as conn:
        found = await history(conn, 1003)
        ids = await issue_ids(conn, [1003, 4711])
        known = await known_issues(conn, ["i-2", "i-unknown"])
        lines = await problem_lines(conn, 10)
        none = await problem_lines(conn, 10, ids=())
        counted = await problems(conn, ["p-1"])

    assert [message.event.type for message in found.events] == ["raised", "accepted", "replied", "promise-made"]
    assert found.name_of("ida") == "Ida Example"
    assert ids == {1003: "i-2"}
    assert list(known) == ["i-2"]
    assert [line.id for line in lines] == ["p-1"]
    assert none == []
    assert counted["p-1"].partners == 1


async def test_every_stage_says_how_much_waits_and_since_when(busy: Database) -> None:
    async with busy.read() as conn:
        waiting = {stage.id: stage for stage in await stages(conn, NOW + 30 * DAY)}
        held = await unsent_notices(conn, 10)
        beats = await all_beats(conn)

    assert waiting["timers"].depth > 0
    assert waiting["timers"].oldest is not None
    assert waiting["dead"].depth == 0
    assert held == []
    assert blindness(beats, tuple(waiting.values()), NOW)[0].startswith("No worker has run")
