"""The lead's view: what is late, refused twice or silent, who has how much; and asking somebody to own an issue.

In: a team, a form. Out: lists, or the wish to offer an issue. The desk decides whether it may be.
"""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.store import people
from issue_stream.store.pages_lead import LeadList, lead_list, lead_lists, load_of
from issue_stream.store.pages_staff import history
from issue_stream.web.staff.board import ON_PAGE, page_of
from issue_stream.web.staff.frame import framed
from issue_stream.web.staff.guard import StaffRoute, Viewer, field, posted, signed_in
from schemas.commands import OfferIssue
from schemas.errors import NotFound
from schemas.issue import Issue
from schemas.people import Person
from schemas.vocabulary import Role

router = APIRouter(route_class=StaffRoute)
Looks = Annotated[Viewer, Depends(signed_in(Role.LEAD, Role.ADMIN, Role.EXECUTIVE))]
Assigns = Annotated[Viewer, Depends(signed_in(Role.LEAD, Role.ADMIN))]
MOST = 25
ALL = "all"


@router.get("/lead")
async def lead(request: Request, viewer: Looks) -> Response:
    """Lists of one team or of all, and everybody's load."""
    own = viewer.person.team or ALL if viewer.person.role is Role.LEAD else ALL
    given = request.query_params
    team = given.get("team", own)
    shown = Shown("" if team == ALL else team, given.get("list", ""), page_of(given.get("page", "")))
    return await _page(viewer, shown)


@dataclass(frozen=True, slots=True)
class Shown:
    """What of the lead's view is shown: of which team (empty: all), and of one list one page (empty: all lists)."""

    team: str
    list: str = ""
    page: int = 1

    def address(self, page: int = 1, one: str = "") -> str:
        """Where this stands; with another page, or one list more closely."""
        chosen = one or self.list
        fields = {"team": self.team or ALL} | ({"list": chosen} if chosen else {})
        return f"/lead?{urlencode(fields | ({'page': str(page)} if page > 1 else {}))}"


async def _page(viewer: Viewer, shown: Shown, refusal: str = "") -> Response:
    team = shown.team
    async with viewer.house.db.read() as conn:
        lists = await _lists(conn, viewer, shown)
        staff = [p for p in await people.list_staff(conn) if p.may_own]
        load = await load_of(conn)
    return await framed(
        viewer,
        "lead.html",
        409 if refusal else 200,
        here="/lead",
        lists=lists,
        team=team,
        shown=shown,
        last=max(1, -(-lists[0].count // ON_PAGE)) if shown.list else 1,
        people=[person for person in staff if not team or person.team == team],
        owners=staff,
        load=load,
        refusal=refusal,
    )


async def _lists(conn: AsyncConnection, viewer: Viewer, shown: Shown) -> list[LeadList]:
    if not shown.list:
        return await lead_lists(conn, viewer.now, shown.team, MOST)
    return [await lead_list(conn, shown.list, viewer.now, shown.team, (ON_PAGE, (shown.page - 1) * ON_PAGE))]


@router.post("/lead/assign")
async def assign(request: Request, viewer: Assigns) -> Response:
    """Ask one person; they still accept or decline."""
    form = await posted(request, viewer)
    number, who = field(form, "number"), field(form, "to")
    shown = Shown(field(form, "team"), field(form, "list"), page_of(field(form, "page")))
    if not (number.isascii() and number.isdecimal() and len(number) <= 9):  # noqa: PLR2004 - a 32-bit column
        raise NotFound("expected the number of an issue")
    async with viewer.house.db.read() as conn:
        found = await history(conn, int(number))
    person = found.staff.get(who)
    if person is None:
        raise NotFound("expected a colleague")
    wish = await viewer.house.door.wish(found.issue.id, _offer(viewer, found.issue, person), viewer.actor)
    answer = await viewer.house.door.settled(wish)
    if answer is not None and not answer.granted:
        return await _page(viewer, shown, f"{viewer.policy.number(int(number))}: {answer.text}")
    return RedirectResponse(shown.address(shown.page), 303)


def _offer(viewer: Viewer, issue: Issue, person: Person) -> OfferIssue:
    rules = viewer.policy
    category = rules.category(issue.category)
    return OfferIssue(
        to=person.id,
        to_name=person.name,
        team=person.team or issue.team or rules.classification.front_desk,
        accept_by=viewer.now + rules.offers.accept_within.of(issue.priority),
        why_you=f"{viewer.person.name} asks you.",
        first_step=category.first_step[:400] if category else "",
        done_means=category.done_means[:400] if category else "",
    )
