"""Small frozen values that commands, events and the issue share.

Texts never stand here: a `TextRef` is the content id of a text in the store (claim check, architecture §2.7).
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from schemas.vocabulary import ActorKind, DeadlineKind

Scalar = str | int | float | bool | None


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("expected an instant with a zone, found one without")
    return instant


Instant = Annotated[datetime, AfterValidator(_aware)]
"""An aware UTC datetime."""

TextRef = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9:_-]+$")]
"""Content id of a text in the store; the text itself never travels."""

Identifier = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:@-]*$")]


class Value(BaseModel):
    """Base of every value: frozen, and unknown fields are ignored so that newer writers do not stop older readers."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Actor(Value):
    """Who wishes something. `name` is how pages call them; empty for agents and timers.

    For staff the desk looks the role up itself: what a message claims about its sender grants nothing.
    """

    kind: ActorKind
    id: Identifier
    name: str = Field(default="", max_length=120)


class Because(Value):
    """Why an automatic decision was taken: the rule, what it looked at, and what would have changed it (`why`)."""

    rule: str = Field(max_length=120)
    sentence: str = Field(max_length=600)
    inputs: Mapping[str, Scalar] = Field(default_factory=dict)
    otherwise: str = Field(default="", max_length=600)
    policy: str = Field(default="", max_length=64)


class Blocked(Value):
    """What the issue stands in the way of, in the partner's terms (R-22)."""

    deal: TextRef | None = None
    by: date | None = None
    amount: Decimal | None = Field(default=None, ge=0, le=Decimal("1e12"))
    currency: str = Field(default="", max_length=3)


class FileRef(Value):
    """An attached file: its content id, its safe name, its size in bytes."""

    content: TextRef
    name: str = Field(min_length=1, max_length=200)
    media_type: str = Field(max_length=120)
    size: int = Field(ge=0)


class Deadline(Value):
    """Something that falls due; `ref` tells two of one kind apart (a ladder step, a promise)."""

    kind: DeadlineKind
    due_at: Instant
    ref: str = Field(default="", max_length=120)


class Offer(Value):
    """A running offer to one person, or to a whole team when `to` is None: whoever is first may take it.

    `first_step` and `done_means` say what is expected (R-35). `handed_over_by` is the owner who stays responsible
    until the other accepts (R-38).
    """

    to: Identifier | None = None
    to_name: str = Field(default="", max_length=120)
    team: Identifier
    made_at: Instant
    accept_by: Instant
    why_you: str = Field(default="", max_length=400)
    first_step: str = Field(default="", max_length=400)
    done_means: str = Field(default="", max_length=400)
    handed_over_by: Identifier | None = None


class Promise(Value):
    """A date given to the partner; the ledger is the fold of these (R-53)."""

    id: Identifier
    what: TextRef | None = None
    due_at: Instant
    made_by: Identifier
    state: str = Field(default="open", pattern=r"^(open|kept|early|late|withdrawn)$")
    revisions: int = 0


class Plan(Value):
    """One row of an escalation under way: the step, when it fell due, whom it told."""

    step: int
    at: Instant
    told: tuple[str, ...] = ()
    rule: str = ""


class Alike(Value):
    """An earlier issue or a problem that looks like this one: score 0..1 and the words they share (a text)."""

    issue: Identifier | None = None
    problem: Identifier | None = None
    score: float = Field(ge=0, le=1)
    words: TextRef | None = None


Span = timedelta
