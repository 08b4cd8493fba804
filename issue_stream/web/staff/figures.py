"""What stands behind a number of the reader's own digest, as it was when the digest was made (R-17).

In: the figure and the day as they stand in an address. Out: ids. A number no digest of this reader has is NotFound.
"""

from collections.abc import Mapping
from datetime import date

from issue_stream.store.pages_digest import SqlDigestReading
from issue_stream.web.staff.guard import Viewer
from schemas.digest import Digest, Figure
from schemas.errors import NotFound

GROWING = "growing"
"""The one figure that counts problems; with a problem beside it, it stands for that problem's issues."""


async def issues_behind(given: Mapping[str, str], viewer: Viewer) -> tuple[str, ...]:
    """The issues behind a number; raises NotFound."""
    digest, name = await _digest(given, viewer), given.get("figure", "")
    if name == GROWING:
        found = next((one for one in digest.problems if one.problem == given.get("problem")), None)
        if found is None:
            raise NotFound("expected a problem of a digest")
        return found.issues
    return _figure(digest, name)


async def problems_behind(given: Mapping[str, str], viewer: Viewer) -> tuple[str, ...]:
    """The problems that counted as growing; raises NotFound."""
    if given.get("figure") != GROWING:
        raise NotFound("expected the number of growing problems")
    return _figure(await _digest(given, viewer), GROWING)


async def _digest(given: Mapping[str, str], viewer: Viewer) -> Digest:
    try:
        day = date.fromisoformat(given.get("day", ""))
    except ValueError as exc:
        raise NotFound("expected the day of a digest") from exc
    key = (viewer.person.id, day)
    digest = (await SqlDigestReading(viewer.house.db).kept([key])).get(key)
    if digest is None:
        raise NotFound("expected a day with a digest of this reader")
    return digest


def _figure(digest: Digest, name: str) -> tuple[str, ...]:
    figure = getattr(digest, name, None) if name in Digest.model_fields else None
    if not isinstance(figure, Figure):
        raise NotFound("expected a number of a digest")
    return figure.ids
