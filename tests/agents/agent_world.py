"""What an agent may read, in memory, and what it wished."""

from collections.abc import Collection, Mapping, Sequence

from schemas.envelope import CommandMessage
from schemas.issue import Issue
from schemas.people import Contact, Directory, Partner
from schemas.policy import PolicyBook
from schemas.ports import Told
from tests.builders import policy_book


class World:
    """What an agent may read, in memory, and what it wished."""

    def __init__(
        self, issues: Sequence[Issue], texts: Mapping[str, str] | None = None, people: Directory | None = None
    ) -> None:
        self.all, self.words, self.people = issues, texts or {}, people or Directory()
        self.wished: list[CommandMessage] = []
        self.reads = 0

    async def issues(self, ids: Sequence[str]) -> Mapping[str, Issue]:
        self.reads += 1
        return {issue.id: issue for issue in self.all if issue.id in ids}

    async def issues_of(self, told: Sequence[Told]) -> Mapping[str, Issue]:
        return await self.issues(tuple({one.issue for one in told if one.issue}))

    async def texts(self, refs: Sequence[str]) -> Mapping[str, str]:
        self.reads += 1
        return {ref: self.words[ref] for ref in refs if ref in self.words}

    async def directory(self, knowing: Collection[str] = ()) -> Directory:  # noqa: ARG002 - never old here
        return self.people

    async def partners(self, ids: Sequence[str]) -> Mapping[str, Partner]:  # noqa: ARG002 - none are known here
        return {}

    async def contacts(self, ids: Sequence[str]) -> Mapping[str, Contact]:  # noqa: ARG002 - none are known here
        return {}

    def policies(self) -> PolicyBook:
        return policy_book()

    async def wish(self, messages: Sequence[CommandMessage]) -> None:
        self.wished.extend(messages)
