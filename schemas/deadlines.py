"""What falls due on an issue, and when: a pure function of the issue and its policy, stored with the issue as rows.

`due_after` is the one place that turns a span into an instant; a calendar of working hours takes its place here later.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from schemas.issue import Issue
from schemas.policy import Ladder, LadderStep, PolicyBook, StepWhen
from schemas.values import Deadline, Instant, Span
from schemas.vocabulary import DeadlineKind, State

CONFIRM_WITHIN = timedelta(days=7)
"""How long an issue of the public form waits for its address to be confirmed: people are away for a week."""


def due_after(start: Instant, span: Span) -> Instant:
    """The instant this span after the start, counting elapsed time."""
    return start + span


def deadlines(issue: Issue, book: PolicyBook) -> tuple[Deadline, ...]:
    """Everything that will fall due if nothing else happens, in no order. Each (kind, ref) stands once."""
    return tuple(_all(issue, book))


def _all(issue: Issue, book: PolicyBook) -> Iterator[Deadline]:
    if not issue.confirmed and issue.owner is None:
        if issue.is_open:
            yield Deadline(kind=DeadlineKind.CONFIRMATION_ENDS, due_at=due_after(issue.raised_at, CONFIRM_WITHIN))
            if issue.offer is not None and issue.offer.to is not None:  # by hand; the team is not asked before that
                yield Deadline(kind=DeadlineKind.OFFER_LAPSES, due_at=issue.offer.accept_by, ref=issue.offer.to)
        return
    if issue.offer is not None:
        yield Deadline(kind=DeadlineKind.OFFER_LAPSES, due_at=issue.offer.accept_by, ref=issue.offer.to or "team")
    if issue.is_open and issue.next_update_at is not None:
        yield Deadline(kind=DeadlineKind.UPDATE_DUE, due_at=issue.next_update_at)
    if issue.is_open and issue.waiting is not None:
        yield Deadline(kind=DeadlineKind.WAIT_REVIEW, due_at=issue.waiting.review_at)
    for promise in issue.promises:
        if promise.state == "open" and issue.is_open:
            yield Deadline(kind=DeadlineKind.PROMISE_DUE, due_at=promise.due_at, ref=promise.id)
    if issue.is_open:
        yield from _ladder_steps(issue, book.pinned(issue.ladder_policy).ladder(issue.ladder))
    yield from _afterwards(issue)


def _ladder_steps(issue: Issue, ladder: Ladder) -> Iterator[Deadline]:
    for number, step in enumerate(ladder.steps, start=1):
        start = _clock_start(issue, step)
        if start is not None and number not in issue.steps_done:
            yield Deadline(kind=DeadlineKind.LADDER_STEP, due_at=due_after(start, step.after), ref=str(number))


def _clock_start(issue: Issue, step: LadderStep) -> Instant | None:
    """When the step's clock began; None while what it waits for has happened."""
    if step.when is StepWhen.NOT_ACCEPTED:
        return None if issue.owner is not None else issue.ladder_since
    if step.when is StepWhen.NOT_TOLD:
        return issue.last_told_at
    return issue.ladder_since


def _afterwards(issue: Issue) -> Iterator[Deadline]:
    if issue.state is State.RESOLVED and issue.assume_at is not None:
        yield Deadline(kind=DeadlineKind.ASSUME_RESOLVED, due_at=issue.assume_at)
    if issue.state is State.CLOSED and issue.still_fixed_at is not None:
        yield Deadline(kind=DeadlineKind.STILL_FIXED, due_at=issue.still_fixed_at)
    if issue.state is State.CANNOT_DO and issue.review_refusal_on is not None:
        morning = datetime.combine(issue.review_refusal_on, time(8), UTC)
        yield Deadline(kind=DeadlineKind.REVIEW_REFUSAL, due_at=morning)
