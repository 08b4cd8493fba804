"""Who could own an issue, and in which order: skill, region, room, then name. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemas.issue import Issue
from schemas.people import Directory, Person
from schemas.policy import Category, Policy
from schemas.values import Instant
from schemas.vocabulary import DeclineReason, Role


@dataclass(frozen=True, slots=True)
class Search:
    """What candidates are looked for: the issue, its category, who there is, and when."""

    issue: Issue
    category: Category | None
    directory: Directory
    policy: Policy
    now: Instant

    @property
    def team(self) -> str:
        """The team whose issue it is."""
        return self.category.team if self.category else (self.issue.team or self.policy.classification.front_desk)

    @property
    def backup_team(self) -> str:
        """The team that is asked when nobody of the first can take it; empty when there is none."""
        if self.category is not None:
            return self.category.backup
        team = self.policy.team(self.team)
        return (team.backup if team else None) or ""

    def load(self, person: Person) -> int:
        """How many open issues this person owns or is offered."""
        return self.directory.load.get(person.id, 0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who may be asked now, and for whom they stand in: an absent colleague, or None."""

    person: Person
    stands_in_for: Person | None = None


def candidates(search: Search) -> tuple[Candidate, ...]:
    """Whom to ask, best first: of the team, then the named backups of its absent, then the backup team. Each once."""
    team = search.directory.of_team(search.team)
    own = [Candidate(p) for p in team if may_be_asked(p, search) and not _is_of_another_trade(p, search)]
    stand_ins = [one for one in _stand_ins(team, search) if may_be_asked(one.person, search)]
    backups = [Candidate(p) for p in search.directory.of_team(search.backup_team) if may_be_asked(p, search)]
    first: dict[str, Candidate] = {}
    for group in (own, stand_ins, backups):
        for one in sorted(group, key=lambda one: _rank(one.person, search)):
            first.setdefault(one.person.id, one)
    return tuple(first.values())


def may_be_asked(person: Person, search: Search) -> bool:
    """Whether this person could accept: allowed to, there, with room, and not asked before (R-37)."""
    return (
        person.may_own
        and not person.is_away(search.now)
        and search.load(person) < person.capacity
        and person.id not in search.issue.declined_by
    )


def deciders(search: Search) -> tuple[Person, ...]:
    """Who may decide when nobody takes it: the leads of team and backup team, any lead, any admin.

    Those who are there and have not let it pass come first, then those who are there, then the absent: somebody is
    always asked while there is a lead or an admin at all.
    """
    directory = search.directory
    leads = (directory.lead_of(search.team), directory.lead_of(search.backup_team))
    everybody = (*leads, *directory.with_role(Role.LEAD), *directory.with_role(Role.ADMIN))
    known = {person.id: person for person in everybody if person is not None}
    return tuple(sorted(known.values(), key=lambda p: (p.is_away(search.now), p.id in search.issue.declined_by)))


def _is_of_another_trade(person: Person, search: Search) -> bool:
    """Skilled for other categories only. Stand-ins were named by people, who know; they are not asked for skills."""
    return bool(person.skills) and search.category is not None and search.category.id not in person.skills


def _stand_ins(team: Iterable[Person], search: Search) -> Iterator[Candidate]:
    """The backup of each absent person, or the backup's backup when that one is absent too."""
    for absent in team:
        seen, person = {absent.id}, absent
        while person.is_away(search.now):
            backup = search.directory.person(person.backup)
            if backup is None or backup.id in seen:
                break
            seen.add(backup.id)
            person = backup
        if person is not absent:
            yield Candidate(person, absent)


def _rank(person: Person, search: Search) -> tuple[int | float | str, ...]:
    """Smaller is asked first. The last decline says what must be better this time (R-36)."""
    unskilled = int(search.category is None or search.category.id not in person.skills)
    far = int(not search.issue.region or search.issue.region not in person.regions)
    load = search.load(person) / max(person.capacity, 1)
    reason = search.issue.decline_reasons[-1] if search.issue.decline_reasons else ""
    if reason == DeclineReason.NO_CAPACITY:
        return (load, unskilled, far, person.id)
    if reason == DeclineReason.NOT_MY_REGION:
        return (far, unskilled, load, person.id)
    return (unskilled, far, load, person.id)
