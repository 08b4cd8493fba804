"""One word per idea, and the one table of how a state is called, marked and coloured everywhere.

Pages, cards, mails, digests and the command line take their words from `STATE_WORDS`; nothing else names a state.
"""

from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """Where an issue stands; `Issue.state` holds one of these."""

    RAISED = "raised"
    TRIAGED = "triaged"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANNOT_DO = "cannot_do"
    MERGED = "merged"


OPEN_STATES = frozenset({State.RAISED, State.TRIAGED, State.OFFERED, State.ACCEPTED, State.WAITING})
OWNED_STATES = frozenset({State.ACCEPTED, State.WAITING})


class Priority(StrEnum):
    """How soon the partner is hurt; rank is the order of this list."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class Role(StrEnum):
    """What a member of staff may do."""

    SUPPORT = "support"
    LEAD = "lead"
    CHANNEL_MANAGER = "channel_manager"
    EXECUTIVE = "executive"
    ADMIN = "admin"


RESOLVER_ROLES = frozenset({Role.SUPPORT, Role.LEAD, Role.ADMIN})
"""Who may own an issue. A channel manager logs and follows, never resolves (R-15)."""


class ActorKind(StrEnum):
    """Who wishes a command."""

    PARTNER = "partner"
    STAFF = "staff"
    AGENT = "agent"
    TIMER = "timer"
    SERVICE = "service"


class DeclineReason(StrEnum):
    """Why an offer is declined; each routes differently (R-36)."""

    NOT_MY_REGION = "not_my_region"
    NOT_MY_PRODUCT = "not_my_product"
    NOT_MY_AUTHORITY = "not_my_authority"
    NO_CAPACITY = "no_capacity"
    NEED_INFORMATION = "need_information"


class WaitingFor(StrEnum):
    """Whose move it is while an issue waits."""

    PARTNER = "partner"
    US = "us"
    THIRD_PARTY = "third_party"


class StuckReason(StrEnum):
    """What a partner may answer to "this is not moving, because"."""

    NO_UPDATE = "no_update"
    DEADLINE = "deadline"
    AGAIN = "again"
    WRONG_PERSON = "wrong_person"


class CloseReason(StrEnum):
    """How an issue ended; confirmed and assumed are reported apart (R-19)."""

    CONFIRMED = "confirmed"
    ASSUMED = "assumed"
    CANNOT_DO = "cannot_do"
    NOT_OURS = "not_ours"
    WITHDRAWN = "withdrawn"


class DeadlineKind(StrEnum):
    """What falls due on an issue."""

    OFFER_LAPSES = "offer_lapses"
    UPDATE_DUE = "update_due"
    PROMISE_DUE = "promise_due"
    LADDER_STEP = "ladder_step"
    WAIT_REVIEW = "wait_review"
    ASSUME_RESOLVED = "assume_resolved"
    STILL_FIXED = "still_fixed"
    REVIEW_REFUSAL = "review_refusal"
    CONFIRMATION_ENDS = "confirmation_ends"


class Audience(StrEnum):
    """Whom a notice speaks to; decides its words and what may be in it."""

    PARTNER = "partner"
    OWNER = "owner"
    TEAM = "team"
    LEAD = "lead"
    CHANNEL_MANAGER = "channel_manager"
    EXECUTIVE = "executive"


class Channel(StrEnum):
    """How a notice leaves. Slack and webhooks have their own carriers later."""

    EMAIL = "email"


class Intake(StrEnum):
    """Where an issue was raised (R-10)."""

    FORM = "form"
    PUBLIC_FORM = "public_form"
    API = "api"
    COMMAND_LINE = "command_line"
    STAFF = "staff"
    EXECUTIVE_CALL = "executive_call"


class NextMove(StrEnum):
    """Whose move it is, said beside every state."""

    TEAM = "team"
    OWNER = "owner"
    PARTNER = "partner"
    THIRD_PARTY = "third_party"
    LEAD = "lead"
    NOBODY = "nobody"


class StateWord(NamedTuple):
    """How a state is said: the word for staff, the word for partners, a mark, a meaning that picks the colour."""

    staff: str
    partner: str
    mark: str
    meaning: str


STATE_WORDS: dict[State, StateWord] = {
    State.RAISED: StateWord("New", "Received", "○", "calm"),
    State.TRIAGED: StateWord("To be offered", "Received", "○", "attention"),
    State.OFFERED: StateWord("Offered", "Finding your owner", "◇", "attention"),
    State.ACCEPTED: StateWord("Accepted", "Being worked on", "●", "calm"),
    State.WAITING: StateWord("Waiting", "Waiting", "◷", "calm"),
    State.RESOLVED: StateWord("Resolved, to be confirmed", "Solved - please confirm", "✓", "done"),
    State.CLOSED: StateWord("Closed", "Closed", "✓", "done"),
    State.CANNOT_DO: StateWord("Cannot do", "We cannot do this", "✕", "late"),
    State.MERGED: StateWord("Merged", "Handled together with another issue", "⇢", "calm"),
}

WAITING_WORDS: dict[WaitingFor, StateWord] = {
    WaitingFor.PARTNER: StateWord("Waiting for the partner", "Waiting for you", "◷", "attention"),
    WaitingFor.US: StateWord("Waiting for us", "Waiting for a colleague here", "◷", "calm"),
    WaitingFor.THIRD_PARTY: StateWord("Waiting for a third party", "Waiting for a third party", "◷", "calm"),
}

ESCALATED_WORD = StateWord("Escalated", "Escalated", "▲", "late")


def state_word(state: State, waiting_for: WaitingFor | None = None) -> StateWord:
    """The one way to say a state; a wait says for whom."""
    if state is State.WAITING and waiting_for is not None:
        return WAITING_WORDS[waiting_for]
    return STATE_WORDS[state]


PRIORITY_RANK: dict[Priority, int] = {p: n for n, p in enumerate(Priority)}
