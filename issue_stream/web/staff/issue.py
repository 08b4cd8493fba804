"""The issue's page for staff, its actions, and why an agent decided as it did.

In: an issue's number, a form. Out: the page; after a form the desk's answer. A refusal is shown at its form with the
desk's sentence and everything that was typed. It decides nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from issue_stream.store.pages_staff import History, Known, ProblemLine, history, known_issues, problem_lines
from issue_stream.web.security import check_form
from issue_stream.web.staff.actions import ACTIONS, Action, fitting
from issue_stream.web.staff.asked import Asked
from issue_stream.web.staff.choices import Form, Lists, filled
from issue_stream.web.staff.frame import framed
from issue_stream.web.staff.guard import StaffRoute, Viewer, field, signed_in
from issue_stream.web.staff.timeline import Names, steps
from issue_stream.web.uploads import Received, received, sent_form
from schemas.envelope import EventMessage
from schemas.errors import BadInput, NotFound
from schemas.values import FileRef

router = APIRouter(route_class=StaffRoute)
Anybody = Annotated[Viewer, Depends(signed_in())]
MOST_PROBLEMS = 100
SETTLES_S = 3.0
"""Seconds a page waits for the desk: it answers in milliseconds while a worker runs."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An issue's page as read from the store."""

    viewer: Viewer
    history: History
    known: Mapping[str, Known]
    problems: tuple[ProblemLine, ...]

    @property
    def names(self) -> Names:
        """Names for ids."""
        people = {who: p.name for who, p in self.history.staff.items()}
        contacts = {who: c.name for who, c in self.history.contacts.items()}
        return Names(contacts | people, self.viewer.policy)

    @property
    def lists(self) -> Lists:
        """What forms choose from."""
        return Lists(self.viewer, self.history, self.problems)


@dataclass(frozen=True, slots=True)
class Failed:
    """A form that is shown again: which, what was typed, and what is wrong where; nothing is when it was taken back."""

    action: Action
    asked: Asked
    sentence: str = ""
    field: str = ""

    @property
    def status(self) -> int:
        """Taken back, wrong in a field, or refused by the desk."""
        if not self.sentence:
            return 200
        return 422 if self.field else 409


async def opened(viewer: Viewer, number: int) -> Opened:
    """Everything of one issue; raises NotFound."""
    async with viewer.house.db.read() as conn:
        found = await history(conn, number)
        issue = found.issue
        named = [issue.previous, issue.merged_into, *(alike.issue for alike in issue.alike)]
        known = await known_issues(conn, [one for one in named if one])
        problems = await problem_lines(conn, MOST_PROBLEMS)
    return Opened(viewer, found, known, tuple(problems))


@router.get("/issues/{number:int}")
async def show(number: int, request: Request, viewer: Anybody) -> Response:
    """Timeline, facts, actions."""
    done = ACTIONS.get(request.query_params.get("done", ""))
    kept = request.query_params.get("kept") == "1"
    return await _page(await opened(viewer, number), done=done, kept=kept)


async def _page(
    page: Opened, failed: Failed | None = None, done: Action | None = None, *, kept: bool = False
) -> Response:
    viewer, found = page.viewer, page.history
    return await framed(
        viewer,
        "issue.html",
        failed.status if failed else 200,
        issue=found.issue,
        texts=found.texts,
        partner=found.partner,
        contacts=found.contacts,
        names=page.names,
        known=page.known,
        problem=next((p for p in page.problems if p.id == found.issue.problem), None),
        steps=steps(found.events, found.texts, page.names),
        forms=_forms(page, failed),
        failed=failed,
        done=done,
        kept=kept,
        form_id=uuid4(),
    )


def _forms(page: Opened, failed: Failed | None) -> list[Form]:
    """What fits, and the form that failed even when it fits no longer: nothing typed is lost."""
    actions = fitting(page.history.issue, page.viewer.person)
    if failed is not None and failed.action not in actions:
        actions = [failed.action, *actions]
    return [_form(page, action, failed if failed and failed.action is action else None) for action in actions]


def _form(page: Opened, action: Action, failed: Failed | None) -> Form:
    if failed is None:
        return Form(action, filled(action, page.lists))
    fields = filled(action, page.lists, failed.asked.typed)
    return Form(action, fields, failed.field, failed.sentence, failed.asked.kept, failed=True)


@router.post("/issues/{number:int}/do/{action}")
async def do(number: int, action: str, request: Request, viewer: Anybody) -> Response:
    """One wish: kept, answered by the desk, and said on the page."""
    chosen = ACTIONS.get(action)
    if chosen is None:
        raise NotFound("expected an action")
    async with sent_form(request) as form:
        check_form(request, viewer.web.links, viewer.session.csrf, field(form, "csrf"))
        came = await received(viewer.web, form) if chosen.takes_files else Received()
        typed = {name: value for name, value in form.items() if isinstance(value, str) and name != "kept"}
    page = await opened(viewer, number)
    asked = Asked(viewer, page.history, typed, came.files, came.kept)
    if came.faults:
        return await _page(page, Failed(chosen, asked, str(came.faults[0]), "files"))
    if chosen.previews and asked.get("change"):
        return await _page(page, Failed(chosen, asked))
    if chosen.previews and asked.get("sure") != "1":
        return await _preview(page, chosen, asked)
    return await _wished(page, chosen, asked)


async def _wished(page: Opened, action: Action, asked: Asked) -> Response:
    number = page.history.issue.number
    try:
        command = await action.build(asked)
    except BadInput as fault:
        return await _page(page, Failed(action, asked, str(fault), fault.field))
    door = page.viewer.house.door
    wish = await door.wish(
        page.history.issue.id,
        command,
        page.viewer.actor,
        expects_version=_version(asked) if action.expects else None,
        command_id=_wish_id(asked, action),
    )
    answer = await door.settled(wish, SETTLES_S)
    if answer is None:
        return RedirectResponse(f"/issues/{number}?kept=1", 303)
    if not answer.granted:
        fresh = await opened(page.viewer, number)
        return await _page(fresh, Failed(action, asked, answer.text))
    return RedirectResponse(f"/issues/{number}?done={action.name}#done", 303)


async def _preview(page: Opened, action: Action, asked: Asked) -> Response:
    """What leaves, and to whom, before it does."""
    try:
        await asked.text("text")
        until = asked.maybe_when("next_update_at")
    except BadInput as fault:
        return await _page(page, Failed(action, asked, str(fault), fault.field))
    issue = page.history.issue
    told = (issue.contact, *issue.also_tell) if issue.confirmed else ()
    readers = [page.history.contacts[who] for who in told if who in page.history.contacts]
    typed = {name: value for name, value in asked.typed.items() if name not in {"csrf", "change"}}
    return await framed(
        page.viewer,
        "preview.html",
        issue=issue,
        action=action,
        typed=typed,
        kept=asked.kept,
        readers=readers,
        until=until,
    )


def _version(asked: Asked) -> int | None:
    given = asked.get("version")
    return int(given) if given.isascii() and given.isdecimal() and len(given) <= 9 else None  # noqa: PLR2004 - a 32-bit column


def _wish_id(asked: Asked, action: Action) -> UUID:
    """The same form sent twice is one wish; sent again with other words it is another."""
    typed = sorted((name, value) for name, value in asked.typed.items() if name not in {"csrf", "sure"})
    typed += [("file", file.content) for file in asked.files]
    sender = (asked.viewer.person.id, asked.issue.id, action.name)
    return uuid5(NAMESPACE_URL, repr((sender, typed))) if asked.get("form_id") else uuid4()


@router.get("/issues/{number:int}/why/{version:int}")
async def why(number: int, version: int, viewer: Anybody) -> Response:
    """Sentence, inputs, rule, what would have changed it, policy version."""
    page = await opened(viewer, number)
    message = _event(page.history, version)
    if message is None or message.because is None:
        raise NotFound("expected a step that an agent decided")
    step = next(one for one in steps(page.history.events, page.history.texts, page.names) if one.version == version)
    because = message.because
    policy = because.policy or message.policy
    return await framed(viewer, "why.html", issue=page.history.issue, step=step, because=because, policy_version=policy)


def _event(found: History, version: int) -> EventMessage | None:
    return next((message for message in found.events if message.version == version), None)


@router.get("/issues/{number:int}/files/{content}")
async def file(number: int, content: str, viewer: Anybody) -> Response:
    """A file of this issue, only ever as a download."""
    page = await opened(viewer, number)
    attached: dict[str, FileRef] = {
        f.content: f for message in page.history.events for f in getattr(message.event, "files", ())
    }
    found = attached.get(content)
    if found is None:
        raise NotFound("expected a file of this issue")
    path = viewer.house.contents.path_of(found.content)
    return FileResponse(path, filename=found.name, media_type="application/octet-stream")
