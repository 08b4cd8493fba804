"""Are we blind? What waits since when from intake to delivery, letters that cannot leave, dead letters; and the outbox.

In: nothing but the store. Out: pages, and dead letters replayed by an admin. It must never show a letter's words where
a mail server is set, nor to others than leads and admins once this house has an address of its own.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from issue_stream.store.dead_letters import KeptLetter, dead_letters
from issue_stream.store.heartbeats import all_beats
from issue_stream.store.notices import SentLetter, SqlNoticeBook
from issue_stream.store.pages_operations import SILENT, stages, unsent_notices
from issue_stream.store.pages_staff import sent_letter
from issue_stream.store.replaying import replay
from issue_stream.web.staff.frame import framed
from issue_stream.web.staff.guard import StaffRoute, Viewer, field, posted, signed_in
from issue_stream.web.staff.local_outbox import keeps_letters, may_read_letters
from schemas.errors import BadInput, NotAllowed, NotFound
from schemas.notices import NoticeKind
from schemas.vocabulary import Role

router = APIRouter(route_class=StaffRoute)
Anybody = Annotated[Viewer, Depends(signed_in())]
Keeper = Annotated[Viewer, Depends(signed_in(Role.ADMIN))]
MOST = 50
_MAIL_CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"
"""A letter's own page: nothing in it runs or is fetched; its styles are inline because mail programs want them so."""


@router.get("/operations")
async def operations(viewer: Anybody) -> Response:
    """A line per stage, workers, what cannot leave, dead letters."""
    return await _page(viewer)


async def _page(viewer: Viewer, fault: str = "") -> Response:
    now = viewer.now
    async with viewer.house.db.read() as conn:
        beats = await all_beats(conn)
        waiting = await stages(conn, now)
        letters = await dead_letters(conn, MOST, replayed=False)
        held = await unsent_notices(conn, MOST)
    return await framed(
        viewer,
        "operations.html",
        422 if fault else 200,
        here="/operations",
        stages=waiting,
        beats=[(beat, now - beat.at <= SILENT) for beat in beats],
        letters=[(letter, _readable(letter)) for letter in letters],
        held=held,
        fault=fault,
        policy_faults=viewer.house.keeper.faults,
    )


@router.post("/operations/replay")
async def replay_letter(request: Request, viewer: Keeper) -> Response:
    """Have a dead letter taken again."""
    form = await posted(request, viewer)
    partition, offset = field(form, "partition"), field(form, "offset")
    if not (partition.isdecimal() and offset.isdecimal()):
        raise NotFound("expected a dead letter")
    try:
        async with viewer.house.db.write() as conn:
            await replay(conn, field(form, "topic"), int(partition), int(offset), viewer.now)
    except BadInput as fault:
        return await _page(viewer, str(fault))
    return RedirectResponse("/operations", 303)


def _readable(letter: KeptLetter) -> str:
    """The bytes as far as they are text; ids and codes, never a partner's words."""
    return (letter.value or b"").decode(errors="replace")[:2000]


async def _outbox_reader(viewer: Anybody) -> Viewer:
    """Raises NotFound where letters are sent, NotAllowed for who may not read them."""
    if not keeps_letters(viewer.web):
        raise NotFound("expected a house without a mail server")
    if not may_read_letters(viewer):
        raise NotAllowed("Letters are for leads and admins: they hold what others were told.")
    return viewer


Readers = Annotated[Viewer, Depends(_outbox_reader)]


@router.get("/outbox")
async def outbox(viewer: Readers) -> Response:
    """The newest letters that left."""
    sent = await SqlNoticeBook(viewer.house.db).sent_box(MOST)
    return await framed(viewer, "outbox.html", here="/outbox", letters=[x for x in sent if _may_read(x)])


@router.get("/outbox/{key}")
async def letter(key: str, viewer: Readers) -> Response:
    """One letter: subject, reader, words."""
    return await framed(viewer, "letter.html", here="/outbox", letter=await _letter(viewer, key))


@router.get("/outbox/{key}/html")
async def letter_html(key: str, viewer: Readers) -> Response:
    """Its dress, for the frame of the letter's page."""
    found = await _letter(viewer, key)
    headers = {"content-security-policy": _MAIL_CSP, "x-frame-options": "SAMEORIGIN"}
    return HTMLResponse(found.html, headers=headers)


async def _letter(viewer: Viewer, key: str) -> SentLetter:
    async with viewer.house.db.read() as conn:
        found = await sent_letter(conn, key)
    if found is None or not _may_read(found):
        raise NotFound("expected a letter that left")
    return found


def _may_read(sent: SentLetter) -> bool:
    """A sign-in letter opens somebody's session: nobody reads another's, an admin neither."""
    return sent.kind != NoticeKind.SIGN_IN.value
