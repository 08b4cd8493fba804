"""What a bench reports, read from the store afterwards: no figure is kept on the side by those who are measured."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from issue_stream.house import House
from issue_stream.store import tables as t
from issue_stream.store.verify import Audit, verify
from schemas.notices import NoticeKind
from tests.bench.raising import Raised

LOOK_EVERY_S = 0.1
OVER = ("resolved", "closed", "cannot_do")


async def until_resolved(house: House, issues: int, patience_s: float) -> None:
    """Wait until so many issues are resolved and no notice waits; gives up after the patience, lost ones show then."""
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        if await _resolved(house) >= issues and not await _notices_waiting(house):
            return
        await asyncio.sleep(LOOK_EVERY_S)


async def until_alive(house: House, workers: int, patience_s: float) -> None:
    """Wait until so many workers have beaten."""
    h, until = t.heartbeats.c, time.monotonic() + patience_s
    while time.monotonic() < until:
        async with house.db.read() as conn:
            alive: int = (await conn.execute(select(func.count(h.worker.distinct())))).scalar_one()
        if alive >= workers:
            return
        await asyncio.sleep(LOOK_EVERY_S)


async def applied(house: House) -> int:
    """Commands granted so far."""
    async with house.db.read() as conn:
        found = await conn.execute(select(t.tallies.c.n).where(t.tallies.c.name == "applied"))
    return int(found.scalar_one_or_none() or 0)


async def latencies(house: House, steady: Sequence[Raised]) -> dict[str, Any]:
    """At the steady pace: button to the acknowledgement sent, and button to an accepted owner."""
    raised = {one.issue: one.at for one in steady}
    n, e = t.notices.c, t.events.c
    acks = select(n.issue_id, func.min(n.sent_at)).where(n.kind == NoticeKind.ACKNOWLEDGED).group_by(n.issue_id)
    owned = select(e.issue_id, func.min(e.at)).where(e.kind == "accepted").group_by(e.issue_id)
    async with house.db.read() as conn:
        told = [(row[0], row[1]) for row in await conn.execute(acks)]
        caught = [(row[0], row[1]) for row in await conn.execute(owned)]
    return {
        "raise_to_ack_ms": _percentiles([(at - raised[i]).total_seconds() for i, at in told if i in raised and at]),
        "chain_ms": _percentiles([(at - raised[i]).total_seconds() for i, at in caught if i in raised]),
    }


async def audit(house: House, issues: int) -> dict[str, Any]:
    """Lost: issues raised and not resolved. Doubled: more than one acceptance or acknowledgement of one issue."""
    e, n = t.events.c, t.notices.c
    accepted = select(e.issue_id).where(e.kind == "accepted").group_by(e.issue_id).having(func.count() > 1)
    ack = n.kind == NoticeKind.ACKNOWLEDGED
    acks = select(n.issue_id).where(ack).group_by(n.issue_id, n.recipient).having(func.count() > 1)
    async with house.db.read() as conn:
        doubled = len((await conn.execute(accepted)).all()) + len((await conn.execute(acks)).all())
    lost = issues - await _resolved(house)
    wrong = [check.name async for check in verify(_audit(house)) if not check.ok]
    return {"lost": lost, "doubled": doubled, "verify": not wrong, "wrong": wrong}


def _audit(house: House) -> Audit:
    return Audit(db=house.db, book=house.keeper.book(), now=house.now(), files=house.settings.files_dir)


async def _resolved(house: House) -> int:
    async with house.db.read() as conn:
        counted = await conn.execute(select(func.count()).where(t.issues.c.state.in_(OVER)))
    return int(counted.scalar_one())


async def _notices_waiting(house: House) -> int:
    async with house.db.read() as conn:
        counted = await conn.execute(select(func.count()).where(t.notices.c.state == "waiting"))
    return int(counted.scalar_one())


def _percentiles(seconds: list[float]) -> dict[str, float]:
    if len(seconds) < 2:  # quantiles need two
        return {}
    cuts = statistics.quantiles(seconds, n=100)
    return {"p50": round(cuts[49] * 1000, 1), "p99": round(cuts[98] * 1000, 1), "n": len(seconds)}
