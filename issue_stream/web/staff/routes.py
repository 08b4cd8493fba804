"""Every route of the staff pages, joined for `web/app.py`."""

from fastapi import APIRouter

from issue_stream.web.staff import board, issue, log_issue, sign_in


def staff_router() -> APIRouter:
    """All staff pages."""
    router = APIRouter()
    for part in (sign_in, board, issue, log_issue):
        router.include_router(part.router)
    return router
