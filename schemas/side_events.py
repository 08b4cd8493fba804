"""Facts beside the main path: escalation, recurrence, merging, promises, the surprise ledger, followers.

The same rules as in `events.py`, which joins both into the one `Event`.
"""

from typing import Literal

from pydantic import Field

from schemas.values import Alike, Identifier, Instant, TextRef, Value
from schemas.vocabulary import Audience


class LadderStepDue(Value):
    """A step of the escalation ladder fell due; the escalate agent decides who is told."""

    type: Literal["ladder-step-due"] = "ladder-step-due"
    ladder: Identifier
    step: int = Field(ge=0)


class Escalated(Value):
    """These people were told. Step 0 is asked for by a person or the partner; the ladder's steps count from 1."""

    type: Literal["escalated"] = "escalated"
    step: int = Field(default=0, ge=0)
    told: tuple[Identifier, ...] = ()
    rule: str = ""
    reason: TextRef | None = None
    by_hand: bool = False


class Deescalated(Value):
    """The alarm is over; `told` are those who hear it, all who were told before."""

    type: Literal["deescalated"] = "deescalated"
    reason: TextRef
    told: tuple[Identifier, ...] = ()


class ProblemLinked(Value):
    """This issue is a case of a recurring problem."""

    type: Literal["problem-linked"] = "problem-linked"
    problem: Identifier
    title: TextRef | None = None
    score: float | None = None


class ProblemUnlinked(Value):
    """The link was wrong."""

    type: Literal["problem-unlinked"] = "problem-unlinked"
    problem: Identifier


class AlikeSuggested(Value):
    """Earlier issues or problems that look alike; nothing is linked by this."""

    type: Literal["alike-suggested"] = "alike-suggested"
    alike: tuple[Alike, ...]


class AlikeDismissed(Value):
    """A person said: not alike."""

    type: Literal["alike-dismissed"] = "alike-dismissed"


class MergedInto(Value):
    """The matter is handled in another issue."""

    type: Literal["merged-into"] = "merged-into"
    into: Identifier
    into_number: int


class Unmerged(Value):
    """The merge was undone; the issue stands where it stood."""

    type: Literal["unmerged"] = "unmerged"
    next_update_at: Instant
    catch_by: Instant | None = None


class PromiseMade(Value):
    """A date was given to the partner."""

    type: Literal["promise-made"] = "promise-made"
    promise: Identifier
    what: TextRef | None = None
    due_at: Instant


class PromiseRevised(Value):
    """The date moved; `before_due` is false when the slip was told after the date, which counts as a defect."""

    type: Literal["promise-revised"] = "promise-revised"
    promise: Identifier
    due_at: Instant
    reason: TextRef
    before_due: bool = True


class PromiseKept(Value):
    """What was promised is done; `early` when well before the date."""

    type: Literal["promise-kept"] = "promise-kept"
    promise: Identifier
    late: bool = False


class PromiseBroken(Value):
    """The date passed without the thing, and without a word before it."""

    type: Literal["promise-broken"] = "promise-broken"
    promise: Identifier


class PromiseWithdrawn(Value):
    """The date was taken back, with a reason."""

    type: Literal["promise-withdrawn"] = "promise-withdrawn"
    promise: Identifier
    reason: TextRef


class ExecutiveInformed(Value):
    """An executive was told, by a must-know rule or a ladder; `delivered` once the notice arrived."""

    type: Literal["executive-informed"] = "executive-informed"
    executive: Identifier
    rule: str = ""
    delivered: bool = False


class ExecutiveContacted(Value):
    """A partner reached an executive; `told_first` says whether we had told them before (R-12)."""

    type: Literal["executive-contacted"] = "executive-contacted"
    executive: Identifier
    told_first: bool
    note: TextRef | None = None


class DeliveryFailedForGood(Value):
    """A notice cannot reach its recipient; the owner is told that they hear nothing."""

    type: Literal["delivery-failed"] = "delivery-failed"
    notice: str
    recipient: Identifier
    audience: Audience
    reason: str = ""


class RefusalReviewDue(Value):
    """The date on which an honest no is looked at again has come."""

    type: Literal["refusal-review-due"] = "refusal-review-due"


class Followed(Value):
    """Somebody hears what changes, without owning; `on` false ends it."""

    type: Literal["followed"] = "followed"
    staff: Identifier
    on: bool = True
