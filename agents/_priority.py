"""How soon an issue hurts: points from what it blocks, tier, category and heat, and one sentence why. Pure.

Points add up to at most 120: money 30, a near deadline 30, tier 30, category 20, heat 10. The bounds stand in the
policy, so that a partner manager can read and move them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time

from schemas.issue import Issue
from schemas.policy import Category, Policy
from schemas.values import Instant
from schemas.vocabulary import Priority

MONEY_HIGH, MONEY_SOME = 30, 15
DEADLINE_NEAR, DEADLINE_LATER = 30, 10
HEAT_MOST = 10
"""Heat is one input of five and never alone a reason: at most a twelfth of the scale."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A priority with the points behind it."""

    priority: Priority
    points: Mapping[str, int]
    sentence: str
    otherwise: str

    @property
    def total(self) -> int:
        """All points."""
        return sum(self.points.values())


def judge(issue: Issue, category: Category | None, heat: float, policy: Policy, now: Instant) -> Judged:
    """The priority of this issue now, and what would have changed it (R-21)."""
    tier = policy.tier(issue.tier)
    points = {
        "blocked amount": _money(issue, policy),
        "partner's deadline": _deadline(issue, policy, now),
        "tier": tier.weight if tier else 0,
        "category": category.weight if category else 0,
        "heat": round(heat * HEAT_MOST),
    }
    total = sum(points.values())
    priority = _of(total, policy)
    return Judged(priority, points, _sentence(priority, points, total), _otherwise(points, total, policy))


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


def _of(total: int, policy: Policy) -> Priority:
    rules = policy.priority
    steps = ((rules.urgent_at, Priority.URGENT), (rules.high_at, Priority.HIGH), (rules.normal_at, Priority.NORMAL))
    return next((priority for least, priority in steps if total >= least), Priority.LOW)


def _sentence(priority: Priority, points: Mapping[str, int], total: int) -> str:
    named = ", ".join(f"{name} {value}" for name, value in sorted(points.items(), key=lambda p: -p[1]) if value)
    return f"{priority.value.capitalize()} with {total} points" + (
        f": {named}." if named else ": nothing weighs on it."
    )


def _otherwise(points: Mapping[str, int], total: int, policy: Policy) -> str:
    rules = policy.priority
    missing = [(least - total, p) for least, p in _bounds(policy) if least > total]
    parts = []
    if missing:
        gap, higher = min(missing, key=lambda pair: pair[0])
        parts.append(f"{gap} more points would have made it {higher.value}")
    name, most = max(points.items(), key=lambda pair: pair[1])
    lower = _of(total - most, policy)
    if most and lower is not _of(total, policy):
        parts.append(f"without the {name} it would have been {lower.value}")
    bounds = f"(urgent from {rules.urgent_at}, high from {rules.high_at}, normal from {rules.normal_at})"
    return ("; ".join(parts) or "Nothing else would have changed it") + f" {bounds}."


def _bounds(policy: Policy) -> tuple[tuple[int, Priority], ...]:
    rules = policy.priority
    return ((rules.normal_at, Priority.NORMAL), (rules.high_at, Priority.HIGH), (rules.urgent_at, Priority.URGENT))
