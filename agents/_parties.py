"""Whom a fact is told to, as parts of one issue: pure look-ups that `inform` reads like sentences.

Every part answers with (recipient, audience) pairs; an empty part is an empty tuple, never an error.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from agents import _people as people
from schemas.issue import Issue
from schemas.people import Directory, Partner
from schemas.policy import Policy, Tell
from schemas.values import Instant
from schemas.vocabulary import Audience

_TELL_WORDS = frozenset(tell.value for tell in Tell)

Party = tuple[tuple[str, Audience], ...]


@dataclass(frozen=True, slots=True)
class Parties:
    """The people around one issue."""

    issue: Issue
    partner: Partner
    directory: Directory
    policy: Policy

    def contacts(self) -> Party:
        """The contact and whom they asked to tell; nobody until the sender's address is confirmed."""
        if not self.issue.confirmed:
            return ()
        named = dict.fromkeys((self.issue.contact, *self.issue.also_tell))
        return tuple((who, Audience.PARTNER) for who in named)

    def contact(self) -> Party:
        """Only the one who raised it."""
        return self.contacts()[:1]

    def owner(self) -> Party:
        """The accepted owner, whoever's move it is."""
        return self._as((self.issue.owner,), Audience.OWNER)

    def lead(self) -> Party:
        """The lead of the owner's team, or of the team that has it."""
        owner = self.directory.person(self.issue.owner)
        team = (owner.team if owner else None) or people.team_of(self.issue, self.policy)
        return self._as(people.lead_of(team, self.directory, self.policy), Audience.LEAD)

    def team(self) -> Party:
        """Everybody of the team that has it; of an empty team, whoever leads it."""
        members = people.ids(self.directory.of_team(people.team_of(self.issue, self.policy)))
        return self._as(members, Audience.TEAM) or self.lead()

    def responsible(self, at: Instant) -> Party:
        """Who must hear the partner: the owner (and a stand-in while away); unowned, the offered person or the team."""
        if self.issue.owner is not None:
            return self._owner_or_stand_in(at)
        offered = self.issue.offer.to if self.issue.offer is not None else None
        return self._as((offered,), Audience.TEAM) or self.team()

    def in_charge(self) -> Party:
        """The owner, else the lead: one person who must look at it."""
        return self.owner() or self.lead()

    def channel_manager(self) -> Party:
        """The partner's channel manager."""
        return self._as((self.partner.channel_manager,), Audience.CHANNEL_MANAGER)

    def followers(self) -> Party:
        """Who follows without owning, each in their part."""
        return self.named(self.issue.followers)

    def alarmed(self) -> Party:
        """Who was told of an escalation or as a must-know, and so must hear how it ends."""
        return self.named((*self.issue.told, *self.issue.executives_informed))

    def named(self, who: Iterable[str]) -> Party:
        """These people, each in the part they play."""
        known = people.active(who, self.directory)
        return tuple((x, people.part_of(x, self.issue, self.partner, self.directory)) for x in known)

    def across(self, category: str | None) -> Party:
        """Who hears of a category across the house (R-20): leads of teams, or those a word of the policy stands for."""
        known = self.policy.category(category)
        return self.named(who for word in (known.across if known else ()) for who in self._meant_by(word))

    def _meant_by(self, word: str) -> tuple[str, ...]:
        if word in _TELL_WORDS:
            return people.people_of(Tell(word), self.issue, self.partner, self.directory, self.policy)
        return people.lead_of(word, self.directory, self.policy) if self.policy.team(word) else ()

    def _owner_or_stand_in(self, at: Instant) -> Party:
        owner = self.directory.person(self.issue.owner)
        if owner is None or not owner.active:
            return self.lead()
        if not owner.is_away(at):
            return self.owner()
        stand_in = self._as((owner.backup,), Audience.TEAM) or self.lead()
        return (*self.owner(), *stand_in)

    def _as(self, who: Iterable[str | None], audience: Audience) -> Party:
        return tuple((x, audience) for x in people.active(who, self.directory))
