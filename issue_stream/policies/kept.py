"""The texts of policies in the store: read and kept, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from issue_stream.store import tables as t
from issue_stream.store.database import Database
from schemas.ports import Now

NEWEST = 20
"""Earlier policies read at the start, 50 ms each; what is pinned to an older one follows the current policy."""


@dataclass(frozen=True, slots=True)
class SqlPolicyTexts:
    """`PolicyTexts` on the table `policies`."""

    db: Database
    now: Now

    async def read(self) -> Mapping[str, str]:
        """Texts by version, newest first, at most NEWEST."""
        c = t.policies.c
        async with self.db.read() as conn:
            rows = await conn.execute(select(c.version, c.text).order_by(c.at.desc()).limit(NEWEST))
            return {row.version: row.text for row in rows}

    async def keep(self, version: str, text: str) -> None:
        """Keep one; the same version twice is one."""
        c = t.policies.c
        async with self.db.write() as conn:
            if (await conn.execute(select(c.version).where(c.version == version))).first() is None:
                await conn.execute(t.policies.insert().values(version=version, text=text, at=self.now()))
