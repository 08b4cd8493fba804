"""The status page of one issue and everything a partner can say on it; files are only ever downloads."""

from dataclasses import dataclass, replace

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from issue_stream.intake.words import checked_text
from issue_stream.store.fresh_links import send_links_again
from issue_stream.web.context import OurWeb, Web
from issue_stream.web.partner_access import Opened, open_issue
from issue_stream.web.partner_form import filled, text
from issue_stream.web.partner_story import story
from issue_stream.web.security import address_of, check_form, csrf_token
from issue_stream.web.uploads import KeptFile, sent_form
from schemas import commands as c
from schemas.errors import BadInput, NotFound, Unavailable
from schemas.values import Actor, FileRef, TextRef
from schemas.vocabulary import ActorKind, StuckReason

router = APIRouter()

SEE_OTHER = 303
STUCK_WORDS = {
    StuckReason.NO_UPDATE: "I hear nothing",
    StuckReason.DEADLINE: "My deadline is near",
    StuckReason.AGAIN: "It happened again",
    StuckReason.WRONG_PERSON: "The wrong person has it",
}


THANKS = {
    "comment": "We have it, and whoever works on it hears of it now.",
    "not-moving": "Thank you for saying so. Whom we told stands below as soon as it is done.",
    "solved": "Good. Thank you for telling us.",
    "not-yet": "It is open again, with the same owner.",
    "still-fixed": "Good to hear. Thank you.",
    "not-fixed": "It is open again.",
    "rate": "Thank you.",
    "kept": "We have it. It shows here in a moment.",
}


@router.get("/s/{token}")
async def status_page(token: str, web: OurWeb, thanks: str = "") -> Response:
    """Where the issue stands."""
    return _page(web, token, await open_issue(web, web.links.read_status(token)), Said(thanks=THANKS.get(thanks, "")))


@router.post("/s/{token}/{what}")
async def say(token: str, what: str, request: Request, web: OurWeb) -> Response:
    """Say something about the issue; the page then shows what came of it."""
    opened = await open_issue(web, web.links.read_status(token))
    web.limits.partner(opened.contact.id)
    async with sent_form(request) as form:
        check_form(request, web.links, token, text(form, "csrf"))
        came = await filled(web, form)
        words, choice = text(form, "text"), text(form, "choice")
    said = Said(what, words, kept=came.kept)
    try:
        if came.faults:
            raise came.faults[0]
        command = await _command(web, what, words, choice, came.files)
    except BadInput as fault:
        return _page(web, token, opened, replace(said, faults=(fault,)))
    who = Actor(kind=ActorKind.PARTNER, id=opened.contact.id, name=opened.contact.name)
    wish = await web.house.door.wish(opened.claim.issue, command, who)
    answer = await web.house.door.settled(wish)
    if answer is not None and not answer.granted:
        return _page(web, token, await open_issue(web, opened.claim), replace(said, refusal=answer.text))
    return RedirectResponse(f"/s/{token}?thanks={what if answer else 'kept'}", SEE_OTHER)


@router.get("/d/{token}/{content}")
async def download(token: str, content: str, web: OurWeb) -> Response:
    """A file of this issue that the partner may see, as a download and nothing else."""
    opened = await open_issue(web, web.links.read_status(token))
    lines = opened.history.lines if opened.history else ()
    files = {file.content: file for line in lines for file in line.files}
    if content not in files:
        raise NotFound("expected a file of this issue, found none")
    path = web.house.contents.path_of(content)
    if not path.is_file():
        raise Unavailable("the file", "it is not where it was stored")
    return FileResponse(path, media_type="application/octet-stream", filename=files[content].name)


@router.get("/fresh-link")
async def fresh_link_page(web: OurWeb) -> Response:
    """Ask for the address that a fresh link is sent to."""
    return web.pages.page("partner/fresh_link.html", csrf=csrf_token(web.links, "fresh link"), sent=False)


@router.post("/fresh-link")
async def send_fresh_link(request: Request, web: OurWeb) -> Response:
    """Send the links of the contact's open issues again; the answer is the same for every address."""
    web.limits.sign_in(address_of(request, web.house.settings.web.trusted_proxies))
    async with sent_form(request) as form:
        check_form(request, web.links, "fresh link", text(form, "csrf"))
        email = text(form, "email").strip().lower()
    async with web.house.db.write() as conn:
        await send_links_again(conn, email, web.house.now())
    return web.pages.page("partner/fresh_link.html", csrf="", sent=True)


@dataclass(frozen=True, slots=True)
class Said:
    """What the partner sent with which button and what was wrong with it: shown again, so that nothing is lost."""

    what: str = ""
    words: str = ""
    kept: tuple[KeptFile, ...] = ()
    faults: tuple[BadInput, ...] = ()
    refusal: str = ""
    thanks: str = ""

    @property
    def status(self) -> int:
        """422 for what cannot be used, 409 for what the desk refused."""
        return 422 if self.faults else 409 if self.refusal else 200


NOTHING_SAID = Said()


def _page(web: Web, token: str, opened: Opened, said: Said = NOTHING_SAID) -> Response:
    if opened.history is None:
        return web.pages.page("partner/soon.html", status=202, again=f"/s/{token}")
    policy = web.house.keeper.current()
    return web.pages.page(
        "partner/status.html",
        status=said.status,
        story=story(opened.history, policy),
        texts=opened.history.texts,
        policy=policy,
        contact=opened.contact,
        zone=opened.zone,
        now=web.house.now(),
        token=token,
        csrf=csrf_token(web.links, token),
        said=said,
        stuck_words={reason.value: words for reason, words in STUCK_WORDS.items()},
        most_mb=web.house.settings.web.max_file_mb,
    )


async def _command(web: Web, what: str, words: str, choice: str, files: tuple[FileRef, ...]) -> c.Command:
    """What the partner's button means; raises BadInput, and NotFound for a button that we never drew."""
    ref = await _kept(web, words)
    match what:
        case "comment":
            if ref is None and not files:
                raise BadInput("text", expected="words or a file", found="neither", todo="Write a line or add a file.")
            return c.AddComment(text=ref, files=files)
        case "not-moving":
            return c.SayNotMoving(reason=_stuck(choice), text=ref)
        case "solved" | "not-yet":
            return c.AnswerResolved(solved=what == "solved", text=ref)
        case "still-fixed" | "not-fixed":
            return c.AnswerStillFixed(fixed=what == "still-fixed", text=ref)
        case "rate":
            return c.GiveSatisfaction(score=_score(choice), text=ref)
        case _:
            raise NotFound("expected one of our buttons, found another")


async def _kept(web: Web, words: str) -> TextRef | None:
    return await web.house.door.text(checked_text("text", words)) if words.strip() else None


def _stuck(choice: str) -> StuckReason:
    try:
        return StuckReason(choice)
    except ValueError as exc:
        todo = "Choose what fits best; you can say more below it."
        raise BadInput("choice", expected="one of the four reasons", found="none", todo=todo) from exc


def _score(choice: str) -> int:
    if choice not in {"1", "2", "3", "4", "5"}:
        raise BadInput("choice", expected="a number from 1 to 5", found=repr(choice[:20]), todo="Choose one of them.")
    return int(choice)
