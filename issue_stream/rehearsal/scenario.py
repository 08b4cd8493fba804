"""A scenario as values: when it starts, who there is, which policy holds, and the steps in their order.

`docs/reference/scenarios.md` tells the same to those who write one; `read.py` makes these values from a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from schemas.errors import IssueStreamError
from schemas.people import Contact, Partner, Person
from schemas.policy import Policy
from schemas.values import Instant


class Unmet(IssueStreamError):
    """The scenario was played and something it expects did not come true; each fault is `file:line: sentence`."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the story. `subject` is what the verb stands before: an issue's name, a person, a span.

    `at` is an instant, `after` a span since the step before; at most one of them is given. `line` is where it stands.
    """

    verb: str
    subject: Any
    fields: Mapping[str, Any]
    line: int
    at: Instant | None = None
    after: timedelta | None = None
    expect: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Company:
    """Everybody there is, by id."""

    staff: Mapping[str, Person]
    partners: Mapping[str, Partner]
    contacts: Mapping[str, Contact]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A story ready to be played; `name` is how its file is called in messages."""

    name: str
    start: Instant
    company: Company
    policy: Policy
    steps: tuple[Step, ...]
