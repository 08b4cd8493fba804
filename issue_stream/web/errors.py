"""The only place with HTTP codes for errors: a page for people, problem details (RFC 9457) for programs.

A partner sees the same face for what does not exist and what is not theirs. Nothing of a fault of ours is shown but an
incident id that also stands in the log.
"""

from dataclasses import dataclass, replace
from uuid import uuid4

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from issue_stream.web.limits import RETRY_AFTER_S, TooMany
from issue_stream.web.links import LinkExpired
from issue_stream.web.security import BodyTooLarge, NotOurForm, UnknownKey
from issue_stream.web.templates import Pages
from schemas.errors import BadInput, NotAllowed, NotFound, PolicyInvalid, Refused, Unavailable

log = structlog.get_logger("issue_stream.web")
PROBLEM = "application/problem+json"
NOT_FOUND = 404
NOTHING_FOR_KEY = "There is no such thing, or none that this key may see. Look the number up in the list of issues."


@dataclass(frozen=True, slots=True)
class Face:
    """How an error is shown."""

    status: int
    title: str
    detail: str
    retry_after_s: int | None = None
    field: str = ""
    incident: str = ""
    headers: tuple[tuple[str, str], ...] = ()


def face_of(exc: Exception) -> Face:  # noqa: C901, PLR0912 - one table, read downward
    """The face of an error; anything unknown is a fault of ours."""
    match exc:
        case BodyTooLarge():
            return Face(413, "That is too much at once", str(exc), field=exc.field)
        case BadInput():
            return Face(422, "Something is missing or cannot be used", str(exc), field=exc.field)
        case LinkExpired():
            return Face(410, "This link has expired", "Ask for a fresh one: it is sent to the address it belongs to.")
        case NotFound():
            return Face(404, "There is nothing here", "The address is wrong, or the link was replaced by a newer one.")
        case NotAllowed():
            return Face(403, "This is not for you", str(exc))
        case Refused():
            return Face(409, "This cannot be done now", exc.text)
        case NotOurForm():
            return Face(
                403, "The form was open too long", "Load the page again and send it once more; nothing changed."
            )
        case UnknownKey():
            todo = "Send a key in force as: Authorization: Bearer SECRET. Staff make keys and revoke them."
            return Face(401, "We do not know this key", todo, headers=(("www-authenticate", "Bearer"),))
        case TooMany():
            return Face(429, "Too many requests", "Wait half a minute, then try again.", retry_after_s=RETRY_AFTER_S)
        case Unavailable():
            return _away(exc)
        case PolicyInvalid():
            return Face(500, "The policy cannot be executed", str(exc))
        case RequestValidationError():
            return Face(422, "Something is missing or cannot be used", _faults(exc))
        case HTTPException():
            return _http(exc)
        case _:
            incident = uuid4().hex[:12]
            log.error("a request failed", incident=incident, exc_info=exc)
            return Face(
                500, "Something went wrong on our side", "Nothing was changed by this request.", incident=incident
            )


def _away(exc: Unavailable) -> Face:
    wait = max(1, round(exc.retry_after_s))
    detail = f"We cannot answer right now. If you sent something, nothing of it was accepted: try again in {wait} s."
    return Face(503, "One moment, please", detail, retry_after_s=wait)


def _http(exc: HTTPException) -> Face:
    if isinstance(exc.__cause__, BodyTooLarge):  # FastAPI says of it only that the body could not be read
        return face_of(exc.__cause__)
    match exc.status_code:
        case code if code == NOT_FOUND:
            return face_of(NotFound(""))
        case 405:
            headers = tuple((exc.headers or {}).items())
            return Face(
                405, "This address does not take that", "Go back and use what the page offers.", headers=headers
            )
        case _:
            return Face(exc.status_code, "This cannot be done", str(exc.detail)[:300])


def _faults(exc: RequestValidationError) -> str:
    places = [f"{'.'.join(str(p) for p in fault['loc'])}: {fault['msg']}" for fault in exc.errors()]
    return "; ".join(places)[:1000]


KNOWN = (
    BadInput,
    NotFound,
    NotAllowed,
    Refused,
    NotOurForm,
    UnknownKey,
    TooMany,
    Unavailable,
    PolicyInvalid,
    RequestValidationError,
    HTTPException,
)
"""Errors we raise on purpose; every other one is answered by the guard around all requests."""


def add_error_pages(app: FastAPI) -> None:
    """Answer every known error."""

    async def answer(request: Request, exc: Exception) -> Response:
        return error_answer(request.url.path, exc, request.app.state.web.pages)

    for kind in KNOWN:
        app.add_exception_handler(kind, answer)


def error_answer(path: str, exc: Exception, pages: Pages) -> Response:
    """API paths get problem details, all others a page."""
    face = face_of(exc)
    answer: Response
    if path.startswith("/api/"):
        face = replace(face, detail=NOTHING_FOR_KEY) if face.status == NOT_FOUND else face
        answer = JSONResponse(problem(face), face.status, media_type=PROBLEM)
    else:
        answer = pages.page("error.html", status=face.status, face=face)
    answer.headers.update(dict(face.headers))
    if face.retry_after_s:
        answer.headers["retry-after"] = str(face.retry_after_s)
    return answer


def problem(face: Face) -> dict[str, str | int]:
    """RFC 9457."""
    named = {"field": face.field, "incident": face.incident}
    body: dict[str, str | int] = {"type": "about:blank", "title": face.title, "status": face.status}
    return body | {"detail": face.detail} | {key: value for key, value in named.items() if value}
