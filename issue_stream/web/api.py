"""The API for programs of partners and services: raise, list, read, comment. JSON, with problem details for errors.

It shows exactly what the partner's page shows, and never an issue of another partner than the key's.
"""

import hashlib
from typing import Annotated, Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Header, Path, Query

from issue_stream.intake.words import RaiseWords, checked_text
from issue_stream.store.access import ApiKey, KeptAnswer, keep_answer, kept_answer
from issue_stream.store.pages_partner import (
    PartnerHistory,
    issue_by_number,
    issues_of_partner,
    partner_history,
    raised_by,
    summaries,
)
from issue_stream.web.api_access import OurKey, contact_at, partner_for
from issue_stream.web.api_words import (
    AcceptedIssue,
    AddedComment,
    IssueOut,
    IssuePage,
    NewComment,
    NewIssue,
    Number,
    WhichIssues,
    issue_line,
    issue_out,
)
from issue_stream.web.context import OurWeb, Web
from issue_stream.web.errors import PROBLEM
from schemas.commands import AddComment
from schemas.errors import BadInput, NotFound, Refused, Unavailable
from schemas.events import Raised
from schemas.issue import Issue
from schemas.people import Partner
from schemas.values import Actor
from schemas.vocabulary import ActorKind, Intake

_REQUESTS = UUID("d5a3e1a0-6a5f-4c1c-9a37-0f6a8f1f2c55")
"""Names the ids of commands made from an Idempotency-Key."""


def _errors(**described: str) -> dict[int | str, dict[str, Any]]:
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    always = {
        "401": "No key, or none that is in force.",
        "429": "Too many requests; see Retry-After.",
        "500": "A fault of ours; the incident id is in our log.",
        "503": "We cannot take it right now and accepted nothing of it; see Retry-After.",
    }
    texts = always | {code.removeprefix("on_"): text for code, text in described.items()}
    return {int(code): {"description": text, "content": content} for code, text in texts.items()}


_UNUSABLE = "Something is missing or cannot be used; the detail says what was expected, found and to do."
_BAD_BODY = {"on_400": "The body is no JSON.", "on_413": "More than 1 MB.", "on_422": _UNUSABLE}
_NO_ISSUE = {"on_404": "No such issue, or none of this key's partner."}

router = APIRouter(prefix="/api/v1", tags=["issues"])

RequestKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[!-~]+$",
        description="Your own name for this request. The same key and body again give the same answer and one issue.",
        examples=["4f0c1c9e-8a53-4c0b-9e2b-0c9f3f1d2a11"],
    ),
]
IssueNumber = Annotated[Number, Path(description="The number without its prefix: 1042 of PIR-1042.")]


def api_router() -> APIRouter:
    """All routes of the API."""
    return router


@router.post(
    "/issues",
    status_code=201,
    summary="Raise an issue",
    responses=_errors(**_BAD_BODY),
    operation_id="raise_issue",
)
async def raise_issue(new: NewIssue, request_key: RequestKey, key: OurKey, web: OurWeb) -> AcceptedIssue:
    """Keep a new issue and say its number, who must accept it by when, and when the next update comes."""
    request_hash = hashlib.sha256(new.model_dump_json().encode()).hexdigest()
    async with web.house.db.read() as conn:
        kept = await kept_answer(conn, key.id, request_key)
    if kept is None:
        kept = await _raised(web, key, new, KeptAnswer(key.id, request_key, request_hash, "", 0))
    if kept.request_hash != request_hash:
        todo = "Use a new key for a new request."
        found = f"it was used for {web.house.keeper.current().number(kept.number)}"
        raise BadInput("Idempotency-Key", expected="the body that this key came with before", found=found, todo=todo)
    return await _accepted(web, kept)


@router.get("/issues", summary="List issues", responses=_errors(on_422=_UNUSABLE), operation_id="list_issues")
async def list_issues(key: OurKey, web: OurWeb, asked: Annotated[WhichIssues, Query()]) -> IssuePage:
    """The issues of the key's partner, or of every partner for a service; the highest number first."""
    async with web.house.db.read() as conn:
        found = await issues_of_partner(conn, key.partner, asked.before, asked.limit + 1)
        texts = await summaries(conn, found)
    policy, shown = web.house.keeper.current(), found[: asked.limit]
    lines = tuple(issue_line(PartnerHistory(issue, (), (), texts), policy) for issue in shown)
    return IssuePage(issues=lines, next=str(shown[-1].number) if len(found) > asked.limit else None)


@router.get(
    "/issues/{number}",
    summary="Read an issue",
    responses=_errors(on_422=_UNUSABLE, **_NO_ISSUE),
    operation_id="read_issue",
)
async def read_issue(number: IssueNumber, key: OurKey, web: OurWeb) -> IssueOut:
    """The issue as its partner sees it, with every update."""
    issue = await _open(web, key, number)
    async with web.house.db.read() as conn:
        history = await partner_history(conn, issue.id)
    contact = (await web.house.reading.contacts([issue.contact])).get(issue.contact)
    if history is None or contact is None:
        raise NotFound("expected an issue of this key's partner, found none")
    return issue_out(history, web.house.keeper.current(), web.links.status(issue.id, contact))


@router.post(
    "/issues/{number}/comments",
    status_code=201,
    summary="Add a comment",
    responses=_errors(on_409="The desk refused it; the detail says why.", **_BAD_BODY, **_NO_ISSUE),
    operation_id="add_comment",
)
async def add_comment(number: IssueNumber, new: NewComment, key: OurKey, web: OurWeb) -> AddedComment:
    """Add words to an issue; its owner hears them."""
    issue = await _open(web, key, number)
    text = await web.house.door.text(checked_text("text", new.text))
    wish = await web.house.door.wish(issue.id, AddComment(text=text), _actor(key))
    answer = await web.house.door.settled(wish)
    if answer is not None and not answer.granted:
        raise Refused(answer.code, answer.text)
    return AddedComment(number=number, settled=answer is not None)


def _actor(key: ApiKey) -> Actor:
    return Actor(kind=ActorKind.SERVICE, id=key.id, name=key.name[:120])


async def _raised(web: Web, key: ApiKey, new: NewIssue, answer: KeptAnswer) -> KeptAnswer:
    """Raise it under an id made from the request's key: whoever sends it twice, at once or after a crash, has one."""
    command = uuid5(_REQUESTS, f"{answer.scope}|{answer.key}")
    async with web.house.db.read() as conn:
        before = await raised_by(conn, command)
    if before is None:
        partner = await partner_for(web, key, new.partner)
        receipt = await web.house.door.raise_issue(await _words(web, partner, new), _actor(key), command)
        await web.house.door.settled(receipt.command)
    async with web.house.db.write() as conn:
        taken = await raised_by(conn, command)
        if taken is None:
            raise Unavailable("the store", "the issue that was just kept is not there yet")
        made = KeptAnswer(answer.scope, answer.key, answer.request_hash, *taken)
        return await keep_answer(conn, made, web.house.now())


async def _words(web: Web, partner: Partner, new: NewIssue) -> RaiseWords:
    return RaiseWords(
        what=new.what,
        contact=await contact_at(web, partner, new.contact),
        intake=Intake.API,
        partner=partner,
        since=new.since,
        blocked_deal=new.blocked_deal,
        blocked_by=new.blocked_by,
        blocked_amount=new.amount,
        also_tell=new.also_tell,
    )


async def _accepted(web: Web, kept: KeptAnswer) -> AcceptedIssue:
    """What was said when the issue was raised; the same whenever it is asked again."""
    async with web.house.db.read() as conn:
        history = await partner_history(conn, kept.issue_id)
    raised = history.events[0].event if history else None
    return AcceptedIssue(
        number=kept.number,
        name=web.house.keeper.current().number(kept.number),
        accept_by=raised.offer.accept_by if isinstance(raised, Raised) else None,
        next_update_at=raised.next_update_at if isinstance(raised, Raised) else None,
    )


async def _open(web: Web, key: ApiKey, number: int) -> Issue:
    async with web.house.db.read() as conn:
        issue = await issue_by_number(conn, number)
    if issue is None or key.partner not in {None, issue.partner}:
        raise NotFound("expected an issue of this key's partner, found none")
    return issue
