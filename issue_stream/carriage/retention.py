"""What the embedded log no longer keeps: old records that every group has finished, deleted in small batches.

Looks at the head of each partition only, so its cost does not grow with the log; never deletes what somebody still has
to read.
"""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Collection
from itertools import takewhile
from typing import TYPE_CHECKING

from schemas.errors import Unavailable

if TYPE_CHECKING:
    from issue_stream.carriage.log import Log

log = logging.getLogger("issue_stream.carriage")

EVERY_S = 600.0
"""Records are kept for days, so minutes do not matter."""
AT_ONCE = 500
"""Records deleted in one transaction: about 5 ms, the longest that an append waits for it."""


def forget_old(connection: sqlite3.Connection, heard: Collection[str], now: float, limit: int) -> int:
    """Delete at most `limit` records past their topic's retention; how many that were. `now` is seconds since 1970.

    In a topic that some group reads, only what every group has finished; in one of `heard` that nobody has finished
    anything of, nothing. A topic that nobody hears (dead letters) is kept by age alone.
    """
    left = limit
    parts = connection.execute(
        "SELECT p.id, p.topic, p.next, t.retention_s, (SELECT MIN(c.offset) FROM committed c WHERE c.part = p.id)"
        " FROM part p JOIN topic t ON t.name = p.topic WHERE t.retention_s > 0"
    ).fetchall()
    for part, topic, end, retention_s, finished in parts:
        until = finished if finished is not None else 0 if topic in heard else end
        left -= _forget_head(connection, (part, until, now - retention_s), left)
    return limit - left


def _forget_head(connection: sqlite3.Connection, head: tuple[int, int, float], limit: int) -> int:
    part, until, before = head
    rows = connection.execute(
        "SELECT offset, at FROM record WHERE part = ? AND offset < ? ORDER BY offset LIMIT ?", (part, until, limit)
    ).fetchall()
    old = list(takewhile(lambda row: row[1] < before, rows))
    if not old:
        return 0
    return connection.execute("DELETE FROM record WHERE part = ? AND offset <= ?", (part, old[-1][0])).rowcount


async def trim(kept: "Log", heard: Collection[str], now: Callable[[], float] = time.time) -> int:
    """Forget all that is old, with a turn for everybody else between two batches; how many records that were."""
    gone = 0
    while True:
        try:
            count = await kept.forget(heard, now(), AT_ONCE)
        except Unavailable as exc:
            log.warning("old records stay for now", extra={"cause": exc.cause})
            return gone
        gone += count
        if count < AT_ONCE:
            return gone
        await asyncio.sleep(0)
