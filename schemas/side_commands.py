"""Wishes beside the main path: escalation, recurrence, merging, promises, deadlines, the surprise ledger, followers.

The same rules as in `commands.py`, which joins both into the one `Command`.
"""

from typing import Literal

from pydantic import Field

from schemas.values import Alike, Identifier, Instant, TextRef, Value
from schemas.vocabulary import Audience, DeadlineKind


class Escalate(Value):
    """Tell the people of a ladder's step, or those a person names a reason for."""

    type: Literal["escalate"] = "escalate"
    step: int = Field(default=0, ge=0)
    tell: tuple[Identifier, ...] = ()
    reason: TextRef | None = None
    rule: str = Field(default="", max_length=120)


class Deescalate(Value):
    """The alarm is over, said to all who were told."""

    type: Literal["deescalate"] = "deescalate"
    reason: TextRef


class LinkProblem(Value):
    """This issue is a case of a recurring problem; a new title makes a new problem."""

    type: Literal["link-problem"] = "link-problem"
    problem: Identifier
    title: TextRef | None = None
    score: float | None = Field(default=None, ge=0, le=1)


class UnlinkProblem(Value):
    """The link was wrong; undone without a trace on the counts."""

    type: Literal["unlink-problem"] = "unlink-problem"
    problem: Identifier


class SuggestAlike(Value):
    """The agent found earlier issues that look alike; a person decides."""

    type: Literal["suggest-alike"] = "suggest-alike"
    alike: tuple[Alike, ...] = Field(min_length=1, max_length=5)


class DismissAlike(Value):
    """Not alike: what was suggested is put away."""

    type: Literal["dismiss-alike"] = "dismiss-alike"


class MergeInto(Value):
    """The same matter stands in another issue of the same partner; reversible."""

    type: Literal["merge-into"] = "merge-into"
    into: Identifier
    into_number: int = Field(ge=1)


class Unmerge(Value):
    """The merge is undone."""

    type: Literal["unmerge"] = "unmerge"


class MakePromise(Value):
    """A date given to the partner."""

    type: Literal["make-promise"] = "make-promise"
    promise: Identifier
    what: TextRef | None = None
    due_at: Instant


class RevisePromise(Value):
    """Another date, told before the old one, with the reason the partner reads (R-26)."""

    type: Literal["revise-promise"] = "revise-promise"
    promise: Identifier
    due_at: Instant
    reason: TextRef


class KeepPromise(Value):
    """What was promised is done."""

    type: Literal["keep-promise"] = "keep-promise"
    promise: Identifier


class WithdrawPromise(Value):
    """We take the date back, with the reason the partner reads."""

    type: Literal["withdraw-promise"] = "withdraw-promise"
    promise: Identifier
    reason: TextRef


class PassDeadline(Value):
    """A timer fell due; stale ones are refused, so a timer can be late and never wrong."""

    type: Literal["pass-deadline"] = "pass-deadline"
    deadline: DeadlineKind
    ref: str = Field(default="", max_length=120)
    due_at: Instant


class InformExecutive(Value):
    """A must-know notice to an executive is on its way or delivered (the surprise ledger, R-12)."""

    type: Literal["inform-executive"] = "inform-executive"
    executive: Identifier
    rule: str = Field(max_length=120)


class RecordExecutiveContact(Value):
    """A partner reached an executive: "they called me"."""

    type: Literal["record-executive-contact"] = "record-executive-contact"
    executive: Identifier
    note: TextRef | None = None


class RecordDelivery(Value):
    """What became of a notice when that matters to the issue: told an executive, or failed for good."""

    type: Literal["record-delivery"] = "record-delivery"
    notice: str = Field(max_length=120)
    recipient: Identifier
    audience: Audience
    delivered: bool
    reason: str = Field(default="", max_length=300)


class Follow(Value):
    """Hear what changes, without owning (channel managers, consulted people)."""

    type: Literal["follow"] = "follow"
    staff: Identifier
    on: bool = True
