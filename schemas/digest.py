"""The morning digest as a value: four numbers, each with what is counted, a few lines, good news.

It is made once a day and reader, kept as it was, and shown by page and letter alike; it holds content ids and names,
no sentences. A number is always the length of its list (R-17).
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from schemas.values import Identifier, Instant, TextRef, Value
from schemas.vocabulary import Audience, NextMove, Priority, State, WaitingFor


class Figure(Value):
    """A number that opens its list: the ids of the issues (or problems) behind it, in the order they are shown."""

    ids: tuple[Identifier, ...] = ()

    @property
    def count(self) -> int:
        """Never anything but the length of the list."""
        return len(self.ids)


class Step(StrEnum):
    """What happens next on an issue of a line."""

    ACCEPT = "accept"
    DECIDE = "decide"
    UPDATE = "update"
    PROMISE = "promise"
    REVIEW = "review"
    CONFIRM = "confirm"
    NONE = "none"


class Asked(StrEnum):
    """What is asked of the reader; mostly nothing."""

    NOTHING = "nothing"
    EXPECT_CALL = "expect_call"
    CALL_FIRST = "call_first"
    NAME_OWNER = "name_owner"


class DigestLine(Value):
    """One issue: partner, what, since, owner, next step and when, what is asked of the reader."""

    issue: Identifier
    number: int
    partner: Identifier
    partner_name: str
    summary: TextRef
    since: Instant
    state: State
    waiting_for: WaitingFor | None = None
    escalated: bool = False
    blocked_amount: Decimal | None = None
    blocked_by: date | None = None
    owner_name: str = ""
    step: Step = Step.NONE
    step_at: Instant | None = None
    asked: Asked = Asked.NOTHING


class Growing(Value):
    """A growing problem and the issues that make it one."""

    problem: Identifier
    title: TextRef
    issues: tuple[Identifier, ...] = ()
    partners: int = 0


class Digest(Value):
    """What one reader is told one morning. `since` to `made_at` is the span the counted events fell into.

    `changed` and `at_risk` are for channel managers; `held_back` are issues whose news went over the reader's budget.
    `answered` and `accepted` count offers of the last seven days (R-65).
    """

    reader: Identifier
    audience: Audience
    day: date
    since: Instant
    made_at: Instant
    policy: str = ""
    surprises: Figure = Figure()
    may_call: Figure = Figure()
    broken: Figure = Figure()
    growing: Figure = Figure()
    problems: tuple[Growing, ...] = ()
    lines: tuple[DigestLine, ...] = ()
    resolved_early: Figure = Figure()
    answered: int = 0
    accepted: int = 0
    open_issues: int = 0
    owned_issues: int = 0
    changed: Figure = Figure()
    at_risk: Figure = Figure()
    held_back: Figure = Figure()

    @property
    def is_quiet(self) -> bool:
        """Whether nothing needs the reader: no number above zero."""
        counted = (self.surprises, self.may_call, self.broken, self.growing, self.changed, self.at_risk)
        return not any(figure.count for figure in (*counted, self.held_back))

    @property
    def acceptance(self) -> float | None:
        """Accepted offers over answered or lapsed ones, 0..1; None when there were none."""
        return self.accepted / self.answered if self.answered else None


class IssueRow(Value):
    """One issue as the digest looks at it; `partner_name` and `channel_manager` come from its partner."""

    id: Identifier
    number: int
    partner: Identifier
    partner_name: str
    channel_manager: Identifier | None = None
    summary: TextRef
    state: State
    is_open: bool
    confirmed: bool = True
    owner_name: str = ""
    accept_by: Instant | None = None
    asked_lead: bool = False
    priority: Priority = Priority.NORMAL
    waiting_for: WaitingFor | None = None
    next_update_at: Instant | None = None
    promised_for: Instant | None = None
    escalated: bool = False
    unanswered_words: int = 0
    blocked_amount: Decimal | None = None
    blocked_by: date | None = None
    raised_at: Instant
    changed_at: Instant

    @property
    def next_move(self) -> NextMove:
        """Whose move it is, as `Issue.next_move` says it."""
        if self.waiting_for is WaitingFor.PARTNER or self.state is State.RESOLVED:
            return NextMove.PARTNER
        if self.waiting_for is WaitingFor.THIRD_PARTY:
            return NextMove.THIRD_PARTY
        if self.state in {State.ACCEPTED, State.WAITING}:
            return NextMove.OWNER
        if not self.is_open:
            return NextMove.NOBODY
        return NextMove.LEAD if self.asked_lead else NextMove.TEAM


class GrowingRow(Value):
    """A problem with the cases raised inside the policy's span, whoever's they are."""

    problem: Identifier
    title: TextRef
    cases: tuple[tuple[Identifier, Identifier], ...] = ()  # (issue, partner), oldest first


class Tally(Value):
    """Open and owned issues of one channel manager's partners (None: partners without one)."""

    channel_manager: Identifier | None = None
    open_issues: int = 0
    owned_issues: int = 0


class DigestFigures(Value):
    """Everything the digests of one moment are made from, read in a few queries."""

    since: Instant
    until: Instant
    rows: Mapping[str, IssueRow] = Field(default_factory=dict)
    surprised: tuple[Identifier, ...] = ()
    late_promises: tuple[Identifier, ...] = ()
    missed_updates: tuple[Identifier, ...] = ()
    late_offers: tuple[Identifier, ...] = ()
    resolved_early: tuple[Identifier, ...] = ()
    changed: tuple[Identifier, ...] = ()
    growing: tuple[GrowingRow, ...] = ()
    answered: int = 0
    accepted: int = 0
    tallies: tuple[Tally, ...] = ()
    held_back: Mapping[str, tuple[Identifier, ...]] = Field(default_factory=dict)
