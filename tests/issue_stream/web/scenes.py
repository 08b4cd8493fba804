"""Every kind of partner page with something on it, as paths to open."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Protocol

import uvicorn
from fastapi import FastAPI

from schemas import commands as c
from schemas import side_commands as w
from schemas.vocabulary import StuckReason, WaitingFor
from tests.builders import DAY, HOUR, by
from tests.issue_stream.web.conftest import HANS, IDA, Booth, path

LONG = (
    "Our deal registration for Fjord Hotels was rejected and nobody says why. The quote is due on Friday.\n\n"
    "The portal says: ERR-4711 / registration_conflict_with_existing_opportunity_000000000000000000000000000."
)


async def every_page(booth: Booth) -> dict[str, str]:
    """Name of a page → its path."""
    lively, waiting, solved, closed, refused = [await booth.owned(what=LONG) for _ in range(5)]
    fresh = await booth.raised(what="הפורטל לא נפתח. We cannot log in.")
    await _lively(booth, lively)
    reason = await booth.text("Please send the signed order form.")
    await booth.wished(waiting, c.Wait(on=WaitingFor.PARTNER, reason=reason, review_at=booth.house.now() + 2 * DAY))
    for issue in (solved, closed):
        await booth.wished(issue, c.Resolve(text=await booth.text("The registration is approved: DR-2291.")))
    await booth.fill(booth.status(closed), {}, action=f"{booth.status(closed)}/solved")
    await _refused(booth, refused)
    unconfirmed = await _unconfirmed(booth)
    return {
        "front": "/",
        "form_public": "/raise",
        "form_own": path(booth.web.links.form(IDA)),
        "receipt": path(booth.web.links.acknowledged(fresh, IDA)),
        "status_new": booth.status(fresh),
        "status_lively": booth.status(lively),
        "status_waiting": booth.status(waiting),
        "status_solved": booth.status(solved),
        "status_closed": booth.status(closed),
        "status_refused": booth.status(refused),
        "status_thanks": f"{booth.status(lively)}?thanks=comment",
        "confirm": path(booth.web.links.confirm(unconfirmed, HANS)),
        "fresh_link": "/fresh-link",
        "nothing_here": "/s/forged",
    }


async def _lively(booth: Booth, issue: str) -> None:
    page, now = booth.status(issue), booth.house.now
    sent = [("files", ("screenshot of the portal.png", b"x" * 120_000, "image/png"))]
    await booth.fill(page, {"text": "Here is what the portal shows."}, sent, action=f"{page}/comment")
    booth.clock[0] += HOUR
    words = await booth.text("Thank you. I asked the registration desk; they answer by tomorrow.")
    await booth.wished(issue, c.ReplyToPartner(text=words, next_update_at=now() + DAY))
    what = await booth.text("A decision on your registration")
    await booth.wished(issue, w.MakePromise(promise="p1", what=what, due_at=now() + DAY))
    booth.clock[0] += 2 * HOUR
    moved = await booth.text("The registration desk needs the signed order.")
    await booth.wished(issue, w.RevisePromise(promise="p1", due_at=now() + timedelta(days=3), reason=moved))
    stuck = {"choice": StuckReason.DEADLINE.value, "text": "Friday is our last day."}
    await booth.fill(page, stuck, action=f"{page}/not-moving")
    told = w.Escalate(step=1, told=("lena",), rule="not-moving", reason=await booth.text("The partner says so."))
    wish = await booth.house.door.wish(issue, told, by("escalate"))
    await booth.house.door.settled(wish)


async def _refused(booth: Booth, issue: str) -> None:
    no = c.CannotDo(
        reason=await booth.text("The customer was registered by another partner in January."),
        alternative=await booth.text("You can register the renewal, which is open from June."),
        review_on=date(2026, 6, 1),
    )
    await booth.wished(issue, no)


async def _unconfirmed(booth: Booth) -> str:
    await booth.fill("/raise", {"what": "The price list is wrong.", "email": HANS.email, "name": "Hans Example"})
    await booth.settle()
    async with booth.house.db.read() as conn:
        row = await conn.exec_driver_sql("SELECT id FROM issues WHERE confirmed = 0")
        return str(row.scalar_one())


class Serves(Protocol):
    """Anything with the pages as an app."""

    app: FastAPI


@asynccontextmanager
async def served(booth: Serves) -> AsyncIterator[str]:
    """The pages on a free port of this machine."""
    config = uvicorn.Config(booth.app, host="127.0.0.1", port=0, log_config=None, access_log=False, lifespan="off")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        await server.shutdown()
