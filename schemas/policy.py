"""The escalation policy as executed: data only. YAML becomes this in `issue_stream/policies/loader.py`.

Every span is a `timedelta`; YAML writes them as `30m`, `4h`, `2d`, `1w`. `version` is the hash of the text it came from
and is named by every event it decided. References between parts are checked by the loader.
"""

from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from enum import StrEnum

from pydantic import ConfigDict, Field

from schemas.values import Identifier, Span, Value
from schemas.vocabulary import DeclineReason, Priority


class _Part(Value):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Tier(_Part):
    """A programme level. `weight` is the share of priority points it brings, 0 to 30."""

    id: Identifier
    name: str
    weight: int = Field(ge=0, le=30)


class Team(_Part):
    """Who owns a kind of issue. `role_word` is what a partner is told its members are; `backup` another team."""

    id: Identifier
    name: str
    role_word: str = "support"
    backup: Identifier | None = None


class Category(_Part):
    """A kind of issue, agreed by all: what it is, examples in partners' words, who owns it, what is expected first."""

    id: Identifier
    name: str
    description: str
    examples: tuple[str, ...] = Field(min_length=1)
    team: Identifier
    backup: Identifier
    ladder: Identifier
    across: tuple[Identifier, ...] = ()
    first_step: str
    done_means: str
    weight: int = Field(default=0, ge=0, le=20)
    enabled: bool = True


class StepWhen(StrEnum):
    """What a ladder's clock counts: time without an accepted owner, without a word to the partner, without an end."""

    NOT_ACCEPTED = "not_accepted"
    NOT_TOLD = "not_told"
    NOT_RESOLVED = "not_resolved"


class Tell(StrEnum):
    """Whom a step tells, by their part in the issue."""

    OWNER = "owner"
    TEAM = "team"
    LEAD = "lead"
    CHANNEL_MANAGER = "channel_manager"
    EXECUTIVES = "executives"


class LadderStep(_Part):
    """After this long without …, tell these."""

    when: StepWhen
    after: Span
    tell: tuple[Tell, ...] = Field(min_length=1)


class Ladder(_Part):
    """An escalation ladder; steps run once each, what it waits for stops them."""

    id: Identifier
    name: str
    steps: tuple[LadderStep, ...] = Field(min_length=1)


class SpanByPriority(_Part):
    """One span for each priority."""

    urgent: Span
    high: Span
    normal: Span
    low: Span

    def of(self, priority: Priority) -> Span:
        """The span of a priority."""
        spans: Mapping[Priority, Span] = {
            Priority.URGENT: self.urgent,
            Priority.HIGH: self.high,
            Priority.NORMAL: self.normal,
            Priority.LOW: self.low,
        }
        return spans[priority]


class Offers(_Part):
    """How long one person, the front desk and the lead have; how many declines or lapses until the lead decides."""

    accept_within: SpanByPriority
    lead_decides_within: Span
    refusals_before_lead: int = Field(default=2, ge=1, le=5)


class PriorityRules(_Part):
    """Points make the priority. Amounts are in the programme's currency; age raises what is not yet owned."""

    currency: str = "EUR"
    amount_high: Decimal = Decimal(50_000)
    amount_some: Decimal = Decimal(5_000)
    deadline_within: Span
    urgent_at: int = 60
    high_at: int = 40
    normal_at: int = 15


class MustKnow(_Part):
    """When an executive must hear of an issue before the partner calls; every condition given must hold."""

    id: Identifier
    name: str
    tiers: tuple[Identifier, ...] = ()
    categories: tuple[Identifier, ...] = ()
    priorities: tuple[Priority, ...] = ()
    blocked_amount_over: Decimal | None = None
    partner_words_unanswered: int | None = Field(default=None, ge=1)
    not_moving_said: bool | None = None
    escalated_to_step: int | None = Field(default=None, ge=1)
    tell: tuple[Tell, ...] = (Tell.EXECUTIVES,)


class Classification(_Part):
    """`bar` is how sure (0..1) the agent must be to decide alone; `least_likeness` guards against strange texts."""

    bar: float = Field(default=0.6, ge=0, le=1)
    least_likeness: float = Field(default=0.1, ge=0, le=1)
    front_desk: Identifier


class Recurrence(_Part):
    """When earlier issues are suggested as alike, and when a confirmed problem counts as growing."""

    suggest_at: float = Field(default=0.35, ge=0, le=1)
    at_most: int = Field(default=3, ge=1, le=5)
    growing_partners: int = Field(default=3, ge=2)
    growing_issues: int = Field(default=5, ge=2)
    growing_within: Span


class Notices(_Part):
    """`hold` gathers changes into one message; beyond `per_person_a_day` news waits for the digest."""

    hold: Span
    per_person_a_day: int = Field(default=25, ge=1)


class Closing(_Part):
    """When silence closes a resolved issue, when we ask again, and how long a reopened one may wait for its update."""

    assume_after: Span
    still_fixed_after: Span


class Digest(_Part):
    """When the executives' digest is made, in each reader's zone, and how many lines it has at most."""

    at: time
    lines: int = Field(default=5, ge=1, le=10)


class Programme(_Part):
    """What the vendor is called, and the prefix of issue numbers."""

    name: str
    prefix: str = Field(default="PIR", pattern=r"^[A-Z]{2,8}$")
    zone: str = "UTC"


class Policy(_Part):
    """The whole policy. `version` is set by the loader."""

    programme: Programme
    tiers: tuple[Tier, ...] = Field(min_length=1)
    teams: tuple[Team, ...] = Field(min_length=1)
    categories: tuple[Category, ...] = Field(min_length=1)
    ladders: tuple[Ladder, ...] = Field(min_length=1)
    default_ladder: Identifier
    offers: Offers
    updates: SpanByPriority
    priority: PriorityRules
    must_know: tuple[MustKnow, ...] = ()
    classification: Classification
    recurrence: Recurrence
    notices: Notices
    closing: Closing
    digest: Digest
    decline_routes: Mapping[DeclineReason, str] = Field(default_factory=dict)
    version: str = ""

    def category(self, category: str | None) -> Category | None:
        """The category, or None when the policy no longer has it."""
        return next((c for c in self.categories if c.id == category), None)

    def team(self, team: str | None) -> Team | None:
        """The team, or None when the policy no longer has it."""
        return next((t for t in self.teams if t.id == team), None)

    def tier(self, tier: str | None) -> Tier | None:
        """The tier, or None for an unknown one."""
        return next((t for t in self.tiers if t.id == tier), None)

    def ladder(self, ladder: str | None) -> Ladder:
        """The ladder, or the default one."""
        chosen = next((x for x in self.ladders if x.id == ladder), None)
        return chosen or next(x for x in self.ladders if x.id == self.default_ladder)

    def number(self, number: int) -> str:
        """How an issue's number is said: PIR-1042."""
        return f"{self.programme.prefix}-{number}"


class PolicyBook(Value):
    """The policy in force and those that running escalations are pinned to."""

    current: Policy
    earlier: Mapping[str, Policy] = Field(default_factory=dict)

    def pinned(self, version: str) -> Policy:
        """The policy of that version, or the current one when it is no longer kept."""
        return self.current if version in {"", self.current.version} else self.earlier.get(version, self.current)
