"""Both carriages carry alike: in order, to everybody, from where a group ended; no stop and no crash loses anything."""

import asyncio
from collections.abc import Callable, Sequence

from agents._shell import Incoming
from schemas.errors import Unavailable
from tests.contract.carriage.rig import QUICK, Rig, Seen, Watching, line, records


async def test_what_an_agent_sends_reaches_the_next_agent(rig: Rig) -> None:
    heard, passed_on = Seen(), Seen()
    first, _ = line(heard)
    second, _ = line(passed_on, name="next")
    async with rig.running(first, second=second) as publisher:

        async def pass_on(batch: Sequence[Incoming[str]]) -> None:
            await publisher.send(rig.outbox, [(one.key or b"", f"{one.value}, passed on".encode()) for one in batch])

        heard.trouble = pass_on
        await publisher.send(rig.inbox, records("an offer"))
        await passed_on.until(lambda: bool(passed_on.values))

    assert passed_on.values == ["an offer, passed on"]


async def test_the_records_of_one_key_keep_their_order(rig: Rig) -> None:
    seen = Seen()
    reader, _ = line(seen)
    async with rig.running(reader) as publisher:
        sent = [(f"issue-{number % 5}".encode(), f"{number % 5}:{number:03}".encode()) for number in range(300)]
        await publisher.send(rig.inbox, sent)
        await seen.until(lambda: len(seen.values) == len(sent))

    for issue in range(5):
        own = [value for value in seen.values if value.startswith(f"{issue}:")]
        assert own == sorted(own)


async def test_two_agents_on_one_topic_both_see_everything(rig: Rig) -> None:
    one, other = Seen(), Seen()
    async with rig.running(line(one)[0], line(other, name="other")[0]) as publisher:
        await publisher.send(rig.inbox, records("raised", "offered"))
        await one.until(lambda: len(one.values) == 2)
        await other.until(lambda: len(other.values) == 2)

    assert one.values == other.values == ["raised", "offered"]


async def test_an_agent_is_brought_only_what_it_hears(rig: Rig) -> None:
    one, other = Seen(), Seen()
    deaf = {"other": lambda value: value != b"raised"}
    async with rig.running(line(one)[0], line(other, name="other")[0], deaf=deaf) as publisher:
        await publisher.send(rig.inbox, records("raised", "offered", "raised", "resolved"))
        await one.until(lambda: len(one.values) == 4)
        await other.until(lambda: len(other.values) == 2)

    assert other.values == ["offered", "resolved"]
    assert (await rig.state()).lag == 0


async def test_what_nobody_hears_is_finished(rig: Rig) -> None:
    seen = Seen()
    reader, _ = line(seen)
    async with rig.running(reader, deaf={"reader": lambda value: value == b"resolved"}) as publisher:
        await publisher.send(rig.inbox, records("raised", "offered", "resolved", "rated"))
        await seen.until(lambda: bool(seen.values))

    assert (await rig.state()).lag == 0


async def test_what_one_agent_does_not_hear_stays_until_another_has_finished_it(rig: Rig) -> None:
    async def away(_: Sequence[Incoming[str]]) -> None:
        raise Unavailable("the store", "locked")

    stuck = Seen(trouble=away)
    reader, trying = line(stuck)
    deaf = {"other": lambda value: value == b"offered"}
    async with rig.running(reader, line(Seen(), name="other")[0], deaf=deaf) as publisher:
        await publisher.send(rig.inbox, records("raised"))
        await stuck.until(lambda: trying.tries >= 2)
    again = Seen()
    async with rig.running(line(again)[0], line(Seen(), name="other")[0], deaf=deaf):
        await again.until(lambda: bool(again.values))

    assert again.values == ["raised"]


async def test_the_offset_stays_until_the_slowest_agent_has_finished(rig: Rig) -> None:
    async def away(_: Sequence[Incoming[str]]) -> None:
        raise Unavailable("the store", "locked")

    quick, stuck = Seen(), Seen(trouble=away)
    other, trying = line(stuck, name="other")
    async with rig.running(line(quick)[0], other) as publisher:
        await publisher.send(rig.inbox, records("raised", "offered"))
        await quick.until(lambda: len(quick.values) == 2)
        await stuck.until(lambda: trying.tries >= 2)
    again = Seen()
    async with rig.running(line(Seen())[0], line(again, name="other")[0]):
        await again.until(lambda: len(again.values) == 2)

    assert again.values == ["raised", "offered"]


async def test_a_new_start_begins_where_the_last_stop_ended(rig: Rig) -> None:
    before, after = Seen(), Seen()
    reader, watching = line(before)
    async with rig.running(reader) as publisher:
        await publisher.send(rig.inbox, records("one", "two", "three"))
        await before.until(lambda: watching.finished == 3)
    stopped = await rig.state()
    async with rig.running(line(after)[0]) as publisher:
        await publisher.send(rig.inbox, records("four"))
        await after.until(lambda: bool(after.values))

    assert (stopped.end, stopped.lag) == (3, 0)
    assert after.values == ["four"]


async def test_a_stop_with_a_batch_in_flight_is_quick_and_loses_nothing(rig: Rig) -> None:
    """What waits in the agent's queue when a stop comes is neither acknowledged nor committed."""
    never = asyncio.Event()

    async def stand_still(_: Sequence[Incoming[str]]) -> None:
        await never.wait()

    words = [f"{number:04}" for number in range(1000)]
    stuck, again = Seen(trouble=stand_still), Seen()
    loop = asyncio.get_running_loop()
    async with rig.running(line(stuck)[0]) as publisher:
        await publisher.send(rig.inbox, records(*words))
        began = loop.time()
    took = loop.time() - began
    async with rig.running(line(again)[0]):
        await again.until(lambda: len(again.values) >= len(words))

    assert took < 10
    assert again.values == words


async def test_stops_in_the_middle_of_work_lose_nothing(rig: Rig) -> None:
    """Each stop comes while some batches are finished, one is in flight and more wait."""
    words = [f"{number:04}" for number in range(900)]
    everything: set[str] = set()
    for enough in (100, 200, 300):
        seen = Seen(trouble=_take_a_moment)
        reader, watching = line(seen)
        async with rig.running(reader) as publisher:
            if not everything:
                await publisher.send(rig.inbox, records(*words))
            await seen.until(_at_least(watching, enough))
        everything |= set(seen.values)
    last = Seen()
    async with rig.running(line(last)[0]):
        await last.until(lambda: len(everything | set(last.values)) == len(words))

    assert sorted(everything | set(last.values)) == words


async def _take_a_moment(_: Sequence[Incoming[str]]) -> None:
    await asyncio.sleep(0.005)  # a transaction's time, so that the stop meets a batch in flight


def _at_least(watching: Watching, count: int) -> Callable[[], bool]:
    return lambda: watching.finished >= count


async def test_what_waits_is_one_batch_and_never_more_than_the_limit(rig: Rig) -> None:
    gate = asyncio.Event()

    async def wait_at_the_gate(_: Sequence[Incoming[str]]) -> None:
        await gate.wait()

    seen = Seen(trouble=wait_at_the_gate)
    async with rig.running(line(seen, rules=QUICK)[0]) as publisher:
        await publisher.send(rig.inbox, records(*map(str, range(250))))
        gate.set()
        await seen.until(lambda: len(seen.values) == 250)

    assert max(len(batch) for batch in seen.batches) == QUICK.batch_limit


async def test_the_same_record_sent_twice_stands_twice_in_one_batch(rig: Rig) -> None:
    """So whoever handles a batch takes doubles out of it: the carriage does not."""
    gate = asyncio.Event()

    async def wait_at_the_gate(_: Sequence[Incoming[str]]) -> None:
        await gate.wait()

    seen = Seen(trouble=wait_at_the_gate)
    reader, watching = line(seen)
    async with rig.running(reader) as publisher:
        await publisher.send(rig.inbox, records("raise", "accept", "accept"))
        gate.set()
        await seen.until(lambda: watching.finished == 3)
    state = await rig.state()

    assert seen.values == ["raise", "accept", "accept"]
    assert len({one.offset for batch in seen.batches for one in batch}) == 3
    assert state.lag == 0
