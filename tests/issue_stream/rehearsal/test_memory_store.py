"""What the store in memory and the real one both promise; the desk is heard on each."""

from collections.abc import Collection, Mapping, Sequence

import pytest

from agents import desk
from agents._desk_rules import DeskContext
from schemas import commands as c
from schemas.envelope import CommandMessage, EventMessage
from schemas.errors import Unavailable
from schemas.issue import Issue
from schemas.people import Contact, Directory, Partner
from schemas.policy import PolicyBook
from schemas.ports import Effects, Told
from schemas.values import Instant
from schemas.vocabulary import Priority
from tests.builders import DAY, HOUR, ISSUE, NOW, answered, context, policy_book, raise_command, wish
from tests.issue_stream.rehearsal.conftest import Store

RAISE = wish(raise_command(), "partner")


class _People:
    """The part of Reading that the desk uses."""

    async def directory(self, knowing: Collection[str] = ()) -> Directory:  # noqa: ARG002 - always all
        return context().directory

    def policies(self) -> PolicyBook:
        return policy_book()

    async def issues(self, _ids: Sequence[str]) -> Mapping[str, Issue]:
        return {}

    async def issues_of(self, _told: Sequence[Told]) -> Mapping[str, Issue]:
        return {}

    async def texts(self, _refs: Sequence[str]) -> Mapping[str, str]:
        return {}

    async def partners(self, _ids: Sequence[str]) -> Mapping[str, Partner]:
        return {}

    async def contacts(self, _ids: Sequence[str]) -> Mapping[str, Contact]:
        return {}


class _Desk:
    """A desk on a store, with everything it announced."""

    def __init__(self, store: Store, at: Instant = NOW) -> None:
        self.announced: list[EventMessage] = []
        self._store = store
        self.needs = desk.Needs(store=store.desk, reading=_People(), announce=self._announce, now=lambda: at)

    async def _announce(self, messages: Sequence[EventMessage]) -> None:
        self.announced += messages

    async def hears(self, *messages: CommandMessage) -> Issue:
        await desk.hear(self.needs, messages)
        async with self._store.desk.unit() as unit:
            return (await unit.issues([ISSUE]))[ISSUE]


async def test_what_one_unit_saved_the_next_one_sees(store: Store) -> None:
    issue = await _Desk(store).hears(RAISE)
    async with store.desk.unit() as unit:
        seen = await unit.seen([RAISE.id, wish(c.Accept()).id])
        missing = await unit.issues(["no-such"])

    assert issue.version == 1
    assert seen == {RAISE.id}
    assert missing == {}


async def test_the_same_wish_twice_changes_nothing(store: Store) -> None:
    """R-09: a wish that is carried again after a crash is answered once."""
    at_desk = _Desk(store)
    first = await at_desk.hears(RAISE, RAISE)
    again = await at_desk.hears(RAISE, wish(c.Accept(), "omar"), wish(c.Accept(), "omar"))

    assert first.version == 1
    assert again.version == 2
    assert [message.version for message in at_desk.announced] == [1, 2]


async def test_of_two_accepts_in_one_batch_the_first_wins(store: Store) -> None:
    issue = await _Desk(store).hears(RAISE, wish(c.Accept(), "omar"), wish(c.Accept(), "mia"))

    assert issue.owner == "omar"


async def test_a_block_that_fails_writes_nothing(store: Store) -> None:
    effects = answered(None, RAISE)

    async def break_off() -> None:
        async with store.desk.unit() as unit:
            await unit.save(effects)
            raise RuntimeError("the block breaks off")

    with pytest.raises(RuntimeError):
        await break_off()
    async with store.desk.unit() as unit:
        assert await unit.issues([ISSUE]) == {}
        assert await unit.seen([RAISE.id]) == frozenset()


async def test_a_step_of_an_issue_that_stands_already_is_a_lost_race(store: Store) -> None:
    effects = answered(None, RAISE)
    other = answered(None, wish(raise_command(), "partner", n=2))

    async def save(these: Effects) -> None:
        async with store.desk.unit() as unit:
            await unit.save(these)

    await save(effects)
    with pytest.raises(Unavailable):
        await save(other)


async def test_what_was_announced_no_longer_waits(store: Store) -> None:
    await desk.hear(_Desk(store).needs, [RAISE])

    assert await store.unpublished() == 0


async def test_events_wait_when_the_log_is_away(store: Store) -> None:
    async def away(_messages: Sequence[EventMessage]) -> None:
        raise Unavailable("the log", "gone")

    needs = desk.Needs(store=store.desk, reading=_People(), announce=away, now=lambda: NOW)
    with pytest.raises(Unavailable):
        await desk.hear(needs, [RAISE])

    assert await store.unpublished() == 1


async def test_deadlines_fall_due_in_their_order_and_once(store: Store) -> None:
    await _Desk(store).hears(RAISE)
    first = await store.due(NOW + HOUR)
    again = await store.due(NOW + HOUR)
    later = await store.due(NOW + DAY)

    assert [row[1:3] for row in first] == [("offer_lapses", "team")]
    assert again == []
    assert [row[1:3] for row in later if row not in first] == [("ladder_step", "1"), ("ladder_step", "2")]


async def test_saving_an_issue_replaces_its_deadlines(store: Store) -> None:
    at_desk = _Desk(store)
    await at_desk.hears(RAISE)
    await at_desk.hears(wish(c.Triage(category="leads", priority=Priority.URGENT), "classify"))
    await at_desk.hears(wish(c.Accept(), "omar"))
    due = await store.due(NOW + DAY)

    assert [row[1] for row in due] == ["update_due"]


def test_a_context_names_the_policy_in_force() -> None:
    desk_context: DeskContext = context()

    assert desk_context.policy is policy_book().current
