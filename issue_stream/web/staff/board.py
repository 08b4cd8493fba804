"""The board and the list of issues: what I owe now, what is offered to me, and every number's list.

In: filters from the address. Out: pages, or the same list as CSV. It must never show a number that its list does not
have: both come from `store/pages_board.py`.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from issue_stream.store import people
from issue_stream.store.pages_board import Group, IssueLine, Wanted, board, issue_list, unconfirmed
from issue_stream.web.staff.figures import issues_behind
from issue_stream.web.staff.frame import framed
from issue_stream.web.staff.guard import StaffRoute, Viewer, signed_in
from issue_stream.web.templates import zone_of
from schemas.errors import NotFound
from schemas.people import Person
from schemas.vocabulary import State

router = APIRouter(route_class=StaffRoute)
Anybody = Annotated[Viewer, Depends(signed_in())]

ON_BOARD, ON_PAGE, IN_CSV = 15, 50, 10_000
EVERYBODY = "all"
"""What the owner filter says in the address when nobody in particular is meant."""

GROUPS = {
    Group.ACCEPT: ("Accept now", "No offer waits for an answer."),
    Group.UPDATE: ("Update due today", "No partner waits for news today."),
    Group.PROMISE: ("Promised today", "Nothing is promised for today."),
    Group.WAIT: ("Waiting for others", "Nothing waits for a partner or a third party."),
    Group.NEXT: ("Take next", "Nothing is left to take."),
}
"""How each group is called, and what an empty one says."""


@router.get("/board")
async def show_board(request: Request, viewer: Anybody) -> Response:
    """Five groups in one order, the first issues of each; every number opens its list."""
    wanted = await wanted_of(request.query_params, viewer, owner=default_owner(viewer))
    async with viewer.house.db.read() as conn:
        groups = await board(conn, wanted, ON_BOARD)
        staff = await people.list_staff(conn)
        strangers = await unconfirmed(conn)
    shown = [(one, *GROUPS[one], *groups[one], list_address(wanted, one)) for one in Group]
    name = "board_part.html" if request.query_params.get("part") == "1" else "board.html"
    return await framed(
        viewer,
        name,
        here="/board",
        groups=shown,
        owed=sum(groups[one][0] for one in (Group.ACCEPT, Group.UPDATE, Group.PROMISE)),
        unconfirmed=strangers,
        wanted=wanted,
        staff=owners(staff),
    )


@router.get("/issues")
async def show_list(request: Request, viewer: Anybody) -> Response:
    """Every issue under the filters, closed ones too when asked for."""
    if (number := _number_alone(request.query_params.get("q", ""), viewer)) is not None:
        return RedirectResponse(f"/issues/{number}", 303)
    wanted = await wanted_of(request.query_params, viewer)
    page = page_of(request.query_params.get("page", ""))
    async with viewer.house.db.read() as conn:
        count, lines = await issue_list(conn, wanted, ON_PAGE, (page - 1) * ON_PAGE)
        staff = await people.list_staff(conn)
    pages = _paging(request, page, count)
    title = GROUPS[wanted.group][0] if wanted.group else "Issues"
    return await framed(
        viewer,
        "issues.html",
        here="/issues",
        title=title,
        count=count,
        lines=lines,
        wanted=wanted,
        staff=owners(staff),
        states=list(State),
        pages=pages,
    )


@router.get("/issues.csv")
async def list_as_csv(request: Request, viewer: Anybody) -> Response:
    """The same list as the screen, all pages of it."""
    wanted = await wanted_of(request.query_params, viewer)
    async with viewer.house.db.read() as conn:
        _, lines = await issue_list(conn, wanted, IN_CSV)
    headers = {"content-disposition": 'attachment; filename="issues.csv"'}
    return Response(as_csv(lines, viewer), media_type="text/csv; charset=utf-8", headers=headers)


async def wanted_of(given: Mapping[str, str], viewer: Viewer, owner: str = "") -> Wanted:
    """The filters of an address; unknown values match nothing rather than everything."""
    chosen = given.get("owner", owner)
    chosen = "" if chosen == EVERYBODY else chosen
    typed = {
        name: given.get(name, "")[:200] for name in ("team", "category", "tier", "partner", "problem", "state", "q")
    }
    wanted = Wanted(
        today_ends=day_ends(viewer.now, viewer.person.zone),
        owner=chosen,
        their_team=await _team_of(viewer, chosen),
        group=_group(given.get("group", "")),
        closed_too=given.get("closed", "") == "1",
        unconfirmed=given.get("unconfirmed", "") == "1",
        team=typed["team"],
        category=typed["category"],
        tier=typed["tier"],
        partner=typed["partner"],
        problem=typed["problem"],
        state=typed["state"],
        q=typed["q"],
    )
    if not given.get("figure"):
        return wanted
    return replace(wanted, ids=await issues_behind(given, viewer), problem="")


def default_owner(viewer: Viewer) -> str:
    """Who resolves sees their own board; everybody else sees all."""
    return viewer.person.id if viewer.may_own and not viewer.administers else EVERYBODY


def day_ends(now: datetime, zone: str) -> datetime:
    """The last moment of today where the reader is."""
    local = now.astimezone(zone_of(zone))
    return local.replace(hour=23, minute=59, second=59, microsecond=999_999)


def list_address(wanted: Wanted, group: Group) -> str:
    """The list behind a group's number."""
    kept = {name: getattr(wanted, name) for name in ("team", "category", "tier", "partner", "q")}
    owner = wanted.owner or EVERYBODY
    return "/issues?" + urlencode({"group": group.value, "owner": owner} | {k: v for k, v in kept.items() if v})


def owners(staff: list[Person]) -> list[Person]:
    """Who may own issues, for the filter."""
    return [person for person in staff if person.may_own]


def as_csv(lines: list[IssueLine], viewer: Viewer) -> str:
    """One row an issue, with the words of the screen."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("issue", "partner", "tier", "what", "blocks", "blocks by", "owner", "due", "state", "priority"))
    for line in lines:
        cells = (
            viewer.policy.number(line.number),
            line.partner_name,
            line.tier,
            line.summary,
            "" if line.blocked_amount is None else str(line.blocked_amount),
            line.blocked_by or "",
            line.owner_name or (f"{line.offered_name}?" if line.offered_name else ""),
            line.due_at.isoformat(timespec="minutes") if line.due_at else "",
            line.word.staff,
            line.priority.value,
        )
        writer.writerow([safe_cell(str(cell)) for cell in cells])
    return out.getvalue()


def safe_cell(cell: str) -> str:
    """Spreadsheets run cells that begin like a formula; partners write some of these cells."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _group(given: str) -> Group | None:
    if not given:
        return None
    if given not in list(Group):
        raise NotFound("expected a group of the board")
    return Group(given)


def _number_alone(q: str, viewer: Viewer) -> int | None:
    """A whole number of ours typed into the search goes straight to its issue."""
    prefix, _, digits = q.strip().rpartition("-")
    is_ours = prefix.upper() == viewer.policy.programme.prefix and digits.isascii() and digits.isdecimal()
    return int(digits) if is_ours and len(digits) <= 9 else None  # noqa: PLR2004 - a 32-bit column


async def _team_of(viewer: Viewer, owner: str) -> str:
    if not owner:
        return ""
    person = (await viewer.house.reading.directory()).person(owner)
    return person.team or "" if person else ""


def page_of(given: str) -> int:
    """The page an address names; the first for anything else."""
    return max(1, int(given)) if given.isascii() and given.isdecimal() and len(given) < 7 else 1  # noqa: PLR2004 - pages


def _paging(request: Request, page: int, count: int) -> dict[str, object]:
    """Addresses of the pages beside this one, and of the same list as CSV."""
    query = {name: value for name, value in request.query_params.items() if name != "page"}
    last = max(1, -(-count // ON_PAGE))
    at = {
        "earlier": page - 1 if page > 1 else None,
        "later": page + 1 if page < last else None,
    }
    addresses = {name: f"/issues?{urlencode(query | {'page': str(n)})}" if n else "" for name, n in at.items()}
    return {**addresses, "page": page, "last": last, "csv": f"/issues.csv?{urlencode(query)}"}
