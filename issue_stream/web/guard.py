"""What every request passes: how often an address may ask, and that a fault of ours still gets a safe answer."""

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from issue_stream.web.context import Web
from issue_stream.web.errors import error_answer
from issue_stream.web.security import address_of

_FREE = ("/static/", "/health/", "/metrics")


class EveryRequest:
    """Refuses an address that asks too often; our own files and health checks are free.

    It stands inside `SafeAnswers`, so that the page of an unexpected fault carries the same headers as any other.
    """

    def __init__(self, app: ASGIApp, *, web: Web) -> None:
        self._app, self._web = app, web

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_begun = False

        async def send_on(message: Message) -> None:
            nonlocal is_begun
            is_begun = True
            await send(message)

        try:
            self._count(scope)
            await self._app(scope, receive, send_on)
        except Exception as exc:
            if is_begun:
                raise  # half an answer cannot be taken back: the server closes the connection
            await error_answer(scope["path"], exc, self._web.pages)(scope, receive, send)

    def _count(self, scope: Scope) -> None:
        if not scope["path"].startswith(_FREE):
            self._web.limits.address(address_of(Request(scope), self._web.house.settings.web.trusted_proxies))
