"""Every route of the staff pages, joined for `web/app.py`."""

from fastapi import APIRouter

from issue_stream.web.staff import board, digest, issue, lead, log_issue, operations, problems, sign_in


def staff_router() -> APIRouter:
    """All staff pages."""
    router = APIRouter()
    for part in (sign_in, board, issue, log_issue, lead, problems, digest, operations):
        router.include_router(part.router)
    return router
