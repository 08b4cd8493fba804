"""The web's parts plugged together over an open house."""

from markupsafe import Markup
from sqlalchemy import text

from issue_stream.house import House
from issue_stream.sample.setup import SetUp
from issue_stream.web.context import Web
from issue_stream.web.limits import Limits
from issue_stream.web.links import SignedLinks
from issue_stream.web.templates import STATIC, Pages


def web_of(house: House) -> Web:
    """Pages, links and limits for this house."""
    mark = Markup((STATIC / "mark.svg").read_text().replace("<svg ", '<svg aria-hidden="true" '))  # noqa: S704 - our own file

    def programme() -> str:
        return house.keeper.current().programme.name

    def number(issue: int) -> str:
        return house.keeper.current().number(issue)

    async def ready() -> None:
        async with house.db.read() as conn:
            await conn.execute(text("SELECT 1"))

    return Web(
        house=house,
        links=SignedLinks.of(house.settings.web, house.now),
        pages=Pages({"programme": programme, "number": number, "mark": lambda: mark}),
        limits=Limits(house.settings.web),
        set_up=SetUp(house.db, house.door, house.now),
        ready=ready,
    )
