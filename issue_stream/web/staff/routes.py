"""Every route of the staff pages, joined for `web/app.py`."""

from fastapi import APIRouter

from issue_stream.web.staff import board, digest, issue, lead, log_issue, operations, people, problems, sign_in

ROUTERS = tuple(part.router for part in (sign_in, board, issue, log_issue, lead, problems, digest, operations, people))
"""In this order: a fixed address before one with a part to fill."""


def staff_router() -> APIRouter:
    """All staff pages."""
    joined = APIRouter()
    for router in ROUTERS:
        joined.include_router(router)
    return joined
