"""What a partner may see of one event: an allow-list, architecture §2.11.

`partner_line` is an exhaustive match: each event either becomes a line made of named facts or is not for partners.
Internal text has no path into a line: texts named here are a partner's own words or were written to be read by one.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import assert_never

from pydantic import Field

from schemas import events as e
from schemas import side_events as s
from schemas.envelope import EventMessage
from schemas.values import FileRef, Instant, Scalar, TextRef, Value
from schemas.vocabulary import ActorKind


class LineKind(StrEnum):
    """What a line of the partner's timeline says; its sentence stands in the templates."""

    RAISED = "raised"
    CONFIRMED = "confirmed"
    UNDERSTOOD = "understood"
    OWNED = "owned"
    YOU_SAID = "you_said"
    YOU_SAID_STUCK = "you_said_stuck"
    WE_SAID = "we_said"
    NOTHING_NEW = "nothing_new"
    WAITING = "waiting"
    MOVING_AGAIN = "moving_again"
    SOLVED = "solved"
    REFUSED = "refused"
    YOU_CONFIRMED = "you_confirmed"
    YOU_DENIED = "you_denied"
    CLOSED = "closed"
    ASKED_AGAIN = "asked_again"
    STILL_FIXED = "still_fixed"
    REOPENED = "reopened"
    TOLD_LEADERS = "told_leaders"
    SHARED_PROBLEM = "shared_problem"
    TOGETHER = "together"
    APART_AGAIN = "apart_again"
    DATE_GIVEN = "date_given"
    DATE_MOVED = "date_moved"
    DATE_KEPT = "date_kept"
    DATE_MISSED = "date_missed"
    DATE_WITHDRAWN = "date_withdrawn"


class PartnerLine(Value):
    """One step as the partner reads it."""

    at: Instant
    kind: LineKind
    text: TextRef | None = None
    second: TextRef | None = None
    figures: Mapping[str, Scalar] = Field(default_factory=dict)
    files: tuple[FileRef, ...] = ()


def partner_line(message: EventMessage) -> PartnerLine | None:  # noqa: C901, PLR0912 - one table, read downward
    """The line of this event, or None when it is not for partners."""
    event = message.event
    match event:
        case e.Raised():
            return _line(message, LineKind.RAISED, text=event.what, files=event.files)
        case e.SenderConfirmed():
            return _line(message, LineKind.CONFIRMED)
        case e.Triaged():
            return _line(message, LineKind.UNDERSTOOD, category=event.category)
        case e.Accepted():
            return _line(message, LineKind.OWNED, owner=_first_name(event.owner_name), team=event.team)
        case e.CommentAdded() | e.NotMovingSaid() | e.Replied() | e.NoProgressTold():
            return _spoken(message, event)
        case e.WaitStarted() | e.WaitEnded() | e.Resolved() | e.CannotBeDone():
            return _worked(message, event)
        case (
            e.ResolutionConfirmed()
            | e.ResolutionDenied()
            | e.Closed()
            | e.StillFixedAsked()
            | e.StillFixedAnswered()
            | e.Reopened()
        ):
            return _ended(message, event)
        case s.PromiseMade() | s.PromiseRevised() | s.PromiseKept() | s.PromiseBroken() | s.PromiseWithdrawn():
            return _promised(message, event)
        case s.ProblemLinked():
            return _line(message, LineKind.SHARED_PROBLEM)
        case s.MergedInto():
            return _line(message, LineKind.TOGETHER, number=event.into_number)
        case s.Unmerged():
            return _line(message, LineKind.APART_AGAIN)
        case s.Escalated():
            return _line(message, LineKind.TOLD_LEADERS) if event.told else None
        case _:
            _hidden(event)
            return None


_Hidden = (
    e.TriageAsked
    | e.PrioritySet
    | e.SummarySet
    | e.Offered
    | e.LeadAsked
    | e.Declined
    | e.OfferLapsed
    | e.HandOverStarted
    | e.NoteAdded
    | e.SatisfactionGiven
    | s.LadderStepDue
    | s.Deescalated
    | s.ProblemUnlinked
    | s.AlikeSuggested
    | s.AlikeDismissed
    | s.ExecutiveInformed
    | s.ExecutiveContacted
    | s.DeliveryFailedForGood
    | s.RefusalReviewDue
    | s.Followed
)


def _hidden(event: _Hidden) -> None:
    """Never for partners; the type names each, so that a new event must choose."""


def _line(
    message: EventMessage,
    kind: LineKind,
    *,
    text: str | None = None,
    second: str | None = None,
    files: tuple[FileRef, ...] = (),
    **figures: Scalar,
) -> PartnerLine:
    return PartnerLine(at=message.at, kind=kind, text=text, second=second, files=files, figures=figures)


def _first_name(name: str) -> str:
    return name.split(" ", 1)[0]


def _when(at: Instant) -> str:
    return at.isoformat()


def _spoken(
    message: EventMessage, event: e.CommentAdded | e.NotMovingSaid | e.Replied | e.NoProgressTold
) -> PartnerLine:
    match event:
        case e.CommentAdded():
            return _line(message, LineKind.YOU_SAID, text=event.text, files=event.files)
        case e.NotMovingSaid():
            return _line(message, LineKind.YOU_SAID_STUCK, text=event.text, reason=event.reason.value)
        case e.Replied():
            until = _when(event.next_update_at)
            speaker = _first_name(message.by.name) if message.by.kind is ActorKind.STAFF else ""
            return _line(
                message, LineKind.WE_SAID, text=event.text, files=event.files, next_update_at=until, speaker=speaker
            )
        case e.NoProgressTold():
            until = _when(event.next_update_at)
            return _line(message, LineKind.NOTHING_NEW, in_a_row=event.in_a_row, next_update_at=until)
        case _:
            assert_never(event)


def _worked(message: EventMessage, event: e.WaitStarted | e.WaitEnded | e.Resolved | e.CannotBeDone) -> PartnerLine:
    match event:
        case e.WaitStarted():
            review = _when(event.review_at)
            return _line(message, LineKind.WAITING, text=event.reason, on=event.on.value, review_at=review)
        case e.WaitEnded():
            return _line(message, LineKind.MOVING_AGAIN)
        case e.Resolved():
            return _line(message, LineKind.SOLVED, text=event.text, assume_at=_when(event.assume_at))
        case e.CannotBeDone():
            day = event.review_on.isoformat()
            return _line(message, LineKind.REFUSED, text=event.reason, second=event.alternative, review_on=day)
        case _:
            assert_never(event)


_Ending = e.ResolutionConfirmed | e.ResolutionDenied | e.Closed | e.StillFixedAsked | e.StillFixedAnswered | e.Reopened


def _ended(message: EventMessage, event: _Ending) -> PartnerLine:
    match event:
        case e.ResolutionConfirmed():
            return _line(message, LineKind.YOU_CONFIRMED, text=event.text)
        case e.ResolutionDenied():
            return _line(message, LineKind.YOU_DENIED, text=event.text)
        case e.Closed():
            return _line(message, LineKind.CLOSED, reason=event.reason.value)
        case e.StillFixedAsked():
            return _line(message, LineKind.ASKED_AGAIN)
        case e.StillFixedAnswered():
            return _line(message, LineKind.STILL_FIXED, text=event.text, fixed=event.fixed)
        case e.Reopened():
            return _line(message, LineKind.REOPENED)
        case _:
            assert_never(event)


_Promised = s.PromiseMade | s.PromiseRevised | s.PromiseKept | s.PromiseBroken | s.PromiseWithdrawn


def _promised(message: EventMessage, event: _Promised) -> PartnerLine:
    match event:
        case s.PromiseMade():
            return _line(message, LineKind.DATE_GIVEN, text=event.what, due_at=_when(event.due_at))
        case s.PromiseRevised():
            return _line(message, LineKind.DATE_MOVED, text=event.reason, due_at=_when(event.due_at))
        case s.PromiseKept():
            return _line(message, LineKind.DATE_KEPT)
        case s.PromiseBroken():
            return _line(message, LineKind.DATE_MISSED)
        case s.PromiseWithdrawn():
            return _line(message, LineKind.DATE_WITHDRAWN, text=event.reason)
        case _:
            assert_never(event)
