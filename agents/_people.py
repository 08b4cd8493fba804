"""Who plays which part in an issue: pure look-ups over the directory, shared by those who tell people things.

A part may be empty (a team without a lead); `somebody` never is while one active person exists.
"""

from collections.abc import Iterable, Sequence

from schemas.issue import Issue
from schemas.people import Directory, Partner, Person
from schemas.policy import Policy, Tell
from schemas.values import Instant
from schemas.vocabulary import Audience, Role


def team_of(issue: Issue, policy: Policy) -> str:
    """The team that has the issue now, or the front desk."""
    running = issue.offer.team if issue.offer is not None else None
    return issue.team or running or policy.classification.front_desk


def lead_of(team: str | None, directory: Directory, policy: Policy) -> tuple[str, ...]:
    """The lead of a team, else of its backup team, else every admin; empty when there are none of these."""
    known = policy.team(team)
    for candidate in (team, known.backup if known else None):
        lead = directory.lead_of(candidate) if candidate else None
        if lead is not None:
            return (lead.id,)
    return ids(directory.with_role(Role.ADMIN))


def people_of(
    tell: Tell, issue: Issue, partner: Partner | None, directory: Directory, policy: Policy
) -> tuple[str, ...]:
    """The active people a word of the policy stands for on this issue; may be empty."""
    team = team_of(issue, policy)
    match tell:
        case Tell.OWNER:
            return active((issue.owner,), directory)
        case Tell.TEAM:
            return ids(directory.of_team(team))
        case Tell.LEAD:
            return lead_of(team, directory, policy)
        case Tell.CHANNEL_MANAGER:
            return active((partner.channel_manager if partner else None,), directory)
        case Tell.EXECUTIVES:
            return ids(directory.with_role(Role.EXECUTIVE))


def somebody(issue: Issue, directory: Directory, policy: Policy) -> tuple[str, ...]:
    """Lead, else backup team's lead, else admins, else every active person of the team, else of the house."""
    team = team_of(issue, policy)
    everyone = (p for p in directory.people.values() if p.active)
    return lead_of(team, directory, policy) or ids(directory.of_team(team)) or ids(sorted(everyone, key=_id))


def with_backups(people: Iterable[str], directory: Directory, now: Instant) -> tuple[str, ...]:
    """The same people; whoever is away is joined by their active backup."""
    told: list[str] = []
    for who in people:
        person = directory.person(who)
        told.append(who)
        if person is not None and person.is_away(now):
            told.extend(active((person.backup,), directory))
    return tuple(dict.fromkeys(told))


def active(people: Iterable[str | None], directory: Directory) -> tuple[str, ...]:
    """Those who are known and active, each once, in order."""
    known = (directory.person(who) for who in people)
    return tuple(dict.fromkeys(p.id for p in known if p is not None and p.active))


def ids(people: Sequence[Person]) -> tuple[str, ...]:
    """Their ids, in order."""
    return tuple(p.id for p in people)


def part_of(who: str, issue: Issue, partner: Partner | None, directory: Directory) -> Audience:
    """As what a member of staff is spoken to about this issue."""
    person = directory.person(who)
    if person is not None and person.role is Role.EXECUTIVE:
        return Audience.EXECUTIVE
    if who == issue.owner:
        return Audience.OWNER
    if partner is not None and who == partner.channel_manager:
        return Audience.CHANNEL_MANAGER
    if person is not None and person.role is Role.LEAD:
        return Audience.LEAD
    return Audience.TEAM


def _id(person: Person) -> str:
    return person.id
