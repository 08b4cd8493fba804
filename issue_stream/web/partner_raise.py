"""Raising an issue: the public form, a contact's own form, the receipt, the confirmation of an address."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from issue_stream.intake.words import clean_text, is_address
from issue_stream.store.pages_partner import issues_of_contact, summaries
from issue_stream.store.people import contact_or_new
from issue_stream.web import partner_form
from issue_stream.web.calendar_file import Event, calendar
from issue_stream.web.context import OurWeb, Web
from issue_stream.web.partner_access import Opened, contact_of, open_issue, partner_of
from issue_stream.web.partner_form import Filled, filled
from issue_stream.web.partner_story import story
from issue_stream.web.security import address_of, check_form, csrf_token
from issue_stream.web.uploads import sent_form
from schemas.commands import ConfirmSender
from schemas.errors import BadInput
from schemas.issue import Issue
from schemas.people import Contact, Partner
from schemas.values import Actor
from schemas.vocabulary import ActorKind, Intake

router = APIRouter()

PUBLIC = "public form"
SEE_OTHER = 303
MOST_OWN = 20
"""Open issues listed on a contact's own form: more than one has at a time."""


@dataclass(frozen=True, slots=True)
class OwnIssue:
    """An open issue of the contact, its summary and the path of its page."""

    issue: Issue
    summary: str
    page: str


@router.get("/raise")
async def public_form(web: OurWeb) -> Response:
    """The form for everybody: it asks for an address, and the issue waits until that address is confirmed."""
    return _form(web, partner_form.empty(), token="", who=None)


@router.post("/raise")
async def raise_publicly(request: Request, web: OurWeb) -> Response:
    """Take the issue and send a link to the address; the answer is the same for known and unknown addresses."""
    web.limits.partner(address_of(request, web.house.settings.web.trusted_proxies))
    async with sent_form(request) as form:
        check_form(request, web.links, PUBLIC, partner_form.text(form, "csrf"))
        came = await filled(web, form)
    address = came.answers["email"].strip().lower()
    if not is_address(address):
        todo = "Write your e-mail address; the link to follow your issue goes there."
        came.faults.append(BadInput("email", expected="your e-mail address", found=repr(address[:80]), todo=todo))
    words = came.words(_NOBODY, None, Intake.PUBLIC_FORM, confirmed=False)
    if not came.check(words, web.house.now().date()):
        return _form(web, came, token="", who=None)
    contact, partner = await _sender(web, address, came.answers["name"])
    words = replace(words, contact=contact, partner=partner)
    receipt = await web.house.door.raise_issue(words, Actor(kind=ActorKind.PARTNER, id=contact.id, name=contact.name))
    number = web.house.keeper.current().number(receipt.number)
    return web.pages.page("partner/check_mail.html", number=number, address=address)


@router.get("/f/{token}")
async def own_form(token: str, web: OurWeb) -> Response:
    """A contact's own form."""
    claim = web.links.read_form(token)
    who = await contact_of(web, claim.contact, claim.link_version)
    return _form(web, partner_form.empty(), token=token, who=who, own=await _own(web, who))


@router.post("/f/{token}")
async def raise_as_contact(token: str, request: Request, web: OurWeb) -> Response:
    """Take the issue of a known contact and show the receipt."""
    claim = web.links.read_form(token)
    contact = await contact_of(web, claim.contact, claim.link_version)
    web.limits.partner(contact.id)
    async with sent_form(request) as form:
        check_form(request, web.links, token, partner_form.text(form, "csrf"))
        came = await filled(web, form)
    words = came.words(contact, await partner_of(web, contact), Intake.FORM, confirmed=True)
    if not came.check(words, web.house.now().date()):
        return _form(web, came, token=token, who=contact)
    receipt = await web.house.door.raise_issue(words, Actor(kind=ActorKind.PARTNER, id=contact.id, name=contact.name))
    await web.house.door.settled(receipt.command)
    return RedirectResponse(web.links.here(web.links.acknowledged(receipt.issue, contact)), SEE_OTHER)


@router.get("/a/{token}")
async def receipt_page(token: str, web: OurWeb) -> Response:
    """The receipt: number, who has it or which team must accept by when, next update, the link."""
    opened = await open_issue(web, web.links.read_status(token))
    if opened.history is None:
        return web.pages.page("partner/soon.html", status=202, again=f"/a/{token}")
    told = story(opened.history, web.house.keeper.current())
    link = web.links.status(told.issue.id, opened.contact)
    return web.pages.page(
        "partner/receipt.html",
        story=told,
        zone=opened.zone,
        status_link=link,
        status_page=web.links.here(link),
        token=token,
    )


@router.get("/a/{token}/next-update.ics")
async def next_update(token: str, web: OurWeb) -> Response:
    """The next update as a calendar file (RFC 5545)."""
    opened = await open_issue(web, web.links.read_status(token))
    at = opened.history.issue.next_update_at if opened.history else None
    if opened.history is None or at is None:
        return web.pages.page("partner/soon.html", status=202, again=f"/a/{token}")
    issue, name = opened.history.issue, web.house.keeper.current().number(opened.history.issue.number)
    event = Event(
        uid=f"{issue.id}-update@issue-stream",
        at=at,
        summary=f"Next update on {name}",
        url=web.links.status(issue.id, opened.contact),
    )
    headers = {"content-disposition": f'attachment; filename="{name}.ics"'}
    return Response(calendar(event, web.house.now()), media_type="text/calendar; charset=utf-8", headers=headers)


@router.get("/c/{token}")
async def confirm_page(token: str, web: OurWeb) -> Response:
    """A button, because link scanners open every link: looking changes nothing."""
    opened = await open_issue(web, web.links.read_confirm(token))
    if opened.history is not None and opened.history.issue.confirmed:
        return _to_status(web, opened)
    return web.pages.page("partner/confirm.html", token=token, csrf=csrf_token(web.links, token))


@router.post("/c/{token}")
async def confirm(token: str, request: Request, web: OurWeb) -> Response:
    """The address is theirs: the issue begins."""
    opened = await open_issue(web, web.links.read_confirm(token))
    async with sent_form(request) as form:
        check_form(request, web.links, token, partner_form.text(form, "csrf"))
    who = Actor(kind=ActorKind.PARTNER, id=opened.contact.id, name=opened.contact.name)
    wish = await web.house.door.wish(opened.claim.issue, ConfirmSender(contact=opened.contact.id), who)
    await web.house.door.settled(wish)
    return _to_status(web, opened)


_NOBODY = Contact(id="nobody", partner=None, name="", email="")
"""Stands in the words while they are checked: nobody becomes a contact by a faulty form."""


def _to_status(web: Web, opened: Opened) -> Response:
    return RedirectResponse(web.links.here(web.links.status(opened.claim.issue, opened.contact)), SEE_OTHER)


def _form(web: Web, came: Filled, *, token: str, who: Contact | None, own: Sequence[OwnIssue] = ()) -> Response:
    settings = web.house.settings.web
    return web.pages.page(
        "partner/raise.html",
        status=422 if came.faults else 200,
        answers=came.answers,
        faults=came.faults,
        kept=came.kept,
        who=who,
        own=own,
        action=f"/f/{token}" if token else "/raise",
        csrf=csrf_token(web.links, token or PUBLIC),
        most_mb=settings.max_file_mb,
        policy=web.house.keeper.current(),
    )


async def _own(web: Web, who: Contact) -> list[OwnIssue]:
    async with web.house.db.read() as conn:
        issues = await issues_of_contact(conn, who.id, MOST_OWN)
        texts = await summaries(conn, issues)
    return [
        OwnIssue(issue, texts.get(issue.summary, ""), web.links.here(web.links.status(issue.id, who)))
        for issue in issues
    ]


async def _sender(web: Web, address: str, name: str) -> tuple[Contact, Partner | None]:
    """The contact of this address: known, new at a known partner, or of nobody we know."""
    async with web.house.db.write() as conn:
        known = await contact_or_new(conn, address, clean_text(name), confirmed=False)
    return known, await partner_of(web, known)
