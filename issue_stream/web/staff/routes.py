"""Every route of the staff pages, joined for `web/app.py`."""

from fastapi import APIRouter

from issue_stream.web.staff import board, sign_in


def staff_router() -> APIRouter:
    """All staff pages."""
    router = APIRouter()
    for part in (sign_in, board):
        router.include_router(part.router)
    return router
