"""The guard on both carriages: poison is put away, nothing else is ever lost, and the offset tells the truth."""

from collections.abc import Sequence

from agents._shell import Incoming
from schemas.errors import Unavailable
from tests.contract.carriage.rig import QUICK, Rig, Seen, line, records


async def test_poison_is_put_away_and_its_neighbours_pass(rig: Rig) -> None:
    seen = Seen()
    reader, watching = line(seen)
    async with rig.running(reader) as publisher:
        await publisher.send(rig.inbox, [(b"a", b"before"), (b"a", b"\xff\x00"), (b"a", b"after")])
        await seen.until(lambda: watching.finished == 3)
    state = await rig.state()

    letter = seen.dead[0]
    assert seen.values == ["before", "after"]
    assert (letter.topic, letter.offset, letter.key, letter.value) == (rig.inbox, 1, b"a", b"\xff\x00")
    assert "expected text" in letter.reason
    assert state.lag == 0


async def test_what_is_not_for_an_agent_is_finished_at_once(rig: Rig) -> None:
    seen = Seen()
    reader, watching = line(seen)
    async with rig.running(reader) as publisher:
        await publisher.send(rig.inbox, records("not for you", "for you", "not for you"))
        await seen.until(lambda: watching.finished == 3)
    state = await rig.state()

    assert seen.values == ["for you"]
    assert state.lag == 0


async def test_a_bug_that_goes_away_loses_no_message(rig: Rig) -> None:
    tries = 0

    async def fail_twice(_: Sequence[Incoming[str]]) -> None:
        nonlocal tries
        tries += 1
        if tries <= 2:
            raise RuntimeError("a bug")

    seen = Seen(trouble=fail_twice)
    async with rig.running(line(seen)[0]) as publisher:
        await publisher.send(rig.inbox, records("one", "two", "three"))
        await seen.until(lambda: len(seen.values) == 3)

    assert seen.values == ["one", "two", "three"]
    assert seen.dead == []


async def test_a_bug_that_stays_costs_one_message_and_no_neighbour(rig: Rig) -> None:
    async def stumble_over_two(batch: Sequence[Incoming[str]]) -> None:
        if any(one.value == "two" for one in batch):
            raise RuntimeError("a bug")

    seen = Seen(trouble=stumble_over_two)
    reader, watching = line(seen)
    async with rig.running(reader) as publisher:
        await publisher.send(rig.inbox, records("one", "two", "three"))
        await seen.until(lambda: watching.finished == 3)
    state = await rig.state()

    assert seen.values == ["one", "three"]
    assert [letter.value for letter in seen.dead] == [b"two"]
    assert state.lag == 0


async def test_a_part_that_is_away_keeps_the_offset_and_the_order(rig: Rig) -> None:
    async def away(_: Sequence[Incoming[str]]) -> None:
        raise Unavailable("the store", "it does not answer")

    stuck, again = Seen(trouble=away), Seen()
    reader, watching = line(stuck)
    async with rig.running(reader) as publisher:
        await publisher.send(rig.inbox, records("one", "two", "three"))
        await stuck.until(lambda: watching.tries >= 2 * QUICK.tries_of_a_bug)
    state = await rig.state()
    async with rig.running(line(again)[0]):
        await again.until(lambda: len(again.values) == 3)

    assert (state.lag, stuck.dead) == (3, [])
    assert again.values == ["one", "two", "three"]


async def test_too_many_dead_letters_in_a_row_hold_the_line(rig: Rig) -> None:
    """A bad deploy must not empty a topic into the dead letters."""

    async def broken_deploy(_: Sequence[Incoming[str]]) -> None:
        raise RuntimeError("a bug")

    words = [str(number) for number in range(8)]
    broken, mended = Seen(trouble=broken_deploy), Seen()
    reader, watching = line(broken)
    async with rig.running(reader) as publisher:
        await publisher.send(rig.inbox, records(*words))
        await broken.until(lambda: watching.holds >= 2)
    async with rig.running(line(mended)[0]):
        await mended.until(lambda: words[-1] in mended.values)

    assert len(broken.dead) == QUICK.dead_letter_ceiling
    assert set(words[QUICK.dead_letter_ceiling :]) <= set(mended.values)
