"""What an issue costs with 100,000 stored against 1,000: the desk's batches on a store filled by its own rules."""

import time
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from agents._desk_rules import DeskContext
from agents.desk import decide_batch
from issue_stream.clock import utc_now
from issue_stream.house import House, open_house
from issue_stream.settings import Settings
from issue_stream.store.desk_store import SqlDeskStore
from schemas.commands import Accept, RaiseIssue, Resolve, Triage
from schemas.envelope import CommandMessage
from schemas.values import Actor
from schemas.vocabulary import ActorKind, Intake, Priority

FEW, MANY, BATCH = 1_000, 100_000, 100
ROUNDS = 40
"""Batches that are timed: some seconds, so that one checkpoint does not decide."""

_SPACE = UUID("0d7f7b64-6b6f-4f2b-8f5e-9b7f5d7a8c11")


async def growth(settings: Settings) -> dict[str, Any]:
    """Milliseconds an issue's life costs the desk with few and with many stored, and their ratio."""
    async with open_house(settings) as house:
        filler = _Filler(house)
        await filler.fill(FEW)
        few = await filler.timed(ROUNDS)
        await filler.fill(MANY)
        many = await filler.timed(ROUNDS)
    costs = {"few_ms": round(few, 3), "many_ms": round(many, 3)}
    return {"few": FEW, "many": MANY, **costs, "growth": round(many / few, 3)}


class _Filler:
    def __init__(self, house: House) -> None:
        self._house = house
        self._store = SqlDeskStore(house.db, house.now)
        self._stored = 0

    async def fill(self, until: int) -> None:
        while self._stored < until:
            await self._batch()

    async def timed(self, rounds: int) -> float:
        began = time.perf_counter()
        for _ in range(rounds):
            await self._batch()
        return (time.perf_counter() - began) * 1000 / (rounds * BATCH)

    async def _batch(self) -> None:
        """A hundred issues from raised to resolved, in four transactions as the desk makes them."""
        numbers = range(self._stored + 1, self._stored + BATCH + 1)
        directory = await self._house.reading.directory()
        context = DeskContext(book=self._house.keeper.book(), directory=directory)
        owner = next(p for p in directory.people.values() if p.may_own)
        for make in (_raise, _triage, _accept, _resolve):
            messages = [make(number, owner.id) for number in numbers]
            async with self._store.unit() as unit:
                await unit.seen([m.id for m in messages])
                issues = await unit.issues([m.issue for m in messages])
                effects = decide_batch(messages, dict(issues), self._house.now(), context)
                await unit.save(effects)
            await self._store.published([event.id for event in effects.events])
        self._stored += BATCH


def _message(number: int, step: str, by: Actor, command: Any) -> CommandMessage:  # noqa: ANN401 - any command
    issue = str(uuid5(_SPACE, str(number)))
    at = utc_now() + timedelta(0)
    return CommandMessage(id=uuid5(_SPACE, f"{number}:{step}"), issue=issue, at=at, by=by, command=command)


def _raise(number: int, _owner: str) -> CommandMessage:
    command = RaiseIssue(
        number=10_000 + number, partner="northwind", contact="contact", intake=Intake.FORM, summary="t-1", what="t-2"
    )
    return _message(number, "raise", Actor(kind=ActorKind.PARTNER, id="contact"), command)


def _triage(number: int, _owner: str) -> CommandMessage:
    command = Triage(category="portal-training", priority=Priority.NORMAL)
    return _message(number, "triage", Actor(kind=ActorKind.AGENT, id="classify"), command)


def _accept(number: int, owner: str) -> CommandMessage:
    return _message(number, "accept", Actor(kind=ActorKind.STAFF, id=owner), Accept())


def _resolve(number: int, owner: str) -> CommandMessage:
    return _message(number, "resolve", Actor(kind=ActorKind.STAFF, id=owner), Resolve(text="t-3"))
