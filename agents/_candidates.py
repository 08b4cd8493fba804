"""Who could own an issue, and in which order: skill, region, room, then name. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from schemas.issue import Issue
from schemas.people import Directory, Person
from schemas.policy import Category, Policy
from schemas.values import Instant
from schemas.vocabulary import DeclineReason


@dataclass(frozen=True, slots=True)
class Search:
    """What candidates are looked for: the issue, its category, who there is, and when."""

    issue: Issue
    category: Category | None
    directory: Directory
    policy: Policy
    now: Instant
    more: Mapping[str, int] = field(default_factory=dict)
    """Offers made in the same batch, by person: not yet in the directory's load."""

    def load(self, person: Person) -> int:
        """How many open issues a person owns or is offered."""
        return self.directory.load.get(person.id, 0) + self.more.get(person.id, 0)

    @property
    def team(self) -> str:
        """The team whose issue it is."""
        return self.category.team if self.category else (self.issue.team or self.policy.classification.front_desk)

    @property
    def backup_team(self) -> str | None:
        """The team that is asked when nobody of the first can take it."""
        if self.category is not None:
            return self.category.backup
        team = self.policy.team(self.team)
        return team.backup if team else None


def candidates(search: Search) -> list[Person]:
    """Who could be asked, the best first: of the team, else named backups of the absent, else of the backup team."""
    team = search.directory.of_team(search.team)
    for people in (team, _stand_ins(team, search), search.directory.of_team(search.backup_team or "")):
        free = [person for person in people if may_be_asked(person, search)]
        if free:
            return sorted(free, key=lambda person: _rank(person, search))
    return []


def may_be_asked(person: Person, search: Search) -> bool:
    """Whether this person could accept: there, with room, of the trade, and not asked before (R-37)."""
    return (
        person.may_own
        and not person.is_away(search.now)
        and search.load(person) < person.capacity
        and person.id not in search.issue.declined_by
        and _has_skill(person, search) is not False
    )


def _stand_ins(team: Sequence[Person], search: Search) -> list[Person]:
    absent = [person for person in team if person.is_away(search.now) and person.backup]
    found = (search.directory.person(person.backup) for person in absent)
    return [person for person in found if person is not None]


def _has_skill(person: Person, search: Search) -> bool | None:
    """True when named for the category, None when for any, False when named for others only."""
    if not person.skills or search.category is None:
        return None
    return search.category.id in person.skills


def _rank(person: Person, search: Search) -> tuple[int, int, float, str]:
    """Smaller is asked first. What somebody declined for weighs most: their reason says who would be better (R-36)."""
    skilled = 0 if _has_skill(person, search) else 1
    near = 0 if search.issue.region and search.issue.region in person.regions else 1
    load = search.load(person) / max(person.capacity, 1)
    reasons = set(search.issue.decline_reasons)
    if DeclineReason.NO_CAPACITY in reasons:
        return (0, 0, load, person.id)
    if DeclineReason.NOT_MY_REGION in reasons:
        return (near, skilled, load, person.id)
    return (skilled, near, load, person.id)
