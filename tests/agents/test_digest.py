"""What an executive and a channel manager read in the morning, and that it is made once a day."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents._digest_lines import may_call
from agents.digest import decide, is_due, notice_of
from schemas.digest import Asked, DigestFigures, GrowingRow, IssueRow, Step, Tally
from schemas.people import Person
from schemas.vocabulary import Priority, Role, State, WaitingFor
from tests.builders import DAY, HOUR, NOW, STAFF, person, policy_book

POLICY = policy_book().current
VERA, CARA = (next(p for p in STAFF if p.id == who) for who in ("vera", "cara"))


def row(issue: str, **more: object) -> IssueRow:
    """An accepted issue of cara's partner about which nobody would call."""
    fields: dict[str, object] = {
        "id": issue,
        "number": 1001,
        "partner": "nordlys",
        "partner_name": "Nordlys Data",
        "channel_manager": "cara",
        "summary": "t-summary",
        "state": State.ACCEPTED,
        "is_open": True,
        "owner_name": "Mia Example",
        "next_update_at": NOW + HOUR,
        "raised_at": NOW - DAY,
        "changed_at": NOW - HOUR,
    }
    return IssueRow.model_validate(fields | more)


def figures(*rows: IssueRow, **more: object) -> DigestFigures:
    """Figures of a day with these issues."""
    fields: dict[str, object] = {"since": NOW - DAY, "until": NOW, "rows": {one.id: one for one in rows}}
    return DigestFigures.model_validate(fields | more)


@pytest.mark.parametrize(
    ("change", "may"),
    [
        ({}, False),
        ({"escalated": True}, True),
        ({"unanswered_words": 1}, False),
        ({"unanswered_words": 2}, True),
        ({"next_update_at": NOW - HOUR}, True),
        ({"promised_for": NOW - HOUR}, True),
        ({"blocked_by": (NOW + DAY).date()}, True),
        ({"blocked_by": (NOW + 3 * DAY).date()}, False),
        ({"state": State.OFFERED, "owner_name": "", "asked_lead": True}, True),
        ({"state": State.TRIAGED, "owner_name": "", "priority": Priority.URGENT}, True),
        ({"priority": Priority.URGENT}, False),
        ({"escalated": True, "confirmed": False}, False),
        ({"escalated": True, "is_open": False, "state": State.CLOSED}, False),
    ],
)
def test_about_which_issue_a_partner_may_call_today(change: dict[str, object], may: bool) -> None:
    assert may_call(row("a", **change), NOW) is may


def test_lines_are_ranked_by_blocked_business_and_few() -> None:
    """R-22: most blocked money first, then priority, then the oldest; at most the policy's number of lines."""
    rows = [row(f"i{n}", escalated=True, blocked_amount=Decimal(n * 1000) if n else None) for n in range(8)]
    urgent = row("u", escalated=True, priority=Priority.URGENT)
    digest = decide(figures(*rows, urgent), VERA, NOW, POLICY)

    assert [line.issue for line in digest.lines] == ["i7", "i6", "i5", "i4", "i3"]
    assert digest.may_call.ids == ("i7", "i6", "i5", "i4", "i3", "i2", "i1", "u", "i0")


def test_every_number_is_the_length_of_its_list() -> None:
    """R-17: surprises, callers, broken commitments and growing problems each open what they count."""
    rows = [row(f"i{n}") for n in range(6)]
    cases = tuple((f"i{n}", f"p{n % 3}") for n in range(5))
    seen = figures(
        *rows,
        surprised=("i1", "i1", "gone"),
        late_promises=("i2",),
        missed_updates=("i2", "i3"),
        late_offers=("i4",),
        growing=(GrowingRow(problem="g", title="t", cases=cases),),
    )
    digest = decide(seen, VERA, NOW, POLICY)

    assert digest.surprises.ids == ("i1",)
    assert digest.broken.ids == ("i2", "i3", "i4")
    assert digest.growing.ids == ("g",)
    assert digest.problems[0].issues == ("i0", "i1", "i2", "i3", "i4")
    assert digest.surprises.count + digest.broken.count + digest.growing.count == 5


def test_one_loud_partner_is_no_growing_problem() -> None:
    """R-07: distinct partners before volume."""
    loud = GrowingRow(problem="g", title="t", cases=tuple((f"i{n}", "p0") for n in range(20)))

    assert decide(figures(growing=(loud,)), VERA, NOW, POLICY).growing.count == 0


def test_an_update_missed_while_the_partner_had_the_move_is_no_broken_commitment() -> None:
    waiting = row("a", state=State.WAITING, waiting_for=WaitingFor.PARTNER)

    assert decide(figures(waiting, missed_updates=("a",)), VERA, NOW, POLICY).broken.count == 0


def test_a_quiet_day_says_so_and_still_counts() -> None:
    quiet = figures(row("a"), tallies=(Tally(channel_manager="cara", open_issues=41, owned_issues=41),))
    digest = decide(quiet, VERA, NOW, POLICY)

    assert digest.is_quiet
    assert (digest.open_issues, digest.owned_issues) == (41, 41)


def test_good_news_and_the_acceptance_rate_are_told() -> None:
    """R-29, R-65: resolved before any escalation; accepted of answered offers."""
    digest = decide(figures(row("a"), resolved_early=("a",), answered=85, accepted=84), VERA, NOW, POLICY)

    assert digest.resolved_early.count == 1
    assert digest.acceptance == pytest.approx(0.988, abs=0.001)


@pytest.mark.parametrize(
    ("change", "step", "asked"),
    [
        ({"escalated": True}, Step.UPDATE, Asked.EXPECT_CALL),
        ({"promised_for": NOW - HOUR}, Step.PROMISE, Asked.CALL_FIRST),
        ({"state": State.OFFERED, "owner_name": "", "asked_lead": True}, Step.DECIDE, Asked.NAME_OWNER),
        ({"state": State.OFFERED, "owner_name": "", "accept_by": NOW - HOUR}, Step.ACCEPT, Asked.NAME_OWNER),
        ({"blocked_by": NOW.date()}, Step.UPDATE, Asked.NOTHING),
    ],
)
def test_a_line_says_what_is_next_and_what_is_asked(change: dict[str, object], step: Step, asked: Asked) -> None:
    (line,) = decide(figures(row("a", **change)), VERA, NOW, POLICY).lines

    assert (line.step, line.asked) == (step, asked)


def test_a_channel_manager_reads_of_their_own_partners_only() -> None:
    """R-14, R-16."""
    mine, other = row("mine", escalated=True), row("other", escalated=True, channel_manager="carl")
    tallies = (Tally(channel_manager="cara", open_issues=3, owned_issues=2), Tally(open_issues=9, owned_issues=9))
    seen = figures(mine, other, changed=("mine", "other"), late_offers=("other",), tallies=tallies)
    digest = decide(seen, CARA, NOW, POLICY)

    assert (digest.changed.ids, digest.at_risk.ids, digest.broken.ids) == (("mine",), ("mine",), ())
    assert (digest.open_issues, digest.owned_issues) == (3, 2)
    assert digest.surprises.count == 0


@pytest.mark.parametrize(
    ("zone", "utc", "due"),
    [
        ("Europe/Berlin", 6, False),
        ("Europe/Berlin", 7, True),
        ("America/New_York", 11, False),
        ("Asia/Tokyo", 23, True),
    ],
)
def test_a_digest_is_due_when_the_readers_own_clock_says_so(zone: str, utc: int, due: bool) -> None:
    at = datetime(2026, 1, 14, utc, 30, tzinfo=UTC) - timedelta(minutes=10 if not due else 0)

    assert is_due(person("vera", Role.EXECUTIVE, zone=zone), at, POLICY) is due


def test_a_digest_has_one_notice_a_reader_and_day() -> None:
    today, later = (decide(figures(), VERA, at, POLICY) for at in (NOW, NOW + HOUR))

    assert notice_of(today).key == notice_of(later).key
    assert notice_of(decide(figures(), VERA, NOW + DAY, POLICY)).key != notice_of(today).key
    assert today.day == date(2026, 3, 2)


ROWS = st.lists(
    st.builds(
        row,
        st.sampled_from([f"i{n}" for n in range(9)]),
        escalated=st.booleans(),
        unanswered_words=st.integers(0, 3),
        blocked_amount=st.one_of(st.none(), st.decimals(0, 10_000, places=2)),
        channel_manager=st.sampled_from(["cara", "carl", None]),
        is_open=st.booleans(),
    ),
    max_size=9,
)


@given(ROWS, st.sampled_from([VERA, CARA]))
def test_lines_are_the_head_of_the_list_they_come_from(rows: list[IssueRow], reader: Person) -> None:
    """R-17: what is shown can always be found behind its number."""
    digest = decide(figures(*rows), reader, NOW, POLICY)
    behind = digest.may_call if reader is VERA else digest.at_risk
    amounts: Mapping[str, Decimal] = {r.id: r.blocked_amount or Decimal(0) for r in rows}

    assert [line.issue for line in digest.lines] == list(behind.ids[: POLICY.digest.lines])
    assert [amounts[one] for one in behind.ids] == sorted((amounts[one] for one in behind.ids), reverse=True)
