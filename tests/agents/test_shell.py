"""The guard alone: what it waits for, puts away and never lets out. On real carriages it is shown by the contract."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from agents._shell import DeadLetter, Guard, GuardRules, Incoming
from schemas.errors import BadInput, Unavailable, Undecodable

RULES = GuardRules(batch_limit=4, first_delay_s=1, longest_delay_s=5, tries_of_a_bug=3, dead_letter_ceiling=2)


@dataclass(frozen=True)
class Message:
    value: bytes | None
    offset: int
    key: bytes | None = b"PIR-1001"
    topic: str = "issue-commands"
    partition: int = 2


@dataclass(frozen=True)
class Event:
    message: Message


@dataclass
class Channel:
    queue: "asyncio.Queue[Event]"


class Stream:
    """What the guard uses of Faust's stream: the words given wait in its queue; it ends when they are taken."""

    def __init__(self, *words: bytes | None) -> None:
        self.channel = Channel(asyncio.Queue())
        self.acknowledged: list[int] = []
        for offset, word in enumerate(words):
            self.channel.queue.put_nowait(Event(Message(word, offset)))

    def noack(self) -> "Stream":
        return self

    async def events(self) -> AsyncIterator[Event]:
        while not self.channel.queue.empty():
            yield self.channel.queue.get_nowait()

    async def ack(self, event: Event) -> None:
        self.acknowledged.append(event.message.offset)


@dataclass
class Desk:
    """An agent that does what a test says, and remembers what the guard does with it."""

    trouble: Callable[[Sequence[str]], BaseException | None] = lambda _: None
    batches: list[list[str]] = field(default_factory=list)
    dead: list[DeadLetter] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: {"handled": 0, "dead": 0, "retried": 0, "stopped": 0})
    bury_fails: int = 0
    patience: int = 50

    async def handle(self, batch: Sequence[Incoming[str]]) -> None:
        words = [one.value for one in batch]
        if trouble := self.trouble(words):
            raise trouble
        self.batches.append(words)

    async def bury(self, letter: DeadLetter) -> None:
        if self.bury_fails:
            self.bury_fails -= 1
            raise Unavailable("the log", "disk full")
        self.dead.append(letter)

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        if len(self.pauses) > self.patience:
            raise asyncio.CancelledError

    def handled(self, count: int) -> None:
        self.counts["handled"] += count

    def dead_letters(self, count: int) -> None:
        self.counts["dead"] += count

    def retried(self) -> None:
        self.counts["retried"] += 1

    def stopped(self) -> None:
        self.counts["stopped"] += 1


class Watch:
    def __init__(self, desk: Desk) -> None:
        self.handled, self.dead = desk.handled, desk.dead_letters
        self.retried, self.stopped = desk.retried, desk.stopped


def decode(value: bytes) -> str | None:
    if value == b"":
        raise Undecodable("expected a command, found nothing; mend its sender")
    if value == b"bug":
        raise KeyError("a partner's words")
    return None if value == b"not mine" else value.decode()


async def guarded(desk: Desk, *words: bytes | None, stream: Any = None) -> Stream:  # noqa: ANN401 - a double of Faust's
    stream = stream or Stream(*words)
    line = Guard(
        name="desk",
        decode=decode,
        handle=desk.handle,
        bury=desk.bury,
        rules=RULES,
        watch=Watch(desk),
        pause=desk.pause,
    )
    await line.run(stream)
    result: Stream = stream
    return result


class EndingStream(Stream):
    """It ends while words still wait, as Faust's does on a stop."""

    async def events(self) -> AsyncIterator[Event]:
        yield self.channel.queue.get_nowait()


async def test_a_stream_that_ends_within_a_batch_leaves_it_for_the_next_start() -> None:
    desk = Desk()
    stream = await guarded(desk, stream=EndingStream(b"raise", b"accept"))

    assert (desk.batches, stream.acknowledged) == ([], [])


async def test_what_waits_is_taken_in_batches_up_to_the_limit() -> None:
    desk = Desk()
    stream = await guarded(desk, b"a", b"b", b"c", b"d", b"e")

    assert desk.batches == [["a", "b", "c", "d"], ["e"]]
    assert stream.acknowledged == [0, 1, 2, 3, 4]
    assert desk.counts["handled"] == 5


async def test_nothing_is_acknowledged_before_its_batch_is_finished() -> None:
    acknowledged_then: list[int] = []
    stream: Any = Stream(b"a", b"b")

    async def look(_: Sequence[Incoming[str]]) -> None:
        acknowledged_then.extend(stream.acknowledged)

    await Guard(name="desk", decode=decode, handle=look, bury=Desk().bury).run(stream)

    assert acknowledged_then == []
    assert stream.acknowledged == [0, 1]


async def test_a_part_that_is_away_is_waited_for_longer_and_longer() -> None:
    tries = iter([Unavailable("the store", "locked")] * 5)
    desk = Desk(trouble=lambda _: next(tries, None))
    stream = await guarded(desk, b"a", b"b")

    assert desk.pauses == [1, 2, 4, 5, 5]
    assert desk.batches == [["a", "b"]]
    assert desk.counts["retried"] == 5
    assert (stream.acknowledged, desk.dead) == ([0, 1], [])


async def test_poison_goes_away_at_its_place_between_its_neighbours() -> None:
    desk = Desk()
    stream = await guarded(desk, b"a", b"", b"b", None)

    assert desk.batches == [["a"], ["b"]]
    assert [(letter.offset, letter.value) for letter in desk.dead] == [(1, b""), (3, None)]
    assert stream.acknowledged == [0, 1, 2, 3]


async def test_a_dead_letter_says_where_it_stood_whose_it_was_and_why() -> None:
    desk = Desk()
    await guarded(desk, b"")

    reason = "expected a command, found nothing; mend its sender"
    assert desk.dead == [DeadLetter("issue-commands", 2, 0, b"PIR-1001", b"", "desk", reason)]


async def test_a_decoder_that_breaks_costs_its_message_and_no_other() -> None:
    """Whatever left the agent's body would be acknowledged by Faust and lost; what the bug says is not repeated."""
    desk = Desk()
    stream = await guarded(desk, b"a", b"bug", b"b")

    assert desk.batches == [["a"], ["b"]]
    assert desk.dead[0].reason == "a fault of ours (KeyError); mend it, then replay this"
    assert stream.acknowledged == [0, 1, 2]


async def test_a_bug_is_tried_again_alone_and_then_put_away() -> None:
    desk = Desk(trouble=lambda words: RuntimeError("a bug") if "b" in words else None)
    stream = await guarded(desk, b"a", b"b", b"c")

    assert desk.batches == [["a"], ["c"]]
    assert desk.pauses == [1, 2]
    assert [letter.reason for letter in desk.dead] == ["a fault of ours (RuntimeError); mend it, then replay this"]
    assert stream.acknowledged == [0, 1, 2]


@pytest.mark.parametrize(
    "trouble",
    [BadInput("what", expected="words", found="none", todo="Say what happened."), Undecodable("expected a new issue")],
)
async def test_what_can_never_be_handled_is_not_tried_again(trouble: Exception) -> None:
    desk = Desk(trouble=lambda words: trouble if "b" in words else None)
    await guarded(desk, b"a", b"b")

    assert desk.pauses == []
    assert desk.dead[0].reason.startswith("expected a message that can be handled")


async def test_a_part_that_goes_away_during_single_tries_costs_no_try() -> None:
    troubles = iter([RuntimeError(), *[Unavailable("the store", "away")] * 9])
    desk = Desk(trouble=lambda _: next(troubles, None))
    await guarded(desk, b"a")

    assert (desk.batches, desk.dead) == ([["a"]], [])


async def test_a_dead_letter_that_cannot_be_kept_is_tried_until_it_is() -> None:
    desk = Desk(bury_fails=3)
    stream = await guarded(desk, b"")

    assert desk.pauses == [1, 2, 4]
    assert len(desk.dead) == 1
    assert stream.acknowledged == [0]


async def test_too_many_dead_letters_in_a_row_hold_the_line() -> None:
    desk = Desk()
    with pytest.raises(asyncio.CancelledError):
        await guarded(desk, b"", b"", b"", b"a")

    assert len(desk.dead) == RULES.dead_letter_ceiling
    assert desk.counts["stopped"] > 1
    assert set(desk.pauses) == {RULES.longest_delay_s}


async def test_a_held_line_goes_on_by_itself_once_the_message_can_be_handled() -> None:
    def broken_for_a_while(_: Sequence[str]) -> Exception | None:
        return None if desk.counts["stopped"] == 3 else RuntimeError("a bug")

    desk = Desk(trouble=broken_for_a_while)
    stream = await guarded(desk, b"a", b"b", b"c")

    assert [letter.value for letter in desk.dead] == [b"a", b"b"]
    assert desk.batches == [["c"]]
    assert stream.acknowledged == [0, 1, 2]


async def test_good_messages_between_the_poison_keep_the_line_open() -> None:
    desk = Desk()
    stream = await guarded(desk, b"", b"a", b"", b"b", b"", b"c", b"", b"d")

    assert len(desk.dead) == 4
    assert desk.counts["stopped"] == 0
    assert stream.acknowledged == list(range(8))


async def test_messages_for_others_are_acknowledged_without_being_handled() -> None:
    desk = Desk()
    stream = await guarded(desk, b"not mine", b"not mine")

    assert desk.batches == []
    assert stream.acknowledged == [0, 1]


async def test_a_cancellation_leaves_the_batch_unacknowledged() -> None:
    desk = Desk(trouble=lambda _: asyncio.CancelledError())
    stream: Any = Stream(b"a")
    with pytest.raises(asyncio.CancelledError):
        await Guard(name="desk", decode=decode, handle=desk.handle, bury=desk.bury).run(stream)

    assert stream.acknowledged == []
