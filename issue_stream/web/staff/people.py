"""People and keys, kept by an admin: partners, their contacts and form links, staff, API keys.

In: forms. Out: rows, and a key's secret shown once. It never deletes anybody: staff are made inactive, links revoked.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.store import access
from issue_stream.store import people as book
from issue_stream.web.staff.frame import framed
from issue_stream.web.staff.guard import StaffRoute, Viewer, posted, signed_in
from issue_stream.web.staff.people_forms import contact_of_form, partner_of_form, person_of_form
from issue_stream.web.templates import zone_of
from schemas.errors import BadInput, NotFound
from schemas.people import Person
from schemas.values import Instant
from schemas.vocabulary import Role

router = APIRouter(route_class=StaffRoute)
Admin = Annotated[Viewer, Depends(signed_in(Role.ADMIN))]

Typed = dict[str, str]
Keep = Callable[[AsyncConnection, Viewer, Typed], Awaitable[None]]


@router.get("/people")
async def show(viewer: Admin) -> Response:
    """Everybody, and the forms."""
    return await _page(viewer)


async def _page(
    viewer: Viewer, kind: str = "", typed: Typed | None = None, fault: BadInput | None = None, secret: str = ""
) -> Response:
    async with viewer.house.db.read() as conn:
        partners, contacts = await book.list_partners(conn), await book.list_contacts(conn)
        staff, keys = await book.list_staff(conn), await access.list_api_keys(conn)
    return await framed(
        viewer,
        "people.html",
        422 if fault else 200,
        here="/people",
        partners=partners,
        contacts=[(one, viewer.web.links.form(one)) for one in contacts],
        staff=staff,
        keys=keys,
        roles=list(Role),
        kind=kind,
        typed=typed or {},
        faults=[fault] if fault else [],
        secret=secret,
    )


@router.get("/people/{kind}/{one}")
async def edit(kind: str, one: str, viewer: Admin) -> Response:
    """The page with one row in its form."""
    async with viewer.house.db.read() as conn:
        typed = await _typed(conn, kind, one)
    if typed is None:
        raise NotFound("expected somebody on the People page")
    return await _page(viewer, kind, typed)


@router.post("/people/{kind}")
async def keep(kind: str, request: Request, viewer: Admin) -> Response:
    """Add or change a partner, a contact or a member of staff."""
    typed = await _posted(request, viewer)
    keeping = _KEEP.get(kind)
    if keeping is None:
        raise NotFound("expected partner, contact or staff")
    try:
        async with viewer.house.db.write() as conn:
            await keeping(conn, viewer, typed)
    except BadInput as fault:
        return await _page(viewer, kind, typed, fault)
    viewer.house.reading.forget_directory()
    return RedirectResponse(f"/people#{kind}", 303)


@router.post("/people/contact/{contact}/revoke")
async def revoke_links(contact: str, request: Request, viewer: Admin) -> Response:
    """Every form and status link of this contact ends; the page shows the new form link."""
    await _posted(request, viewer)
    async with viewer.house.db.write() as conn:
        found = (await book.contacts(conn, [contact])).get(contact)
        if found is None:
            raise NotFound("expected a contact")
        await book.change_contact(conn, found.model_copy(update={"link_version": found.link_version + 1}))
    return RedirectResponse("/people#contact", 303)


@router.post("/keys/new")
async def new_key(request: Request, viewer: Admin) -> Response:
    """A new API key; its secret is on this answer and nowhere else."""
    typed = await _posted(request, viewer)
    name = typed.get("name", "").strip()[:120]
    partner = typed.get("partner", "").strip() or None
    if not name:
        fault = BadInput("name", expected="a name", found="none", todo="Say what will use the key.")
        return await _page(viewer, "key", typed, fault)
    async with viewer.house.db.write() as conn:
        if partner is not None and partner not in await book.partners(conn, [partner]):
            raise NotFound("expected a partner")
        _, secret = await access.make_api_key(conn, name, partner, viewer.now)
    return await _page(viewer, secret=secret)


@router.post("/keys/{key}/revoke")
async def revoke_key(key: str, request: Request, viewer: Admin) -> Response:
    """The key opens nothing any more."""
    await _posted(request, viewer)
    async with viewer.house.db.write() as conn:
        await access.revoke_api_key(conn, key, viewer.now)
    return RedirectResponse("/people#key", 303)


async def _posted(request: Request, viewer: Viewer) -> Typed:
    form = await posted(request, viewer)
    return {name: value for name, value in form.items() if isinstance(value, str)}


async def _keep_partner(conn: AsyncConnection, viewer: Viewer, typed: Typed) -> None:
    partner = partner_of_form(typed, viewer.policy)
    manager = (await book.staff(conn, [partner.channel_manager or ""])).get(partner.channel_manager or "")
    if partner.channel_manager and manager is None:
        found = partner.channel_manager
        raise BadInput("channel_manager", expected="a member of staff", found=found, todo="Choose one.")
    known = partner.id in await book.partners(conn, [partner.id])
    await _kept(conn, book.change_partner if known and typed.get("id") else book.add_partner, partner)


async def _keep_contact(conn: AsyncConnection, _viewer: Viewer, typed: Typed) -> None:
    wanted = typed.get("id", "").strip()
    before = (await book.contacts(conn, [wanted])).get(wanted)
    contact = contact_of_form(typed, before)
    await _kept(conn, book.change_contact if before else book.add_contact, contact)


async def _keep_staff(conn: AsyncConnection, viewer: Viewer, typed: Typed) -> None:
    person = person_of_form(typed, viewer.policy, viewer.now)
    before = (await book.staff(conn, [person.id])).get(person.id) if typed.get("id") else None
    if person.id == viewer.person.id and not (person.active and person.role is Role.ADMIN):
        todo = "Let another admin do it, so that the house is never without one."
        raise BadInput("role", expected="yourself as an active admin", found="less", todo=todo)
    await _kept(conn, book.change_staff if before else book.add_staff, person)
    if before is not None and (not person.active or person.role is not before.role):
        await access.end_sessions_of(conn, person.id, viewer.now)


async def _kept(conn: AsyncConnection, keeping: Callable[..., Awaitable[None]], row: object) -> None:
    await keeping(conn, row)


_KEEP: dict[str, Keep] = {"partner": _keep_partner, "contact": _keep_contact, "staff": _keep_staff}


async def _typed(conn: AsyncConnection, kind: str, one: str) -> Typed | None:
    """A row as its form shows it."""
    if kind == "partner":
        partner = (await book.partners(conn, [one])).get(one)
        return _as_typed(partner.model_dump() | {"domains": " ".join(partner.domains)}) if partner else None
    if kind == "contact":
        contact = (await book.contacts(conn, [one])).get(one)
        return _as_typed(contact.model_dump()) if contact else None
    person = (await book.staff(conn, [one])).get(one) if kind == "staff" else None
    return _person_typed(person) if person else None


def _person_typed(person: Person) -> Typed:
    lists = {"skills": " ".join(person.skills), "regions": " ".join(person.regions)}
    away = {"away_from": _local(person.away_from, person.zone), "away_until": _local(person.away_until, person.zone)}
    return _as_typed(person.model_dump(mode="json") | lists | away | {"active": "1" if person.active else ""})


def _local(at: Instant | None, zone: str) -> str:
    return at.astimezone(zone_of(zone)).strftime("%Y-%m-%dT%H:%M") if at else ""


def _as_typed(row: dict[str, object]) -> Typed:
    return {name: "" if value is None else str(value) for name, value in row.items()}
