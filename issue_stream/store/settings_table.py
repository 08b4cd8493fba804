"""Small facts about this installation that are no configuration: kept as named texts.

In: a name and a text. Out: the text. Never secrets, never what belongs into the environment or the policy.
"""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.store import tables as t
from issue_stream.store.upsert import upsert


async def get_setting(conn: AsyncConnection, name: str) -> str | None:
    """The text kept under this name, or None."""
    text: str | None = (await conn.execute(select(t.settings.c.text).where(t.settings.c.name == name))).scalar()
    return text


async def set_setting(conn: AsyncConnection, name: str, text: str) -> None:
    """Keep this text under this name instead of what stood there."""
    await conn.execute(upsert(conn.dialect.name, t.settings).values(name=name, text=text))
