"""A process that sends numbers to itself and says which were acknowledged and which were handled, until it is killed.

Its arguments are the carriage, a folder, the group, the first number and the last, after which it ends by itself. It
prints `sent N` once N is durable and `handled N` once its effect is done.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from agents._shell import Incoming
from tests.contract.carriage.rig import Rig, Seen, line, records

AT_ONCE = 20
"""Numbers in one send."""


def say(words: str) -> None:
    """Past every buffer of ours: what a killed process has said stays said."""
    os.write(sys.stdout.fileno(), f"{words}\n".encode())


async def live(rig: Rig, first: int, last: int) -> None:
    """Send the numbers from first to last, and handle whatever comes."""
    everything = asyncio.Event()

    async def effect(batch: Sequence[Incoming[str]]) -> None:
        for one in batch:
            say(f"handled {one.value}")
            if int(one.value) == last:
                everything.set()

    seen = Seen(trouble=effect)
    async with rig.running(line(seen)[0]) as publisher:
        for start in range(first, last + 1, AT_ONCE):
            numbers = range(start, min(start + AT_ONCE, last + 1))
            await publisher.send(rig.inbox, records(*map(str, numbers)))
            say("\n".join(f"sent {number}" for number in numbers))
        await everything.wait()


if __name__ == "__main__":
    URL, FOLDER, TEAM, FIRST, LAST = sys.argv[1:]
    asyncio.run(live(Rig(URL, Path(FOLDER), TEAM), int(FIRST), int(LAST)))
