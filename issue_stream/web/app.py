"""The pages and the API as one FastAPI app: pure plugging, nothing is decided here."""

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from issue_stream.web import front, partner_raise, partner_status
from issue_stream.web.api import api_router
from issue_stream.web.context import Web
from issue_stream.web.errors import add_error_pages
from issue_stream.web.guard import EveryRequest
from issue_stream.web.openapi import DescribedApp
from issue_stream.web.security import LimitedBodies, SafeAnswers
from issue_stream.web.staff.routes import staff_router
from issue_stream.web.templates import STATIC

PAGES = (front.router, partner_raise.router, partner_status.router)
"""What people outside open; none of it needs a session."""


def create_app(web: Web) -> FastAPI:
    """The app over these parts."""
    settings = web.house.settings.web
    app = DescribedApp(
        title="issue-stream",
        description="Raise, follow and comment partner issues. Every error is a problem document (RFC 9457).",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        redirect_slashes=False,
    )
    app.state.web = web
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for router in (*PAGES, staff_router()):
        app.include_router(router, include_in_schema=False)
    app.include_router(api_router())
    add_error_pages(app)
    app.add_middleware(LimitedBodies, limit_mb=settings.max_body_mb)
    app.add_middleware(EveryRequest, web=web)
    app.add_middleware(SafeAnswers, is_https=settings.is_https)
    return app
