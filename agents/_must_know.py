"""When an executive must hear of an issue before the partner calls: the policy's rules against an issue, and why.

Pure. Every condition that a rule gives must hold; a rule without any condition holds for no issue, so that an empty
entry in a policy cannot wake the whole board.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.issue import Issue
from schemas.policy import MustKnow
from schemas.values import Because, Scalar


@dataclass(frozen=True, slots=True)
class _Condition:
    """One condition of a rule as it stands on an issue."""

    name: str
    found: Scalar
    holds: bool
    words: str


def rule_name(rule: MustKnow) -> str:
    """How the rule is named on events and in the surprise ledger."""
    return f"must-know:{rule.id}"


def holds(rule: MustKnow, issue: Issue) -> bool:
    """Whether every condition given holds for the issue as it stands."""
    given = tuple(_conditions(rule, issue))
    return bool(given) and all(condition.holds for condition in given)


def because(rule: MustKnow, issue: Issue, policy: str) -> Because:
    """Why the rule holds; call it only when it does."""
    given = tuple(_conditions(rule, issue))
    return Because(
        rule=rule_name(rule),
        sentence=f"{rule.name}: {', '.join(condition.words for condition in given)}."[:600],
        inputs={condition.name: condition.found for condition in given},
        otherwise="Had any one of these not held, this rule would have stayed silent.",
        policy=policy,
    )


def _conditions(rule: MustKnow, issue: Issue) -> Iterator[_Condition]:
    yield from _kind_of_issue(rule, issue)
    yield from _course_of_issue(rule, issue)


def _kind_of_issue(rule: MustKnow, issue: Issue) -> Iterator[_Condition]:
    if rule.tiers:
        yield _Condition("tier", issue.tier, issue.tier in rule.tiers, f"the partner's tier is {issue.tier}")
    if rule.categories:
        found = issue.category
        yield _Condition("category", found, found in rule.categories, f"the category is {found}")
    if rule.priorities:
        priority = issue.priority
        yield _Condition("priority", priority.value, priority in rule.priorities, f"the priority is {priority.value}")
    if rule.blocked_amount_over is not None:
        amount = issue.blocked.amount
        over = amount is not None and amount > rule.blocked_amount_over
        figure = float(amount) if amount is not None else None
        yield _Condition("blocked_amount", figure, over, f"it blocks more than {rule.blocked_amount_over:,.0f}")


def _course_of_issue(rule: MustKnow, issue: Issue) -> Iterator[_Condition]:
    if rule.partner_words_unanswered is not None:
        words = issue.unanswered_words
        enough = words >= rule.partner_words_unanswered
        yield _Condition("unanswered_words", words, enough, f"the partner wrote {words} times without an answer")
    if rule.not_moving_said is not None:
        said = issue.not_moving > 0
        words_said = (
            "the partner said that it is not moving" if said else "the partner did not say that it stands still"
        )
        yield _Condition("not_moving_said", issue.not_moving, said is rule.not_moving_said, words_said)
    if rule.escalated_to_step is not None:
        step = max((plan.step for plan in issue.escalations), default=0)
        yield _Condition("escalated_to_step", step, step >= rule.escalated_to_step, f"step {step} of its ladder ran")
