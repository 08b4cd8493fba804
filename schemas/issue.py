"""One issue as it stands: a frozen fold of its events (`evolve.py`), and nothing else changes it."""

from datetime import date

from pydantic import Field

from schemas.values import Alike, Blocked, FileRef, Identifier, Instant, Offer, Plan, Promise, TextRef, Value
from schemas.vocabulary import (
    OPEN_STATES,
    OWNED_STATES,
    CloseReason,
    Intake,
    NextMove,
    Priority,
    State,
    WaitingFor,
)


class WaitingState(Value):
    """Whose move it is, the partner-readable reason, and when we look again."""

    on: WaitingFor
    reason: TextRef
    review_at: Instant
    since: Instant


class Issue(Value):
    """An issue as it stands after `version` events."""

    id: Identifier
    number: int
    version: int
    state: State
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
    confirmed: bool = True
    previous: Identifier | None = None
    raised_at: Instant
    changed_at: Instant

    category: Identifier | None = None
    team: Identifier | None = None
    priority: Priority = Priority.NORMAL
    priority_by_hand: bool = False
    heat: float = 0.0
    triage_asked: bool = False
    suggested_categories: tuple[Identifier, ...] = ()

    owner: Identifier | None = None
    owner_name: str = ""
    accepted_at: Instant | None = None
    offer: Offer | None = None
    asked_lead: bool = False
    declined_by: tuple[Identifier, ...] = ()
    decline_reasons: tuple[str, ...] = ()
    lapses: int = 0

    next_update_at: Instant | None = None
    no_progress_in_a_row: int = 0
    last_told_at: Instant | None = None
    last_worked_at: Instant | None = None
    last_partner_word_at: Instant | None = None
    unanswered_words: int = 0
    waiting: WaitingState | None = None

    assume_at: Instant | None = None
    resolved_at: Instant | None = None
    closed_at: Instant | None = None
    close_reason: CloseReason | None = None
    still_fixed_at: Instant | None = None
    review_refusal_on: date | None = None
    reopened: int = 0
    satisfaction: int | None = None

    ladder: Identifier | None = None
    ladder_since: Instant | None = None
    ladder_policy: str = ""
    steps_done: tuple[int, ...] = ()
    escalations: tuple[Plan, ...] = ()
    told: tuple[Identifier, ...] = ()
    not_moving: int = 0
    executives_informed: tuple[Identifier, ...] = ()
    executives_reached: tuple[Identifier, ...] = ()
    executives_contacted: int = 0
    surprises: int = 0

    problem: Identifier | None = None
    alike: tuple[Alike, ...] = ()
    merged_into: Identifier | None = None
    merged_number: int | None = None
    before_merge: State | None = None
    promises: tuple[Promise, ...] = ()
    followers: tuple[Identifier, ...] = ()
    unreachable: tuple[Identifier, ...] = ()
    files: tuple[FileRef, ...] = Field(default=())

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.state in OPEN_STATES

    @property
    def is_unsorted(self) -> bool:
        """Whether an agent may still choose its category: nobody did, and no person was asked to."""
        sorted_before = self.category is not None and self.state is not State.RAISED
        return self.is_open and not sorted_before and not self.triage_asked

    @property
    def is_owned(self) -> bool:
        """Whether an accepted owner has it now."""
        return self.owner is not None and self.state in OWNED_STATES

    @property
    def is_escalated(self) -> bool:
        """Whether people beyond owner and team were told and nobody called it off."""
        return bool(self.told)

    @property
    def next_move(self) -> NextMove:
        """Whose move it is: said beside the state on every surface."""
        if self.state is State.WAITING and self.waiting is not None:
            by_wait = {WaitingFor.PARTNER: NextMove.PARTNER, WaitingFor.THIRD_PARTY: NextMove.THIRD_PARTY}
            return by_wait.get(self.waiting.on, NextMove.OWNER)
        if self.state is State.RESOLVED:
            return NextMove.PARTNER
        if self.state is State.ACCEPTED:
            return NextMove.OWNER
        if not self.is_open:
            return NextMove.NOBODY
        return NextMove.LEAD if self.asked_lead else NextMove.TEAM
