"""What every request passes: how often an address may ask."""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from issue_stream.web.context import Web
from issue_stream.web.errors import face_of
from issue_stream.web.limits import TooMany
from issue_stream.web.security import address_of

_FREE = ("/static/", "/health/", "/metrics")


class EveryRequest:
    """Refuses an address that asks too often; our own files and health checks are free."""

    def __init__(self, app: ASGIApp, *, web: Web) -> None:
        self._app, self._web = app, web

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http" and not scope["path"].startswith(_FREE):
            address = address_of(Request(scope), self._web.house.settings.web.trusted_proxies)
            try:
                self._web.limits.address(address)
            except TooMany as exc:
                face = face_of(exc)
                page = self._web.pages.page("error.html", status=face.status, face=face)
                page.headers["retry-after"] = str(face.retry_after_s)
                await page(scope, receive, send)
                return
        await self._app(scope, receive, send)
