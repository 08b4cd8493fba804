"""Logging an issue for a partner, which every member of staff may, and recording that a partner called an executive.

In: a form. Out: an issue through the same door as the partner's own form; no owner is ever asked for (R-14). The answer
to "they called me" says whether we had told the executive first, and who owns it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from issue_stream.intake.door import Receipt
from issue_stream.intake.words import RaiseWords, all_faults, clean_text, is_address
from issue_stream.store import people
from issue_stream.store.pages_board import Wanted, issue_list
from issue_stream.store.pages_staff import history, issue_ids
from issue_stream.web.staff.asked import day_of
from issue_stream.web.staff.board import day_ends
from issue_stream.web.staff.frame import framed
from issue_stream.web.staff.guard import StaffRoute, Viewer, field, posted, signed_in
from schemas.errors import BadInput, NotFound
from schemas.people import Contact, Partner
from schemas.side_commands import RecordExecutiveContact
from schemas.side_events import ExecutiveContacted
from schemas.vocabulary import Intake, Role

router = APIRouter(route_class=StaffRoute)
Anybody = Annotated[Viewer, Depends(signed_in())]
Called = Annotated[Viewer, Depends(signed_in(Role.EXECUTIVE, Role.ADMIN))]

FIELDS = ("contact", "name", "company", "what", "since", "blocked_deal", "blocked_by", "blocked_amount", "also_tell")
MOST_FOUND = 12


@dataclass(frozen=True, slots=True)
class Given:
    """A form as typed, for showing it again."""

    typed: dict[str, str]
    faults: tuple[BadInput, ...] = ()


@router.get("/log")
async def log_form(request: Request, viewer: Anybody) -> Response:
    """Who called, and what about."""
    typed = dict.fromkeys(FIELDS, "") | {"contact": request.query_params.get("contact", "")}
    return await _form(viewer, Given(typed))


@router.post("/log")
async def log_issue(request: Request, viewer: Anybody) -> Response:
    """A new issue for a partner; the same acknowledgement leaves as if they had raised it."""
    form = await posted(request, viewer)
    typed = {name: field(form, name).strip() for name in FIELDS}
    try:
        receipt = await _raised(viewer, typed, Intake.STAFF)
    except BadInput as fault:
        return await _form(viewer, Given(typed, (fault,)))
    return await _shown(viewer, receipt)


async def _form(viewer: Viewer, given: Given) -> Response:
    async with viewer.house.db.read() as conn:
        contacts = await people.list_contacts(conn)
        partners = {partner.id: partner for partner in await people.list_partners(conn)}
    known = [(c, partners[c.partner]) for c in contacts if c.partner in partners]
    return await framed(
        viewer,
        "log.html",
        422 if given.faults else 200,
        here="/log",
        given=given,
        faults=given.faults,
        known=known,
        companies=list(partners.values()),
    )


async def _raised(viewer: Viewer, typed: dict[str, str], intake: Intake) -> Receipt:
    contact, partner = await _speaker(viewer, typed)
    words = RaiseWords(
        what=typed["what"],
        contact=contact,
        partner=partner,
        intake=intake,
        since=day_of("since", typed["since"]) if typed.get("since") else None,
        blocked_deal=typed.get("blocked_deal", ""),
        blocked_by=day_of("blocked_by", typed["blocked_by"]) if typed.get("blocked_by") else None,
        blocked_amount=_amount(typed.get("blocked_amount", "")),
        also_tell=tuple(typed.get("also_tell", "").replace(",", "\n").split()),
    )
    faults = all_faults(words, viewer.now.date())
    if faults:
        raise faults[0]
    return await viewer.house.door.raise_issue(words, viewer.actor)


async def _speaker(viewer: Viewer, typed: Mapping[str, str]) -> tuple[Contact, Partner]:
    """A contact of a partner by address or id; an address nobody has yet becomes one, at the company given with it."""
    written = typed["contact"]
    async with viewer.house.db.write() as conn:
        if is_address(written):
            company, name = typed.get("company") or None, clean_text(typed.get("name", ""))
            found: Contact | None = await people.contact_or_new(conn, written, name, partner=company, confirmed=True)
        else:
            found = (await people.contacts(conn, [written])).get(written)
        partner = (await people.partners(conn, [found.partner])).get(found.partner) if found and found.partner else None
        if found is None or partner is None:  # raised in here, so that nobody is added without a company
            todo = "Choose one of the list, or give the address and the company of somebody new."
            raise BadInput("contact", expected="a contact of a partner", found=written[:80] or "none", todo=todo)
    return found, partner


def _amount(written: str) -> Decimal | None:
    plain = written.replace(",", "").replace(" ", "")
    if not plain:
        return None
    try:
        return Decimal(plain)
    except InvalidOperation as exc:
        todo = "Write it as a plain number: 48000."
        raise BadInput("blocked_amount", expected="a number", found=written[:40], todo=todo) from exc


async def _shown(viewer: Viewer, receipt: Receipt) -> Response:
    """On to the issue, or a receipt while the desk has not answered yet."""
    answer = await viewer.house.door.settled(receipt.command)
    if answer is not None and answer.granted:
        return RedirectResponse(f"/issues/{receipt.number}", 303)
    return await framed(viewer, "logged.html", number=receipt.number)


@router.get("/called")
async def called_form(request: Request, viewer: Called) -> Response:
    """Which issue or partner it was about."""
    q = request.query_params.get("q", "").strip()[:200]
    return await _called(viewer, q, Given({"what": "", "contact": "", "note": ""}))


async def _called(viewer: Viewer, q: str, given: Given) -> Response:
    wanted = Wanted(today_ends=day_ends(viewer.now, viewer.person.zone), q=q)
    async with viewer.house.db.read() as conn:
        count, lines = await issue_list(conn, wanted, MOST_FOUND) if q else (0, [])
        contacts = await people.list_contacts(conn)
        partners = {p.id: p for p in await people.list_partners(conn)}
    known = [(c, partners[c.partner]) for c in contacts if c.partner in partners]
    near = [pair for pair in known if q.lower() in pair[1].name.lower()] or known
    status = 422 if given.faults else 200
    return await framed(
        viewer, "called.html", status, here="/called", q=q, count=count, lines=lines, known=near, given=given
    )


@router.post("/called")
async def called(request: Request, viewer: Called) -> Response:
    """They called me about an issue we know, or about something new: recorded, and answered in one sentence."""
    form = await posted(request, viewer)
    typed = {name: field(form, name).strip() for name in ("issue", "q", "note", *FIELDS)}
    try:
        number = await _number(viewer, typed)
    except BadInput as fault:
        return await _called(viewer, typed["q"], Given(typed, (fault,)))
    async with viewer.house.db.read() as conn:
        issue = (await issue_ids(conn, [number])).get(number)
    if issue is None:
        return await framed(viewer, "logged.html", number=number)
    note = await viewer.house.door.text(typed["note"]) if typed["note"] else None
    command = RecordExecutiveContact(executive=viewer.person.id, note=note)
    wish = await viewer.house.door.wish(issue, command, viewer.actor)
    await viewer.house.door.settled(wish)
    return RedirectResponse(f"/called/{number}", 303)


async def _number(viewer: Viewer, typed: dict[str, str]) -> int:
    """The issue's number: a known one, or that of a new issue with what was said in the call."""
    if typed["issue"]:
        if not (typed["issue"].isascii() and typed["issue"].isdecimal() and len(typed["issue"]) <= 9):  # noqa: PLR2004 - a 32-bit column
            raise NotFound("expected the number of an issue")
        return int(typed["issue"])
    receipt = await _raised(viewer, typed, Intake.EXECUTIVE_CALL)
    await viewer.house.door.settled(receipt.command)
    return receipt.number


@router.get("/called/{number:int}")
async def called_answer(number: int, viewer: Called) -> Response:
    """Whether we told them first, and who owns it."""
    async with viewer.house.db.read() as conn:
        found = await history(conn, number)
    calls = [m.event for m in found.events if isinstance(m.event, ExecutiveContacted)]
    mine = [call for call in calls if call.executive == viewer.person.id]
    team = viewer.policy.team(found.issue.offer.team if found.issue.offer else found.issue.team)
    return await framed(
        viewer, "called_answer.html", issue=found.issue, call=mine[-1] if mine else None, team=team, texts=found.texts
    )
