"""The house of one process: real parts opened in order, given to those who need them, closed in the other order.

The only place beside `web/app.py` and the command line where parts are plugged together. Opening it changes nothing in
the world but connections; a part that is away raises `Unavailable`, a broken policy `PolicyInvalid`.
"""

import os
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import update

from issue_stream.clock import utc_now
from issue_stream.intake.door import Carry, Door
from issue_stream.keys import with_keys
from issue_stream.policies.keeper import PolicyKeeper
from issue_stream.policies.kept import SqlPolicyTexts
from issue_stream.settings import Settings
from issue_stream.store import tables as t
from issue_stream.store.contents import Contents
from issue_stream.store.database import Database
from issue_stream.store.reading import SqlReading
from schemas.envelope import CommandMessage
from schemas.ports import Now


@dataclass(frozen=True, slots=True)
class House:
    """What every process has: settings, store, texts, policy, and the door for wishes."""

    settings: Settings
    db: Database
    contents: Contents
    keeper: PolicyKeeper
    reading: SqlReading
    door: Door
    now: Now

    @property
    def worker(self) -> str:
        """How this process is called in heartbeats."""
        return self.settings.worker_name or f"{socket.gethostname()}-{os.getpid()}"

    async def leave(self, messages: Sequence[CommandMessage]) -> None:
        """These wishes are carried by nobody now: the sweep may take them at once."""
        w = t.waiting_commands
        async with self.db.write() as conn:
            ids = [message.id for message in messages]
            await conn.execute(update(w).where(w.c.id.in_(ids)).values(sent_at=None))


@asynccontextmanager
async def open_house(settings: Settings, carry: Carry | None = None, now: Now = utc_now) -> AsyncIterator[House]:
    """Everything but the log. `carry` takes wishes to the desk; None leaves them for a worker's sweep."""
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    settings = with_keys(settings)
    keeper = PolicyKeeper(settings.policy_file)
    db = await Database.open(settings.database)
    try:
        await keeper.remember(SqlPolicyTexts(db, now))
        reading = SqlReading(db, keeper.book, now)
        yield House(
            settings=settings,
            db=db,
            contents=Contents(db, settings.files_dir),
            keeper=keeper,
            reading=reading,
            door=Door(db, keeper.book, now, carry),
            now=now,
        )
    finally:
        await db.close()
