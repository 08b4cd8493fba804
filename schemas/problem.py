"""A recurring problem: issues that people said are the same trouble. Its figures are counted from its linked issues."""

from schemas.policy import Recurrence
from schemas.values import Identifier, Instant, TextRef, Value


class Case(Value):
    """One issue of a problem, as far as counting goes."""

    issue: Identifier
    partner: Identifier
    raised_at: Instant
    is_open: bool


class Problem(Value):
    """A confirmed problem with its cases, oldest first."""

    id: Identifier
    title: TextRef
    category: Identifier | None = None
    made_at: Instant
    cases: tuple[Case, ...] = ()

    @property
    def partners(self) -> int:
        """How many distinct partners it has hurt: counted before volume, one loud partner is no epidemic."""
        return len({case.partner for case in self.cases})

    def is_growing(self, now: Instant, rules: Recurrence) -> bool:
        """Whether enough new cases of enough distinct partners came within the policy's span (R-07)."""
        recent = [case for case in self.cases if now - case.raised_at <= rules.growing_within]
        distinct = {case.partner for case in recent}
        return len(recent) >= rules.growing_issues and len(distinct) >= rules.growing_partners
