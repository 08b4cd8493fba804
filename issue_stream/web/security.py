"""What holds for every answer and every change: headers, size of bodies, and that a form is one of ours.

Scripts and styles come from files of our own only; no page can be framed; signed pages are stored nowhere.
"""

import hmac
from collections.abc import Awaitable, Callable
from datetime import timedelta

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from issue_stream.web.links import SignedLinks
from schemas.errors import BadInput, NotFound

CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
HSTS = "max-age=31536000"
KEPT = frozenset({200, 304})
"""Answers about files of ours that may be kept for ever: their address changes with their content."""
FORM_LIVES = timedelta(hours=12)
"""How long an open form can be sent: a working day."""
MEGABYTE = 1_000_000
API_BODY_MB = 1
"""The API takes words only: the longest text and ten addresses are far below it."""


class BodyTooLarge(BadInput):
    """A request body over the limit."""


class SafeAnswers:
    """Adds the headers to every answer; pages that are not static files are stored nowhere."""

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self._app, self._is_https = app, is_https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_static = scope["path"].startswith("/static/")

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                keeps = is_static and message["status"] in KEPT
                headers.setdefault("cache-control", "public, max-age=31536000, immutable" if keeps else "no-store")
                if self._is_https:
                    headers.setdefault("strict-transport-security", HSTS)
            await send(message)

        await self._app(scope, receive, send_safely)


class LimitedBodies:
    """Refuses a body over the limit as soon as the limit is passed, whatever its length header says."""

    def __init__(self, app: ASGIApp, *, limit_mb: int) -> None:
        self._app, self._limit_mb = app, limit_mb

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit_mb = API_BODY_MB if scope["path"].startswith("/api/") else self._limit_mb
        await self._app(scope, _counting(receive, limit_mb), send)


def _counting(receive: Receive, limit_mb: int) -> Callable[[], Awaitable[Message]]:
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit_mb * MEGABYTE:
            raise BodyTooLarge(
                "files",
                expected=f"at most {limit_mb} MB in one go",
                found="more",
                todo="Send less at once; large files one by one as comments on the issue's page.",
            )
        return message

    return counted


def csrf_token(links: SignedLinks, bound_to: str) -> str:
    """A token for forms of this session or link; worthless elsewhere."""
    return links.token("form-post", [bound_to])


def check_form(request: Request, links: SignedLinks, bound_to: str, token: str) -> None:
    """Raises NotOurForm unless the form was served to this session or link, by us, today, and sent from our pages."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise NotOurForm
    try:
        (claimed,) = links.read("form-post", token, FORM_LIVES)
    except NotFound as exc:
        raise NotOurForm from exc
    if not hmac.compare_digest(str(claimed), bound_to):
        raise NotOurForm


class NotOurForm(Exception):
    """The form was not served by us to this session, or too long ago: load the page again."""


class UnknownKey(Exception):
    """A request to the API without a key, or with one that is not in force."""


def address_of(request: Request, trusted_proxies: tuple[str, ...]) -> str:
    """The network address of who asks; X-Forwarded-For is believed from named proxies only."""
    peer = request.client.host if request.client else "unknown"
    forwarded = request.headers.get("x-forwarded-for", "")
    return forwarded.rpartition(",")[2].strip() or peer if peer in trusted_proxies else peer
