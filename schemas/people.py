"""Who there is: members of staff, partners and their contacts, as the desk and the agents see them."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from pydantic import ConfigDict, Field

from schemas.values import Identifier, Instant, Value
from schemas.vocabulary import RESOLVER_ROLES, Role


class Person(Value):
    """A member of staff. `capacity` is how many open issues they may own; `skills` are category ids (none: any)."""

    id: Identifier
    name: str
    email: str
    role: Role
    team: Identifier | None = None
    skills: tuple[Identifier, ...] = ()
    regions: tuple[str, ...] = ()
    capacity: int = Field(default=12, ge=0)
    zone: str = "UTC"
    away_from: Instant | None = None
    away_until: Instant | None = None
    backup: Identifier | None = None
    active: bool = True

    @property
    def may_own(self) -> bool:
        """Whether this person may ever own an issue (a channel manager may not, R-15)."""
        return self.active and self.role in RESOLVER_ROLES

    @property
    def first_name(self) -> str:
        """What a partner is told of them."""
        return self.name.split(" ", 1)[0]

    def is_away(self, now: Instant) -> bool:
        """Whether an absence covers this instant; an open end counts as away."""
        if self.away_from is None or now < self.away_from:
            return False
        return self.away_until is None or now < self.away_until


class Partner(Value):
    """A company that sells through us."""

    id: Identifier
    name: str
    tier: str
    region: str = ""
    zone: str = "UTC"
    channel_manager: Identifier | None = None
    domains: tuple[str, ...] = ()


class Contact(Value):
    """A person at a partner. `partner` is None while an address of the public form belongs to no partner we know.

    `link_version` revokes their form and status links when it is raised.
    """

    id: Identifier
    partner: Identifier | None
    name: str
    email: str
    zone: str | None = None
    link_version: int = 1
    confirmed: bool = True


class Directory(Value):
    """All staff at one moment, and how many open issues each owns or is offered."""

    model_config = ConfigDict(frozen=True, extra="ignore", ignored_types=(cached_property,))

    people: Mapping[str, Person] = Field(default_factory=dict)
    load: Mapping[str, int] = Field(default_factory=dict)

    def person(self, who: str | None) -> Person | None:
        """The member of staff, or None for a stranger."""
        return self.people.get(who) if who else None

    def of_team(self, team: str) -> tuple[Person, ...]:
        """Active people of a team, in a stable order."""
        return tuple(p for p in self._by_id if p.team == team and p.active)

    def lead_of(self, team: str) -> Person | None:
        """The team's lead; None when it has none."""
        return next((p for p in self.of_team(team) if p.role is Role.LEAD), None)

    def with_role(self, role: Role) -> tuple[Person, ...]:
        """Active people of a role, in a stable order."""
        return tuple(p for p in self._by_id if p.role is role and p.active)

    def with_more_load(self, who: Iterable[str]) -> "Directory":
        """The same people, with one more issue each for these: offers made in one batch spread."""
        load = dict(self.load)
        for person in who:
            load[person] = load.get(person, 0) + 1
        return self.model_copy(update={"load": load})

    @cached_property
    def _by_id(self) -> tuple[Person, ...]:
        return tuple(self.people[key] for key in sorted(self.people))


PARTNER_OF_STRANGERS = Partner(id="unknown", name="Not a partner we know yet", tier="")
"""Where an issue of an unknown address stands until staff say whose it is."""
