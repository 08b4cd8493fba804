"""What commands that wish something share: the texts and times given, the wish through the Door, its answer."""

import re
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import click
from sqlalchemy import Row

from issue_stream.commands._house import acting, found_issue, house, policy, run
from issue_stream.commands._say import Stop, print_json
from issue_stream.house import House
from issue_stream.intake.door import Answer
from issue_stream.intake.words import checked_text
from issue_stream.policies.spans import span_of
from schemas.commands import Command
from schemas.errors import BadInput
from schemas.values import Instant, TextRef

SETTLE_S = 3.0
"""A running worker answers in milliseconds; longer means that none runs or that it is busy."""

_ZONE = re.compile(r"(Z|[+-]\d{2}:?\d{2})$")


@dataclass(frozen=True, slots=True)
class Desk:
    """What the building of a wish may use: the house, the issue's row, the moment."""

    house: House
    issue: Row[Any]
    now: Instant

    async def text(self, words: str, option: str = "text") -> TextRef:
        """Keep words ("-" reads them from stdin) and give their content id; raises BadInput."""
        given = sys.stdin.read() if words == "-" else words
        return await self.house.door.text(checked_text(option, given))

    def until(self, written: str, option: str) -> Instant:
        """A moment from a span (2d) or a date and time; raises BadInput."""
        return moment(written, self.now, option)


Build = Callable[[Desk], Awaitable[Command]]


def wish(issue: str, who: str, build: Build, *, done: str, as_json: bool) -> None:
    """Have the wish of this member of staff granted or refused, and say so."""
    run(_wish(issue, who, build, _Said(done, as_json)))


@dataclass(frozen=True, slots=True)
class _Said:
    done: str
    as_json: bool


async def _wish(written: str, who: str, build: Build, said: _Said) -> None:
    async with house() as opened:
        async with opened.db.read() as conn:
            by, row = await acting(conn, who), await found_issue(conn, written)
        desk = Desk(opened, row, opened.door.now())
        command = await opened.door.wish(row.id, await build(desk), by)
        answer = await settled(opened, command)
        number = policy(opened).number(row.number)
    if said.as_json:
        print_json({"issue": row.id, "number": number, "command": str(command), **answered(answer)})
    say_answer(number, answer, said)


async def settled(opened: House, command: UUID) -> Answer | None:
    """The desk's answer, None when no worker gives one in time; the wish is kept either way."""
    return await opened.door.settled(command, SETTLE_S)


def answered(answer: Answer | None) -> dict[str, object]:
    """The desk's answer as JSON shows it."""
    if answer is None:
        return {"settled": False, "granted": None, "code": "", "text": ""}
    return {"settled": True, "granted": answer.granted, "code": answer.code, "text": answer.text}


def say_answer(number: str, answer: Answer | None, said: _Said) -> None:
    """In words; a refusal ends the command with code 1."""
    if answer is not None and not answer.granted:
        raise Stop(f"{number}: {answer.text}", f"See where it stands: issue-stream show {number}")
    if said.as_json:
        return
    if answer is None:
        click.echo(f"{number}: kept, waiting for the worker. It is done as soon as one runs (issue-stream up).")
    else:
        click.echo(f"{number}: {said.done}.")


def moment(written: str, now: Instant, option: str) -> Instant:
    """A span from now (30m, 4h, 2d, 1w), a date (its end, UTC) or a date and time with a zone; raises BadInput."""
    span = span_of(written)
    if span is not None:
        return now + span
    try:
        if len(written) == len("2026-01-31"):
            return datetime.combine(day(written, option), datetime.min.time(), UTC) + timedelta(days=1)
        if _ZONE.search(written):
            return datetime.fromisoformat(written).astimezone(UTC)
    except ValueError:
        pass
    todo = "Write a span (4h, 2d), a date, or a date and time with its zone: 2026-03-31T17:00+01:00."
    raise BadInput(option, expected="a time", found=written[:60], todo=todo)


def day(written: str, option: str) -> date:
    """A date; raises BadInput."""
    try:
        return date.fromisoformat(written)
    except ValueError as exc:
        todo = "Write it as year-month-day: 2026-03-31."
        raise BadInput(option, expected="a date", found=written[:60], todo=todo) from exc
