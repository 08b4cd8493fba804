"""Who is at the door of a staff page: one guard for every route, and the check of every form.

In: the session's cookie. Out: a `Viewer`, or a way to the sign-in page. It must never let a change through that was not
sent from a form of ours in this session.
"""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.routing import APIRoute
from starlette.datastructures import FormData

from issue_stream.house import House
from issue_stream.store import people
from issue_stream.store.access import Session, session_of
from issue_stream.web.context import OurWeb, Web
from issue_stream.web.security import check_form, csrf_token
from schemas.errors import NotAllowed
from schemas.people import Person
from schemas.policy import Policy
from schemas.values import Actor
from schemas.vocabulary import RESOLVER_ROLES, ActorKind, Role

MAX_FIELDS = 200
"""Fields a form of ours may have: the longest has some twenty."""


class NotSignedIn(Exception):
    """Nobody is signed in here."""


class StaffRoute(APIRoute):
    """Sends who is not signed in to the sign-in page, and back afterwards."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route with that one way out."""
        answer = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                return await answer(request)
            except NotSignedIn:
                back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
                wanted = f"?next={quote(back)}" if request.method == "GET" and back != "/" else ""
                return RedirectResponse(f"/sign-in{wanted}", status_code=303)

        return guarded


@dataclass(frozen=True, slots=True)
class Viewer:
    """A member of staff with a running session."""

    web: Web
    person: Person
    session: Session

    @property
    def house(self) -> House:
        """The house behind the pages."""
        return self.web.house

    @property
    def now(self) -> datetime:
        """The moment by the house's clock."""
        return self.web.house.now()

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self.web.house.keeper.current()

    @property
    def actor(self) -> Actor:
        """Who wishes what this viewer sends."""
        return Actor(kind=ActorKind.STAFF, id=self.person.id, name=self.person.name)

    @property
    def csrf(self) -> str:
        """The token for this session's forms."""
        return csrf_token(self.web.links, self.session.csrf)

    @property
    def may_own(self) -> bool:
        """Whether pages offer this viewer what resolvers do."""
        return self.person.role in RESOLVER_ROLES

    @property
    def leads(self) -> bool:
        """Whether this viewer decides for a team."""
        return self.person.role in {Role.LEAD, Role.ADMIN}

    @property
    def administers(self) -> bool:
        """Whether this viewer keeps people and keys."""
        return self.person.role is Role.ADMIN


def cookie_name(web: Web) -> str:
    """The session's cookie; on https its name keeps other hosts from setting it."""
    return "__Host-session" if web.house.settings.web.is_https else "session"


async def viewer_of(request: Request, web: Web) -> Viewer:
    """Who is signed in; raises NotSignedIn."""
    token = request.cookies.get(cookie_name(web), "")
    if not token:
        raise NotSignedIn
    async with web.house.db.read() as conn:
        session = await session_of(conn, token, web.house.now())
        found = await people.staff(conn, [session.staff_id]) if session else {}
    if session is None or session.staff_id not in found:
        raise NotSignedIn
    return Viewer(web, found[session.staff_id], session)


def signed_in(*roles: Role) -> Callable[[Request, Web], Awaitable[Viewer]]:
    """A dependency that lets these roles in (none named: all staff); raises NotSignedIn or NotAllowed."""

    async def let_in(request: Request, web: OurWeb) -> Viewer:
        viewer = await viewer_of(request, web)
        if roles and viewer.person.role not in roles:
            who = " or ".join(role.replace("_", " ") for role in roles)
            raise NotAllowed(f"This page is for {who}; you are signed in as {viewer.person.role.replace('_', ' ')}.")
        return viewer

    return let_in


AnyStaff = Depends(signed_in())
Resolvers = Depends(signed_in(Role.SUPPORT, Role.LEAD, Role.ADMIN))
Leads = Depends(signed_in(Role.LEAD, Role.ADMIN))
LeadsAndExecutives = Depends(signed_in(Role.LEAD, Role.ADMIN, Role.EXECUTIVE))
Executives = Depends(signed_in(Role.EXECUTIVE, Role.ADMIN))
Admins = Depends(signed_in(Role.ADMIN))


async def posted(request: Request, viewer: Viewer) -> FormData:
    """The fields of a form of this session; raises NotOurForm."""
    form = await request.form(max_files=0, max_fields=MAX_FIELDS)
    check_form(request, viewer.web.links, viewer.session.csrf, field(form, "csrf"))
    return form


def field(form: FormData, name: str) -> str:
    """One field as typed; empty when it is missing or a file."""
    given = form.get(name, "")
    return given if isinstance(given, str) else ""
