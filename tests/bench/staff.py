"""Simulated staff: they sort what the agent was not sure of, accept what they are offered and resolve what they own."""

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from issue_stream.house import House
from issue_stream.store import tables as t
from schemas.commands import Accept, Command, Resolve, Triage
from schemas.values import Actor
from schemas.vocabulary import ActorKind, Priority, State

LOOK_EVERY_S = 0.05
AT_ONCE = 300


class Staff:
    """Looks at the board again and again; each issue is sorted, accepted and resolved once."""

    def __init__(self, house: House, sorter: str) -> None:
        self._house, self._sorter = house, sorter
        self._done: set[tuple[str, str]] = set()
        self._words = ""

    async def work(self) -> None:
        """Until cancelled."""
        self._words = await self._house.door.text("Mended on our side; please try again.")
        while True:
            wishes = [wish for row in await self._board() if (wish := self._wish(row)) is not None]
            await asyncio.gather(*(self._house.door.wish(issue, command, by) for issue, command, by in wishes))
            await asyncio.sleep(LOOK_EVERY_S)

    async def _board(self) -> Sequence[Any]:
        i = t.issues.c
        wanted = select(i.id, i.state, i.offered_to, i.owner_id, i.triage_asked).where(i.is_open)
        async with self._house.db.read() as conn:
            return (await conn.execute(wanted.order_by(i.changed_at.desc()).limit(AT_ONCE))).all()

    def _wish(self, row: Row[Any]) -> tuple[str, Command, Actor] | None:
        stage = "unsorted" if row.triage_asked and row.owner_id is None else row.state
        if (row.id, stage) in self._done:
            return None
        self._done.add((row.id, stage))
        command, who = self._choice(row, stage)
        if command is None or who is None:
            return None
        return row.id, command, Actor(kind=ActorKind.STAFF, id=who, name=who)

    def _choice(self, row: Row[Any], stage: str) -> tuple[Command | None, str | None]:
        if stage == "unsorted":
            return Triage(category="portal_training", priority=Priority.NORMAL), self._sorter
        if stage == State.OFFERED:
            return Accept(), row.offered_to
        if stage == State.ACCEPTED:
            return Resolve(text=self._words), row.owner_id
        return None, None
