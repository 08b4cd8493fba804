"""Wishes: what somebody wants to happen to one issue. The desk grants or refuses each.

A command is a frozen value with a `type`; `CommandMessage` in `envelope.py` carries it with its id, its issue, who
wishes it and when. Fields are added with defaults and never renamed: old examples in `examples/` decode for ever.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from schemas.side_commands import (
    Deescalate,
    DismissAlike,
    Escalate,
    Follow,
    InformExecutive,
    KeepPromise,
    LinkProblem,
    MakePromise,
    MergeInto,
    PassDeadline,
    RecordDelivery,
    RecordExecutiveContact,
    RevisePromise,
    SuggestAlike,
    UnlinkProblem,
    Unmerge,
    WithdrawPromise,
)
from schemas.values import Blocked, FileRef, Identifier, Instant, TextRef, Value
from schemas.vocabulary import (
    CloseReason,
    DeclineReason,
    Intake,
    Priority,
    StuckReason,
    WaitingFor,
)

MAX_FILES = 20
"""Files one message may carry; more is a mistake or an attack."""


class RaiseIssue(Value):
    """A partner, or staff for them, tells of something that stands in the way.

    `also_tell` are contacts of the same partner; `not_told` keeps addresses outside it for staff to look at.
    """

    type: Literal["raise"] = "raise"
    number: int = Field(ge=1)
    partner: Identifier
    contact: Identifier
    tier: str = Field(default="", max_length=40)
    region: str = Field(default="", max_length=40)
    intake: Intake
    summary: TextRef
    what: TextRef
    since: date | None = None
    blocked: Blocked = Blocked()
    also_tell: tuple[Identifier, ...] = ()
    not_told: TextRef | None = None
    files: tuple[FileRef, ...] = Field(default=(), max_length=MAX_FILES)
    confirmed: bool = True
    category: Identifier | None = None
    heat: float = Field(default=0.0, ge=0, le=1)
    previous: Identifier | None = None


class ConfirmSender(Value):
    """The link sent to the address of a public form was opened."""

    type: Literal["confirm-sender"] = "confirm-sender"
    contact: Identifier


class Triage(Value):
    """Category and priority are decided, by an agent or by a person."""

    type: Literal["triage"] = "triage"
    category: Identifier
    priority: Priority
    sure: float = Field(default=1.0, ge=0, le=1)
    heat: float = Field(default=0.0, ge=0, le=1)


class AskForTriage(Value):
    """The agent is not sure enough: a person of the team decides."""

    type: Literal["ask-for-triage"] = "ask-for-triage"
    team: Identifier
    suggested: tuple[Identifier, ...] = ()
    sure: float = Field(default=0.0, ge=0, le=1)
    priority: Priority = Priority.NORMAL
    heat: float = Field(default=0.0, ge=0, le=1)


class SetPriority(Value):
    """A person overrides the computed priority and says why (R-21)."""

    type: Literal["set-priority"] = "set-priority"
    priority: Priority
    reason: TextRef


class SetSummary(Value):
    """A clearer one-line summary; the same text on every page, card and digest (R-02)."""

    type: Literal["set-summary"] = "set-summary"
    summary: TextRef


class OfferIssue(Value):
    """Ask one person to own the issue by a deadline."""

    type: Literal["offer"] = "offer"
    to: Identifier
    to_name: str = Field(default="", max_length=120)
    team: Identifier
    accept_by: Instant
    why_you: str = Field(default="", max_length=400)
    first_step: str = Field(default="", max_length=400)
    done_means: str = Field(default="", max_length=400)


class AskLead(Value):
    """Nobody accepted within the policy's limit, or nobody is there: the lead decides (R-42)."""

    type: Literal["ask-lead"] = "ask-lead"
    lead: Identifier
    lead_name: str = Field(default="", max_length=120)
    team: Identifier
    decide_by: Instant
    reason: str = Field(default="", max_length=400)


class Accept(Value):
    """The person offered to, or somebody who takes it from the queue, owns it from now on."""

    type: Literal["accept"] = "accept"


class Decline(Value):
    """Not me, because; the next is offered at once."""

    type: Literal["decline"] = "decline"
    reason: DeclineReason
    note: TextRef | None = None


class HandOver(Value):
    """What is passed, what is expected, by when; the giver stays responsible until accepted (R-30, R-38)."""

    type: Literal["hand-over"] = "hand-over"
    to: Identifier
    to_name: str = Field(default="", max_length=120)
    team: Identifier
    what: TextRef
    expected: TextRef
    accept_by: Instant


class AddComment(Value):
    """Words or files of the partner."""

    type: Literal["comment"] = "comment"
    text: TextRef | None = None
    files: tuple[FileRef, ...] = Field(default=(), max_length=MAX_FILES)


class SayNotMoving(Value):
    """The partner says that it stands still, and why."""

    type: Literal["not-moving"] = "not-moving"
    reason: StuckReason
    text: TextRef | None = None


class ReplyToPartner(Value):
    """Words of ours that the partner reads; sets the next update's time."""

    type: Literal["reply"] = "reply"
    text: TextRef
    files: tuple[FileRef, ...] = Field(default=(), max_length=MAX_FILES)
    next_update_at: Instant | None = None


class AddNote(Value):
    """Internal words that no partner ever reads."""

    type: Literal["note"] = "note"
    text: TextRef
    files: tuple[FileRef, ...] = Field(default=(), max_length=MAX_FILES)


class Wait(Value):
    """Nothing can be done until somebody moves; the reason is readable by the partner (R-56)."""

    type: Literal["wait"] = "wait"
    on: WaitingFor
    reason: TextRef
    review_at: Instant


class Resume(Value):
    """The wait is over."""

    type: Literal["resume"] = "resume"


class Resolve(Value):
    """Done, in words the partner reads; the partner's yes or a stated time-out closes it."""

    type: Literal["resolve"] = "resolve"
    text: TextRef
    cause: TextRef | None = None


class CannotDo(Value):
    """An honest no: reason, alternative, when it is looked at again (R-55)."""

    type: Literal["cannot-do"] = "cannot-do"
    reason: TextRef
    alternative: TextRef
    review_on: date
    not_ours: bool = False


class AnswerResolved(Value):
    """The partner's answer to "is it resolved?"."""

    type: Literal["answer-resolved"] = "answer-resolved"
    solved: bool
    text: TextRef | None = None


class AnswerStillFixed(Value):
    """The partner's answer some days later; a no reopens with its history (R-03)."""

    type: Literal["answer-still-fixed"] = "answer-still-fixed"
    fixed: bool
    text: TextRef | None = None


class GiveSatisfaction(Value):
    """One click from 1 (bad) to 5 (good)."""

    type: Literal["give-satisfaction"] = "give-satisfaction"
    score: int = Field(ge=1, le=5)
    text: TextRef | None = None


class Close(Value):
    """Ends an issue without the partner's yes; only staff who may, with the reason kept."""

    type: Literal["close"] = "close"
    reason: CloseReason = CloseReason.WITHDRAWN
    text: TextRef | None = None


class Reopen(Value):
    """It was not over."""

    type: Literal["reopen"] = "reopen"
    reason: TextRef | None = None


Command = Annotated[
    RaiseIssue
    | ConfirmSender
    | Triage
    | AskForTriage
    | SetPriority
    | SetSummary
    | OfferIssue
    | AskLead
    | Accept
    | Decline
    | HandOver
    | AddComment
    | SayNotMoving
    | ReplyToPartner
    | AddNote
    | Wait
    | Resume
    | Resolve
    | CannotDo
    | AnswerResolved
    | AnswerStillFixed
    | GiveSatisfaction
    | Close
    | Reopen
    | Escalate
    | Deescalate
    | LinkProblem
    | UnlinkProblem
    | SuggestAlike
    | DismissAlike
    | MergeInto
    | Unmerge
    | MakePromise
    | RevisePromise
    | KeepPromise
    | WithdrawPromise
    | PassDeadline
    | InformExecutive
    | RecordExecutiveContact
    | RecordDelivery
    | Follow,
    Field(discriminator="type"),
]
"""Every wish there is."""
