"""Facts: what happened to one issue, in order, for ever. Only the desk writes them.

An event is a frozen value with a `type`; `EventMessage` in `envelope.py` carries it with its id, version, time, actor
and reason. Texts are content ids. Fields are added with defaults and never renamed.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from schemas.side_events import (
    AlikeDismissed,
    AlikeSuggested,
    Deescalated,
    DeliveryFailedForGood,
    Escalated,
    ExecutiveContacted,
    ExecutiveInformed,
    Followed,
    LadderStepDue,
    MergedInto,
    ProblemLinked,
    ProblemUnlinked,
    PromiseBroken,
    PromiseKept,
    PromiseMade,
    PromiseRevised,
    PromiseWithdrawn,
    RefusalReviewDue,
    Unmerged,
)
from schemas.values import Blocked, FileRef, Identifier, Instant, Offer, TextRef, Value
from schemas.vocabulary import CloseReason, DeclineReason, Intake, Priority, StuckReason, WaitingFor


class Raised(Value):
    """An issue exists and was acknowledged: the next update's time is set from the first moment (R-01)."""

    type: Literal["raised"] = "raised"
    number: int = Field(ge=1)
    partner: Identifier
    contact: Identifier
    tier: str = ""
    region: str = ""
    intake: Intake
    summary: TextRef
    what: TextRef
    since: date | None = None
    blocked: Blocked = Blocked()
    also_tell: tuple[Identifier, ...] = ()
    not_told: TextRef | None = None
    files: tuple[FileRef, ...] = ()
    confirmed: bool = True
    category: Identifier | None = None
    heat: float = 0.0
    previous: Identifier | None = None
    next_update_at: Instant
    offer: Offer
    ladder: Identifier


class SenderConfirmed(Value):
    """The address of a public form belongs to the one who wrote: the clocks start now."""

    type: Literal["sender-confirmed"] = "sender-confirmed"
    contact: Identifier
    next_update_at: Instant
    catch_by: Instant


class Triaged(Value):
    """Category, team and priority are decided."""

    type: Literal["triaged"] = "triaged"
    category: Identifier
    team: Identifier
    priority: Priority
    sure: float = 1.0
    heat: float = 0.0
    next_update_at: Instant
    ladder: Identifier
    by_hand: bool = False


class TriageAsked(Value):
    """A person of the team decides the category; what the agent would have said is a suggestion."""

    type: Literal["triage-asked"] = "triage-asked"
    team: Identifier
    suggested: tuple[Identifier, ...] = ()
    sure: float = 0.0
    priority: Priority = Priority.NORMAL
    heat: float = 0.0


class PrioritySet(Value):
    """A person overrode the computed priority."""

    type: Literal["priority-set"] = "priority-set"
    priority: Priority
    reason: TextRef


class SummarySet(Value):
    """The one-line summary changed."""

    type: Literal["summary-set"] = "summary-set"
    summary: TextRef


class Offered(Value):
    """One person was asked to own the issue by a deadline."""

    type: Literal["offered"] = "offered"
    offer: Offer


class LeadAsked(Value):
    """The lead of the team decides who owns it, by a deadline."""

    type: Literal["lead-asked"] = "lead-asked"
    lead: Identifier
    lead_name: str = ""
    team: Identifier
    decide_by: Instant
    reason: str = ""


class Accepted(Value):
    """From here on exactly this person owns the issue. `pulled` is true when taken without an offer.

    `handed_over_by` is the owner who gave it: they hear the outcome (R-38).
    """

    type: Literal["accepted"] = "accepted"
    owner: Identifier
    owner_name: str
    team: Identifier
    next_update_at: Instant
    pulled: bool = False
    handed_over_by: Identifier | None = None


class Declined(Value):
    """The person offered to said no; the reason routes the next offer. `catch_by` as in `OfferLapsed`."""

    type: Literal["declined"] = "declined"
    who: Identifier
    reason: DeclineReason
    note: TextRef | None = None
    catch_by: Instant | None = None


class OfferLapsed(Value):
    """The offer's deadline passed without an answer; until the next offer the team must catch it by `catch_by`.

    `who` is None when it was offered to the whole team, `catch_by` None when an owner still has it (hand-over).
    """

    type: Literal["offer-lapsed"] = "offer-lapsed"
    who: Identifier | None = None
    catch_by: Instant | None = None


class HandOverStarted(Value):
    """The owner offers the issue on; they stay the owner until the other accepts."""

    type: Literal["hand-over-started"] = "hand-over-started"
    offer: Offer
    what: TextRef
    expected: TextRef


class CommentAdded(Value):
    """Words or files of the partner."""

    type: Literal["comment-added"] = "comment-added"
    text: TextRef | None = None
    files: tuple[FileRef, ...] = ()


class NotMovingSaid(Value):
    """The partner said that it stands still."""

    type: Literal["not-moving-said"] = "not-moving-said"
    reason: StuckReason
    text: TextRef | None = None


class Replied(Value):
    """Words of ours that the partner reads."""

    type: Literal["replied"] = "replied"
    text: TextRef
    files: tuple[FileRef, ...] = ()
    next_update_at: Instant


class NoProgressTold(Value):
    """The update fell due without news: the partner is told so, why, and when the next comes (R-25)."""

    type: Literal["no-progress-told"] = "no-progress-told"
    in_a_row: int = Field(ge=1)
    next_update_at: Instant


class NoteAdded(Value):
    """Internal words."""

    type: Literal["note-added"] = "note-added"
    text: TextRef
    files: tuple[FileRef, ...] = ()


class WaitStarted(Value):
    """Whose move it is now, why (readable by the partner), and when we look again."""

    type: Literal["wait-started"] = "wait-started"
    on: WaitingFor
    reason: TextRef
    review_at: Instant


class WaitEnded(Value):
    """The wait is over: answered, reviewed or ended by hand."""

    type: Literal["wait-ended"] = "wait-ended"
    why: str = Field(default="", max_length=40)
    next_update_at: Instant | None = None


class Resolved(Value):
    """Done as we see it; the partner confirms, or silence until `assume_at` closes it as assumed."""

    type: Literal["resolved"] = "resolved"
    text: TextRef
    cause: TextRef | None = None
    assume_at: Instant


class CannotBeDone(Value):
    """An honest no, with reason, alternative and the date it is looked at again."""

    type: Literal["cannot-be-done"] = "cannot-be-done"
    reason: TextRef
    alternative: TextRef
    review_on: date
    not_ours: bool = False


class ResolutionConfirmed(Value):
    """The partner said yes."""

    type: Literal["resolution-confirmed"] = "resolution-confirmed"
    text: TextRef | None = None


class ResolutionDenied(Value):
    """The partner said not yet: the issue is open again with its owner."""

    type: Literal["resolution-denied"] = "resolution-denied"
    text: TextRef | None = None
    next_update_at: Instant


class Closed(Value):
    """The end. `still_fixed_at` is when we ask again, None when nothing was fixed."""

    type: Literal["closed"] = "closed"
    reason: CloseReason
    text: TextRef | None = None
    still_fixed_at: Instant | None = None


class StillFixedAsked(Value):
    """Some days later we ask whether it is still fixed."""

    type: Literal["still-fixed-asked"] = "still-fixed-asked"


class StillFixedAnswered(Value):
    """The partner's answer; a no is followed by `reopened`."""

    type: Literal["still-fixed-answered"] = "still-fixed-answered"
    fixed: bool
    text: TextRef | None = None


class SatisfactionGiven(Value):
    """From 1 (bad) to 5 (good)."""

    type: Literal["satisfaction-given"] = "satisfaction-given"
    score: int = Field(ge=1, le=5)
    text: TextRef | None = None


class Reopened(Value):
    """It was not over: the owner keeps it; without one it is offered anew."""

    type: Literal["reopened"] = "reopened"
    reason: TextRef | None = None
    next_update_at: Instant
    catch_by: Instant | None = None


Event = Annotated[
    Raised
    | SenderConfirmed
    | Triaged
    | TriageAsked
    | PrioritySet
    | SummarySet
    | Offered
    | LeadAsked
    | Accepted
    | Declined
    | OfferLapsed
    | HandOverStarted
    | CommentAdded
    | NotMovingSaid
    | Replied
    | NoProgressTold
    | NoteAdded
    | WaitStarted
    | WaitEnded
    | Resolved
    | CannotBeDone
    | ResolutionConfirmed
    | ResolutionDenied
    | Closed
    | StillFixedAsked
    | StillFixedAnswered
    | SatisfactionGiven
    | Reopened
    | LadderStepDue
    | Escalated
    | Deescalated
    | ProblemLinked
    | ProblemUnlinked
    | AlikeSuggested
    | AlikeDismissed
    | MergedInto
    | Unmerged
    | PromiseMade
    | PromiseRevised
    | PromiseKept
    | PromiseBroken
    | PromiseWithdrawn
    | ExecutiveInformed
    | ExecutiveContacted
    | DeliveryFailedForGood
    | RefusalReviewDue
    | Followed,
    Field(discriminator="type"),
]
"""Every fact there is."""
