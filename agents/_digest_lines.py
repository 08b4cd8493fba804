"""The lines of a digest: about which issue a partner may call today, in which order, and what is asked. Pure."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from schemas.digest import Asked, DigestLine, IssueRow, Step
from schemas.values import Instant
from schemas.vocabulary import OWNED_STATES, PRIORITY_RANK, Priority, State, WaitingFor

WORDS_MAKE_A_CALL = 2
"""Partners write, write again, and then call: the second unanswered word is the warning."""

DAY = timedelta(days=1)


def may_call(row: IssueRow, now: Instant) -> bool:
    """Whether a partner may call about this open, confirmed issue today."""
    if not row.is_open or not row.confirmed:
        return False
    unowned = row.state not in OWNED_STATES
    return (
        row.escalated
        or row.unanswered_words >= WORDS_MAKE_A_CALL
        or _passed(row.next_update_at, now)
        or _passed(row.promised_for, now)
        or (row.blocked_by is not None and row.blocked_by <= (now + DAY).date())
        or (unowned and (row.asked_lead or row.priority is Priority.URGENT or _passed(row.accept_by, now)))
    )


def ranked(rows: Iterable[IssueRow]) -> tuple[IssueRow, ...]:
    """Most blocked business first (R-22); then by priority, then the oldest."""
    return tuple(sorted(rows, key=_rank))


def line_of(row: IssueRow, now: Instant, surprised: frozenset[str]) -> DigestLine:
    """The issue as one line."""
    step, at = _next_step(row)
    return DigestLine(
        issue=row.id,
        number=row.number,
        partner=row.partner,
        partner_name=row.partner_name,
        summary=row.summary,
        since=row.raised_at,
        state=row.state,
        waiting_for=row.waiting_for,
        escalated=row.escalated,
        blocked_amount=row.blocked_amount,
        blocked_by=row.blocked_by,
        owner_name=row.owner_name,
        step=step,
        step_at=at,
        asked=_asked(row, now, surprised),
    )


def _rank(row: IssueRow) -> tuple[Decimal, int, Instant, str]:
    return (-(row.blocked_amount or Decimal(0)), PRIORITY_RANK[row.priority], row.raised_at, row.id)


def _next_step(row: IssueRow) -> tuple[Step, Instant | None]:
    """What happens next and when: an owner first, then the nearest date the partner was given."""
    if row.state is State.RESOLVED:
        return Step.CONFIRM, None
    if not row.owner_name:
        return (Step.DECIDE if row.asked_lead else Step.ACCEPT), row.accept_by
    if row.promised_for is not None and (row.next_update_at is None or row.promised_for <= row.next_update_at):
        return Step.PROMISE, row.promised_for
    if row.next_update_at is not None:
        return Step.UPDATE, row.next_update_at
    return Step.NONE, None


def _asked(row: IssueRow, now: Instant, surprised: frozenset[str]) -> Asked:
    """Mostly nothing: an executive names owners through the lead and calls only where trust is at stake."""
    if not row.owner_name and (row.asked_lead or _passed(row.accept_by, now)):
        return Asked.NAME_OWNER
    if _passed(row.promised_for, now) and row.id not in surprised:
        return Asked.CALL_FIRST
    if row.escalated or row.unanswered_words >= WORDS_MAKE_A_CALL:
        return Asked.EXPECT_CALL if row.waiting_for is not WaitingFor.PARTNER else Asked.NOTHING
    return Asked.NOTHING


def _passed(at: Instant | None, now: Instant) -> bool:
    return at is not None and at <= now
