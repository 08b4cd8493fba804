"""What a worker's agents may read, with a short memory: one fact is heard by five of them within milliseconds.

The desk leaves the states it has just committed; a fact names the version it made, so a state that is at least as new
serves, whichever worker's desk wrote it. People and texts are remembered as long as the directory is. Pages and the
command line read the store itself: a revoked link must not work for another second.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import TypeVar

from cachetools import LRUCache, TTLCache

from issue_stream.store.reading import DIRECTORY_LIVES, SqlReading
from schemas.issue import Issue
from schemas.people import Contact, Directory, Partner
from schemas.policy import PolicyBook
from schemas.ports import Told

T = TypeVar("T")

STATES = 2_000
"""Issues whose last state is remembered: about 3 kB each."""
TEXTS_CHARACTERS = 2_000_000
"""Characters of texts remembered together."""
PEOPLE = 1_000


def _fresh_states() -> LRUCache[str, Issue]:
    return LRUCache(STATES)


@dataclass(frozen=True, slots=True)
class FreshStates:
    """The newest state known in this process of each issue that moved last."""

    _states: LRUCache[str, Issue] = field(default_factory=_fresh_states)

    def keep(self, issues: Mapping[str, Issue]) -> None:
        """Remember these, unless a newer one is known."""
        for key, issue in issues.items():
            known = self._states.get(key)
            if known is None or known.version <= issue.version:
                self._states[key] = issue

    def at_least(self, versions: Mapping[str, int]) -> dict[str, Issue]:
        """Those known in this version or a later one; version 0 stands for one that nobody named."""
        known = {key: self._states.get(key) for key, version in versions.items() if version}
        return {key: issue for key, issue in known.items() if issue is not None and issue.version >= versions[key]}


class FreshReading:
    """`Reading` for agents: the store, asked once where several ask the same within DIRECTORY_LIVES.

    `clock` counts seconds and never jumps, so that a corrected clock keeps nothing for longer.
    """

    def __init__(self, reading: SqlReading, states: FreshStates, clock: Callable[[], float] = monotonic) -> None:
        self._reading, self._states = reading, states
        lives = DIRECTORY_LIVES.total_seconds()
        self._partners: TTLCache[str, Partner, float] = TTLCache(PEOPLE, lives, timer=clock)
        self._contacts: TTLCache[str, Contact, float] = TTLCache(PEOPLE, lives, timer=clock)
        self._texts: TTLCache[str, str, float] = TTLCache(TEXTS_CHARACTERS, lives, timer=clock, getsizeof=len)

    async def issues(self, ids: Sequence[str]) -> Mapping[str, Issue]:
        """The issues as they stand; unknown ids are missing."""
        issues = await self._reading.issues(ids)
        self._states.keep(issues)
        return issues

    async def issues_of(self, told: Sequence[Told]) -> Mapping[str, Issue]:
        """The issues of these as they stood after them or later; from memory when it has them that new."""
        versions: dict[str, int] = {}
        for one in told:
            if one.issue is not None:
                versions[one.issue] = max(one.version, versions.get(one.issue, 0))
        known = self._states.at_least(versions)
        missing = [key for key in versions if key not in known]
        if missing:
            known.update(await self.issues(missing))
        return known

    async def texts(self, refs: Sequence[str]) -> Mapping[str, str]:
        """The texts behind content ids; erased or unknown ones are missing."""
        return await _remembered(self._texts, refs, self._reading.texts)

    async def directory(self, knowing: Collection[str] = ()) -> Directory:
        """All staff with their load, at most a few seconds old."""
        return await self._reading.directory(knowing)

    async def partners(self, ids: Sequence[str]) -> Mapping[str, Partner]:
        """Partners by id, at most as old as the directory; unknown ids are missing."""
        return await _remembered(self._partners, ids, self._reading.partners)

    async def contacts(self, ids: Sequence[str]) -> Mapping[str, Contact]:
        """Contacts by id, at most as old as the directory; unknown ids are missing."""
        return await _remembered(self._contacts, ids, self._reading.contacts)

    def policies(self) -> PolicyBook:
        """The policy in force and the pinned ones."""
        return self._reading.policies()


async def _remembered(
    memory: MutableMapping[str, T], ids: Sequence[str], read: Callable[[Sequence[str]], Awaitable[Mapping[str, T]]]
) -> dict[str, T]:
    """These by id: what is remembered, and the rest read in one question."""
    known = {key: found for key in ids if (found := memory.get(key)) is not None}
    missing = [key for key in dict.fromkeys(ids) if key not in known]
    if missing:
        read_now = await read(missing)
        known |= read_now
        for key, found in read_now.items():
            _keep(memory, key, found)
    return known


def _keep(memory: MutableMapping[str, T], key: str, found: T) -> None:
    try:
        memory[key] = found
    except ValueError:  # a single text of a megabyte or more may be larger than the whole memory
        return
