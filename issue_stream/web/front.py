"""The first page, the first set-up, files of ours, health and metrics."""

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from issue_stream.sample.company import sample_company
from issue_stream.store.people import staff
from issue_stream.web.context import OurWeb, Web
from issue_stream.web.partner_form import text
from issue_stream.web.security import check_form, csrf_token
from issue_stream.web.uploads import sent_form
from schemas.errors import BadInput, NotAllowed
from schemas.people import Person
from schemas.vocabulary import Role

router = APIRouter()

SEE_OTHER = 303
SET_UP = "set-up"


@router.get("/")
async def front_page(web: OurWeb, sample: bool = False) -> Response:  # noqa: FBT001, FBT002 - a query parameter
    """What this is; on a house nobody works in yet, the choice how to begin."""
    if await web.set_up.is_fresh():
        return web.pages.page("set_up.html", csrf=csrf_token(web.links, SET_UP), faults=[], name="", email="")
    return web.pages.page("front.html", sample=await _sample_people(web) if sample else ())


async def _sample_people(web: Web) -> list[Person]:
    """One of the sample company for each role, while they work here."""
    people = {person.role: person for person in reversed(sample_company().staff)}
    async with web.house.db.read() as conn:
        known = await staff(conn, [person.id for person in people.values()])
    here = {person.email for person in known.values()}
    return [people[role] for role in Role if role in people and people[role].email in here]


@router.post("/set-up")
async def set_up(request: Request, web: OurWeb) -> Response:
    """The small sample company, or an empty house with one admin; only while nobody works here."""
    async with sent_form(request) as form:
        check_form(request, web.links, SET_UP, text(form, "csrf"))
        choice, name, email = text(form, "choice"), text(form, "name"), text(form, "email")
    if not await web.set_up.is_fresh():
        raise NotAllowed("This house is set up already. An admin adds people on the People page.")
    if choice == "sample":
        await web.set_up.sample()
        web.house.reading.forget_directory()
        return RedirectResponse("/?sample=1", SEE_OTHER)
    try:
        await web.set_up.empty(name, email)
    except BadInput as fault:
        csrf = csrf_token(web.links, SET_UP)
        return web.pages.page("set_up.html", status=422, csrf=csrf, faults=[fault], name=name, email=email)
    return RedirectResponse("/sign-in", SEE_OTHER)


@router.get("/health/live")
async def live() -> Response:
    """The process answers."""
    return PlainTextResponse("alive\n")


@router.get("/health/ready")
async def ready(web: OurWeb) -> Response:
    """The store answers too; 503 otherwise."""
    await web.ready()
    return PlainTextResponse("ready\n")


@router.get("/metrics")
async def metrics() -> Response:
    """Prometheus; no label names a person or an issue."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
