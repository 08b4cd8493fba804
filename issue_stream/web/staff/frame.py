"""What stands around every staff page: where one can go, and whether we are blind right now."""

from typing import Any

from fastapi.responses import HTMLResponse

from issue_stream.store.heartbeats import all_beats
from issue_stream.store.pages_operations import blindness, stages
from issue_stream.web.staff.guard import Viewer
from issue_stream.web.staff.local_outbox import may_read_letters
from schemas.vocabulary import Role

_EVERYBODY = frozenset(Role)
_LEADS = frozenset({Role.LEAD, Role.ADMIN})
OUTBOX = "/outbox"
PLACES = (
    ("/board", "Board", _EVERYBODY),
    ("/issues", "Issues", _EVERYBODY),
    ("/log", "Log an issue", _EVERYBODY),
    ("/called", "They called me", frozenset({Role.EXECUTIVE, Role.ADMIN})),
    ("/lead", "Lead", _LEADS | {Role.EXECUTIVE}),
    ("/digest", "Digest", _EVERYBODY),
    ("/problems", "Problems", _EVERYBODY),
    ("/people", "People", frozenset({Role.ADMIN})),
    (OUTBOX, "Outbox", _EVERYBODY),
    ("/operations", "Operations", _EVERYBODY),
)
"""The pages of the bar: address, name, who may open it."""


async def framed(viewer: Viewer, name: str, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401 - what the template names
    """A staff page with its bar and the banner of what we cannot see."""
    now = viewer.now
    async with viewer.house.db.read() as conn:
        blind = blindness(await all_beats(conn), await stages(conn, now), now)
    places = [(address, word) for address, word, roles in PLACES if _opens(viewer, address, roles)]
    zone = viewer.person.zone
    frame: dict[str, Any] = {"viewer": viewer, "csrf": viewer.csrf, "now": now, "zone": zone, "rules": viewer.policy}
    return viewer.web.pages.page(f"staff/{name}", status, **frame, blind=blind, places=places, **values)


def _opens(viewer: Viewer, address: str, roles: frozenset[Role]) -> bool:
    return viewer.person.role in roles and (address != OUTBOX or may_read_letters(viewer))
