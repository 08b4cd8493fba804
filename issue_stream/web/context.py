"""What every page needs, plugged together once in `issue_stream/plug.py` and read from the request."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Protocol

from fastapi import Depends, Request

from issue_stream.house import House
from issue_stream.web.limits import Limits
from issue_stream.web.links import SignedLinks
from issue_stream.web.templates import Pages
from schemas.people import Person


class SetUpHouse(Protocol):
    """The first choice of a new house."""

    async def is_fresh(self) -> bool:
        """Whether nobody works here yet."""

    async def sample(self) -> int:
        """The small sample company; how many issues it brings."""

    async def empty(self, admin_name: str, admin_email: str) -> Person:
        """One admin; raises BadInput."""


@dataclass(frozen=True, slots=True)
class Web:
    """The parts of the pages: the house, signed links, templates, limits, the first set-up."""

    house: House
    links: SignedLinks
    pages: Pages
    limits: Limits
    set_up: SetUpHouse
    ready: Callable[[], Awaitable[None]]


def web_of_request(request: Request) -> Web:
    """The parts of the app that this request came to."""
    web: Web = request.app.state.web
    return web


OurWeb = Annotated[Web, Depends(web_of_request)]
"""A route's parameter that needs the parts."""
