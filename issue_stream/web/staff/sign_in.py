"""Signing in by a link in a letter, signing out, and one's sessions.

In: an address. Out: always the same answer, whoever it belongs to; a letter when it is staff's. Opening the link shows
a button, because mail scanners open links; only the button signs in, once.
"""

import hmac
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from issue_stream.store.access import end_session, make_sign_in_link, open_session, use_sign_in_link
from issue_stream.store.notices import SqlNoticeBook
from issue_stream.store.pages_staff import end_session_named, sessions_of
from issue_stream.store.people import staff_by_email
from issue_stream.web.context import OurWeb, Web
from issue_stream.web.security import address_of, check_form, csrf_token
from issue_stream.web.staff.frame import framed
from issue_stream.web.staff.guard import (
    NotSignedIn,
    StaffRoute,
    Viewer,
    cookie_name,
    field,
    posted,
    signed_in,
    viewer_of,
)
from issue_stream.web.staff.local_outbox import asked_from_here, is_not_set_up
from schemas.errors import NotFound
from schemas.letter import Entry
from schemas.notices import Notice, NoticeKind
from schemas.people import Person
from schemas.vocabulary import Audience, Role

log = structlog.get_logger("issue_stream.web.staff")
router = APIRouter(route_class=StaffRoute)
Anybody = Annotated[Viewer, Depends(signed_in())]

_AUDIENCE = {
    Role.EXECUTIVE: Audience.EXECUTIVE,
    Role.CHANNEL_MANAGER: Audience.CHANNEL_MANAGER,
    Role.LEAD: Audience.LEAD,
}
_FORM = "sign-in"
_NEXT = "sign-in-next"
"""The cookie that keeps where somebody wanted to go until they have signed in."""


def safe_next(wanted: str) -> str:
    """An address of ours to go on to; the board for anything else."""
    parts = urlsplit(wanted)
    is_ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return wanted if is_ours and "\\" not in wanted else "/board"


@router.get("/sign-in")
async def ask(request: Request, web: OurWeb) -> Response:
    """The form; who is signed in already goes on."""
    wanted = safe_next(request.query_params.get("next", ""))
    try:
        await viewer_of(request, web)
    except NotSignedIn:
        page = _sign_in_page(web, csrf_token(web.links, _FORM))
        page.set_cookie(_NEXT, wanted, max_age=900, httponly=True, samesite="lax", secure=_secure(web))
        return page
    return RedirectResponse(wanted, 303)


@router.post("/sign-in")
async def send(request: Request, web: OurWeb) -> Response:
    """A letter to staff; the same page to everybody."""
    web.limits.sign_in(address_of(request, web.house.settings.web.trusted_proxies))
    form = await request.form(max_files=0, max_fields=5)
    check_form(request, web.links, _FORM, field(form, "csrf"))
    async with web.house.db.write() as conn:
        person = await staff_by_email(conn, field(form, "email").strip())
        known = person is not None and person.active
        lives = timedelta(minutes=web.house.settings.web.sign_in_minutes)
        token = await make_sign_in_link(conn, person.id, web.house.now(), lives) if person and known else ""
    if person is not None and token:
        await _tell(web, person, token)
    return _sign_in_page(web, "", sent=True)


def _sign_in_page(web: Web, csrf: str, *, sent: bool = False) -> Response:
    minutes = web.house.settings.web.sign_in_minutes
    return web.pages.page("staff/sign_in.html", csrf=csrf, sent=sent, local=is_not_set_up(web), minutes=minutes)


async def _tell(web: Web, person: Person, token: str) -> None:
    now = web.house.now()
    notice = Notice(
        key=f"sign-in-{uuid4()}",
        kind=NoticeKind.SIGN_IN,
        audience=_AUDIENCE.get(person.role, Audience.OWNER),
        recipient=person.id,
        at=now,
        figures={"token": token},
    )
    web.house.reading.forget_directory()  # deliver gives up on a reader it does not know: one just added is known
    await SqlNoticeBook(web.house.db).add([Entry(notice=notice, due_at=now)])
    if is_not_set_up(web):
        log.info("sign-in link", link=web.links.sign_in(token))


@router.get("/sign-in/{token}")
async def button(token: str, web: OurWeb) -> Response:
    """The button that signs in; opening this page alone changes nothing."""
    return web.pages.page("staff/sign_in_button.html", csrf=csrf_token(web.links, token), token=token)


@router.post("/sign-in/{token}")
async def enter(token: str, request: Request, web: OurWeb) -> Response:
    """A session for whom the link was sent to; a used or old link says how to get a fresh one."""
    form = await request.form(max_files=0, max_fields=5)
    check_form(request, web.links, token, field(form, "csrf"))
    now, lives = web.house.now(), timedelta(hours=web.house.settings.web.session_hours)
    async with web.house.db.write() as conn:
        staff_id = await use_sign_in_link(conn, token, now)
        opened = await open_session(conn, staff_id, now, lives) if staff_id else None
    if opened is None:
        minutes = web.house.settings.web.sign_in_minutes
        return web.pages.page("staff/sign_in_expired.html", 410, minutes=minutes)
    answer = RedirectResponse(safe_next(request.cookies.get(_NEXT, "")), 303)
    answer.set_cookie(
        cookie_name(web),
        opened.token,
        max_age=int(lives.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=_secure(web),
    )
    answer.delete_cookie(_NEXT)
    return answer


@router.post("/sign-out")
async def leave(request: Request, viewer: Anybody) -> Response:
    """End this session."""
    await posted(request, viewer)
    async with viewer.house.db.write() as conn:
        await end_session(conn, request.cookies.get(cookie_name(viewer.web), ""), viewer.now)
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(cookie_name(viewer.web), secure=_secure(viewer.web), httponly=True, samesite="lax")
    return answer


@router.get("/sessions")
async def sessions(viewer: Anybody) -> Response:
    """Where I am signed in."""
    async with viewer.house.db.read() as conn:
        running = await sessions_of(conn, viewer.person.id, viewer.now)
    here = [hmac.compare_digest(one.key, viewer.session.csrf) for one in running]
    return await framed(viewer, "sessions.html", running=list(zip(running, here, strict=True)))


@router.post("/sessions/end")
async def end(request: Request, viewer: Anybody) -> Response:
    """End one of my sessions."""
    form = await posted(request, viewer)
    async with viewer.house.db.write() as conn:
        await end_session_named(conn, viewer.person.id, field(form, "key"), viewer.now)
    return RedirectResponse("/sessions", 303)


@router.get("/outbox/sign-in")
async def sign_in_letters(request: Request, web: OurWeb) -> Response:
    """The newest sign-in letters, only where nothing is set up and only to who sits at this machine."""
    if not is_not_set_up(web) or not asked_from_here(request, web):
        raise NotFound("expected the default set-up")
    newest = await SqlNoticeBook(web.house.db).sent_box(200)
    letters = [letter for letter in newest if letter.kind == NoticeKind.SIGN_IN.value][:5]
    return web.pages.page("staff/outbox_sign_in.html", letters=letters, now=web.house.now())


def _secure(web: Web) -> bool:
    return web.house.settings.web.is_https
