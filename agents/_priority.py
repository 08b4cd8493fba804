"""How soon an issue hurts: points from what it blocks, tier, category, age and heat, and one sentence why. Pure.

Points add up to at most 130: money 30, a near deadline 30, tier 30, category 20, age 10, heat 10. The bounds stand in
the policy, so that a partner manager can read and move them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from schemas.issue import Issue
from schemas.policy import Category, Policy
from schemas.values import Instant
from schemas.vocabulary import Priority

MONEY_HIGH, MONEY_SOME = 30, 15
DEADLINE_NEAR, DEADLINE_LATER = 30, 10
AGE_POINTS = ((timedelta(days=3), 10), (timedelta(days=1), 5))
"""Waiting counts, but a week over a small matter must not overtake a big deal that is due tomorrow (R-33)."""
HEAT_MOST = 10
"""Heat is one input of six and never alone a reason: at most a thirteenth of the scale."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A priority with the points behind it, by the name of their part."""

    priority: Priority
    points: Mapping[str, int]
    sentence: str
    otherwise: str

    @property
    def total(self) -> int:
        """All points."""
        return sum(self.points.values())


def judge(issue: Issue, category: Category | None, heat: float, policy: Policy, now: Instant) -> Judged:
    """The priority of this issue now, why, and what would have changed it (R-21). `heat` is 0 to 1."""
    tier = policy.tier(issue.tier)
    points = {
        "blocked amount": _money(issue, policy),
        "deadline": _deadline(issue, policy, now),
        "tier": tier.weight if tier else 0,
        "category": category.weight if category else 0,
        "age": _age(issue, now),
        "heat": round(heat * HEAT_MOST),
    }
    priority = _of(sum(points.values()), policy)
    return Judged(priority, points, _sentence(priority, points), _otherwise(issue, points, policy))


def _money(issue: Issue, policy: Policy) -> int:
    amount = issue.blocked.amount
    if amount is None:
        return 0
    if amount >= policy.priority.amount_high:
        return MONEY_HIGH
    return MONEY_SOME if amount >= policy.priority.amount_some else 0


def _deadline(issue: Issue, policy: Policy, now: Instant) -> int:
    if issue.blocked.by is None:
        return 0
    left = datetime.combine(issue.blocked.by, time(23, 59), UTC) - now
    return DEADLINE_NEAR if left <= policy.priority.deadline_within else DEADLINE_LATER


def _age(issue: Issue, now: Instant) -> int:
    return next((points for least, points in AGE_POINTS if now - issue.raised_at >= least), 0)


def _of(total: int, policy: Policy) -> Priority:
    return next((priority for least, priority in _bounds(policy) if total >= least), Priority.LOW)


def _bounds(policy: Policy) -> tuple[tuple[int, Priority], ...]:
    rules = policy.priority
    return ((rules.urgent_at, Priority.URGENT), (rules.high_at, Priority.HIGH), (rules.normal_at, Priority.NORMAL))


def _sentence(priority: Priority, points: Mapping[str, int]) -> str:
    named = ", ".join(f"{name} {value}" for name, value in sorted(points.items(), key=lambda p: -p[1]) if value)
    said = f"{priority.value.capitalize()} with {sum(points.values())} points"
    return f"{said}: {named}." if named else f"{said}: nothing weighs on it."


def _otherwise(issue: Issue, points: Mapping[str, int], policy: Policy) -> str:
    """The nearest way up, the nearest way down, and the bounds."""
    total, rules = sum(points.values()), policy.priority
    higher = [(least - total, priority) for least, priority in _bounds(policy) if least > total]
    parts = []
    if higher:
        gap, priority = min(higher, key=lambda pair: pair[0])
        parts.append(f"{gap} more points would have made it {priority.value}")
    changing = [part for part in points if _of(total - points[part], policy) is not _of(total, policy)]
    if changing:
        part = max(changing, key=lambda name: points[name])
        parts.append(f"without the {_named(part, issue)} it would have been {_of(total - points[part], policy).value}")
    said = "; ".join(parts)
    bounds = f"urgent from {rules.urgent_at}, high from {rules.high_at}, normal from {rules.normal_at}"
    return f"{said[:1].upper()}{said[1:]} ({bounds})." if said else f"No one part would have changed it ({bounds})."


def _named(part: str, issue: Issue) -> str:
    blocked = issue.blocked
    if part == "deadline" and blocked.by is not None:
        return f"deadline on {blocked.by.day} {blocked.by:%b}"
    if part == "blocked amount" and blocked.amount is not None:
        return f"blocked amount of {blocked.amount:,.0f} {blocked.currency}".rstrip()
    return f"points for {part}"
