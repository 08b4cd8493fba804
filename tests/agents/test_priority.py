"""How points make a priority, and how that is said."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from agents._priority import judge
from schemas.issue import Issue
from schemas.values import Blocked
from schemas.vocabulary import Priority
from tests.builders import DAY, NOW, after, policy_book, raise_command, wish

POLICY = policy_book().current
DUE_SOON = date(2026, 3, 4)


def issue(*, tier: str = "silver", amount: int | None = None, by: date | None = None) -> Issue:
    blocked = Blocked(amount=Decimal(amount) if amount is not None else None, by=by, currency="EUR")
    return after(None, wish(raise_command(tier=tier, blocked=blocked), "partner"))


@pytest.mark.parametrize(
    ("raised", "category", "heat", "waited", "expected"),
    [
        (issue(), None, 0.0, timedelta(), Priority.LOW),
        (issue(tier="gold"), "incentives", 0.0, timedelta(), Priority.NORMAL),
        (issue(amount=5_000), None, 0.0, timedelta(), Priority.NORMAL),
        (issue(amount=4_999), None, 0.0, timedelta(), Priority.LOW),
        (issue(by=DUE_SOON, tier="gold"), None, 0.0, timedelta(), Priority.HIGH),
        (issue(by=date(2026, 5, 1), tier="gold"), None, 0.0, timedelta(), Priority.NORMAL),
        (issue(by=date(2026, 2, 1), tier="gold"), None, 0.0, timedelta(), Priority.HIGH),
        (issue(amount=50_000, by=DUE_SOON), None, 0.0, timedelta(), Priority.URGENT),
        (issue(tier="platinum", amount=80_000), "deal_registration", 0.0, timedelta(), Priority.URGENT),
        (issue(), None, 1.0, timedelta(), Priority.LOW),
        (issue(), "relationship", 1.0, timedelta(), Priority.NORMAL),
        (issue(), "relationship", 0.0, DAY, Priority.NORMAL),
        (issue(), None, 0.0, 30 * DAY, Priority.LOW),
    ],
)
def test_points_make_the_priority(
    raised: Issue, category: str | None, heat: float, waited: timedelta, expected: Priority
) -> None:
    """R-21: priority is computed from impact, deadline, tier, category, age and heat."""
    judged = judge(raised, POLICY.category(category), heat, POLICY, NOW + waited)

    assert judged.priority is expected


def test_age_raises_the_points_and_never_lowers_them() -> None:
    """R-33: what waits longer ranks higher."""
    totals = [judge(issue(), None, 0.0, POLICY, NOW + n * DAY).total for n in range(8)]

    assert totals == sorted(totals)
    assert totals[-1] > totals[0]


def test_heat_alone_is_never_a_reason() -> None:
    assert judge(issue(), None, 1.0, POLICY, NOW).priority is judge(issue(), None, 0.0, POLICY, NOW).priority


def test_the_sentence_names_the_parts_the_heaviest_first() -> None:
    judged = judge(issue(tier="gold", by=DUE_SOON), POLICY.category("incentives"), 0.3, POLICY, NOW)

    assert judged.sentence == "High with 48 points: deadline 30, tier 10, category 5, heat 3."
    assert judged.otherwise == (
        "12 more points would have made it urgent; without the deadline on 4 Mar it would have been normal "
        "(urgent from 60, high from 40, normal from 15)."
    )


def test_an_amount_that_decided_is_named() -> None:
    judged = judge(issue(tier="platinum", amount=80_000), POLICY.category("deal_registration"), 0.0, POLICY, NOW)

    assert "Without the blocked amount of 80,000 EUR it would have been normal" in judged.otherwise


def test_nothing_that_weighs_is_said_too() -> None:
    judged = judge(issue(), None, 0.0, POLICY, NOW)

    assert judged.sentence == "Low with 0 points: nothing weighs on it."
    assert judged.otherwise.startswith("15 more points would have made it normal")
