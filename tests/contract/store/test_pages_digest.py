"""Digest figures read from real rows, and digests kept once with their notice, on both databases."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from agents.digest import Needs, decide, make_due
from issue_stream.store.database import Database
from issue_stream.store.desk_store import SqlDeskStore
from issue_stream.store.notices import SqlNoticeBook
from issue_stream.store.pages_digest import SqlDigestReading
from issue_stream.store.people import add_partner, add_staff
from issue_stream.store.reading import SqlReading
from issue_stream.store.tables import notices
from schemas.digest import IssueRow
from schemas.envelope import CommandMessage
from schemas.issue import Issue
from schemas.letter import Entry, NoticeState
from schemas.notices import Notice, NoticeKind
from schemas.people import Partner
from schemas.side_commands import Escalate, LinkProblem, RecordExecutiveContact
from schemas.values import Blocked
from schemas.vocabulary import Audience, Priority
from tests.agents.desk_situations import RESOLVE, SITUATIONS
from tests.builders import DAY, HOUR, NOW, STAFF, answered, policy_book, raise_command, wish

NORDLYS = Partner(id="nordlys", name="Nordlys Data", tier="gold", channel_manager="cara")
SINCE, UNTIL = NOW - HOUR, NOW + DAY
BIG = Blocked(amount=Decimal("48500.50"), currency="EUR")


@pytest.fixture
async def reading(db: Database) -> SqlDigestReading:
    """A house with all staff and one partner."""
    async with db.write() as conn:
        for one in STAFF:
            await add_staff(conn, one)
        await add_partner(conn, NORDLYS)
    return SqlDigestReading(db)


async def live(store: SqlDeskStore, issue: str, number: int, *more: CommandMessage) -> Issue:
    """An issue that mia owns and to which these wishes happened, through the desk's own store."""
    first = raise_command(number=number, blocked=BIG)
    owned = [(m.command if n else first, m.by.id) for n, m in enumerate(SITUATIONS["owned"])]
    wishes = [wish(command, who, issue=issue) for command, who in owned]
    state: Issue | None = None
    for message in (*wishes, *more):
        effects = answered(state, message, at=message.at)
        assert not [o.text for o in effects.outcomes if o.refusal]
        async with store.unit() as unit:
            await unit.save(effects)
        state = effects.issues[issue]
    assert state is not None
    return state


async def test_an_issue_is_read_with_its_partner_and_owner(reading: SqlDigestReading, store: SqlDeskStore) -> None:
    await live(store, "a", 1001, wish(Escalate(tell=("lena",)), "mia", issue="a"))
    rows = (await reading.figures(SINCE, UNTIL, policy_book())).rows

    found = rows["a"]
    assert isinstance(found, IssueRow)
    assert (found.partner_name, found.channel_manager, found.owner_name) == ("Nordlys Data", "cara", "Mia Example")
    assert (found.blocked_amount, found.escalated) == (Decimal("48500.50"), True)
    assert found.priority in Priority


async def test_only_an_issue_resolved_before_any_escalation_is_good_news(
    reading: SqlDigestReading, store: SqlDeskStore
) -> None:
    """R-29."""
    await live(store, "quiet", 1001, wish(RESOLVE, issue="quiet"))
    loud = (wish(Escalate(tell=("lena",)), "mia", issue="loud"), wish(RESOLVE, issue="loud"))
    await live(store, "loud", 1002, *loud)
    await live(store, "open", 1003)

    assert (await reading.figures(SINCE, UNTIL, policy_book())).resolved_early == ("quiet",)


async def test_a_call_before_we_told_is_a_surprise(reading: SqlDigestReading, store: SqlDeskStore) -> None:
    """R-12: the number is read from the ledger."""
    await live(store, "a", 1001, wish(RecordExecutiveContact(executive="vera"), "vera", issue="a"))
    await live(store, "b", 1002)

    assert (await reading.figures(SINCE, UNTIL, policy_book())).surprised == ("a",)


async def test_what_happened_outside_the_span_is_not_counted(reading: SqlDigestReading, store: SqlDeskStore) -> None:
    await live(store, "a", 1001, wish(RecordExecutiveContact(executive="vera"), "vera", issue="a"))
    figures = await reading.figures(NOW + HOUR, UNTIL, policy_book())

    assert (figures.surprised, figures.resolved_early, figures.changed) == ((), (), ())


async def test_answers_tallies_changes_and_cases_are_counted(reading: SqlDigestReading, store: SqlDeskStore) -> None:
    """R-65: accepted of answered; open and owned by channel manager; cases of a problem."""
    for number in (1001, 1002):
        issue = f"i{number}"
        await live(store, issue, number, wish(LinkProblem(problem="p", title="t"), "mia", issue=issue))
    await live(store, "done", 1003, wish(RESOLVE, issue="done"))
    figures = await reading.figures(SINCE, UNTIL, policy_book())

    assert (figures.answered, figures.accepted) == (3, 3)
    assert [(t.channel_manager, t.open_issues, t.owned_issues) for t in figures.tallies] == [("cara", 2, 2)]
    assert set(figures.changed) == {"i1001", "i1002", "done"}
    assert [(g.problem, len(g.cases)) for g in figures.growing] == [("p", 2)]


async def test_an_update_that_fell_due_counts_as_pressing(reading: SqlDigestReading, store: SqlDeskStore) -> None:
    issue = await live(store, "a", 1001)
    assert issue.next_update_at is not None
    late = issue.next_update_at + HOUR
    figures = await reading.figures(late - DAY, late, policy_book())
    digest = decide(figures, next(p for p in STAFF if p.id == "vera"), late, policy_book().current)

    assert digest.may_call.ids == ("a",)
    assert digest.lines[0].owner_name == "Mia Example"


class _Morning:
    """A clock of this morning."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


async def _made(db: Database, reading: SqlDigestReading, clock: _Morning) -> int:
    return await make_due(Needs(reading=SqlReading(db, policy_book, clock), digests=reading, now=clock))


async def _waiting(db: Database) -> Sequence[tuple[str, str]]:
    async with db.read() as conn:
        rows = await conn.execute(select(notices.c.recipient, notices.c.kind).order_by(notices.c.recipient))
        return [(row.recipient, row.kind) for row in rows]


async def test_each_reader_gets_one_digest_a_day_with_its_notice(
    db: Database, reading: SqlDigestReading, store: SqlDeskStore
) -> None:
    """Made at the reader's hour, however often one looks; a quiet day has one too."""
    await live(store, "a", 1001)
    clock = _Morning(NOW.replace(hour=6))
    assert await _made(db, reading, clock) == 0
    clock.at = NOW
    assert [await _made(db, reading, clock) for _ in range(3)] == [2, 0, 0]
    assert await _waiting(db) == [("cara", "digest"), ("vera", "digest")]
    clock.at = NOW + DAY
    assert await _made(db, reading, clock) == 2

    kept = await reading.kept([("vera", NOW.date()), ("vera", date(2020, 1, 1))])
    assert [(digest.reader, digest.audience) for digest in kept.values()] == [("vera", Audience.EXECUTIVE)]


async def test_news_held_back_is_in_the_digest_and_leaves_with_it(db: Database, reading: SqlDigestReading) -> None:
    """R-63: what went over the budget is read in the digest, by support too."""
    held = Notice(
        key="held", kind=NoticeKind.FOLLOWED_NEWS, audience=Audience.OWNER, recipient="mia", issue="a", at=NOW
    )
    book = SqlNoticeBook(db)
    await book.add([Entry(notice=held, due_at=NOW, state=NoticeState.DIGEST)])
    made = await _made(db, reading, _Morning(NOW))

    assert made == 3
    assert (await reading.kept([("mia", NOW.date())]))["mia", NOW.date()].held_back.ids == ("a",)
    assert await reading.held_for() == frozenset()
    async with db.read() as conn:
        (state,) = await conn.scalars(select(notices.c.state).where(notices.c.key == "held"))
    assert state == NoticeState.TOGETHER.value
