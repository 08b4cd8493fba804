"""What commands share: settings, the opened store with its door, who acts, which issue is meant.

Nothing here writes but the Door. Every fault is an error of the one family, which `cli.py` says in two lines.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy import Row, inspect, select
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.house import House, open_house
from issue_stream.settings import Settings
from issue_stream.store import tables as t
from issue_stream.store.database import Database
from schemas.errors import BadInput, NotFound
from schemas.policy import Policy
from schemas.values import Actor
from schemas.vocabulary import ActorKind

_Result = TypeVar("_Result")
_SQLITE = "sqlite:///"


def run(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Run a command's work to its end."""
    return asyncio.run(work)


def settings() -> Settings:
    """The settings of this process; raises BadInput that names the variable."""
    try:
        return Settings()
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        name = "ISSUE_STREAM_" + "__".join(str(part) for part in first["loc"]).upper()
        todo = "Look it up in docs/reference/settings.md."
        raise BadInput(name, expected="a value this setting takes", found=first["msg"], todo=todo) from exc


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    """The house without a log, closed at the end of the block; raises NotFound while there is no store."""
    chosen = settings()
    await needs_store(chosen)
    async with open_house(chosen) as opened:
        yield opened


async def needs_store(chosen: Settings) -> None:
    """Returns when the store has its tables; raises NotFound while it has none, Unavailable when it is away."""
    _needs_file(chosen.database)
    db = await Database.open(chosen.database)
    try:
        await _needs_tables(db)
    finally:
        await db.close()


def _needs_file(url: str) -> None:
    """SQLite would make an empty store; nobody who lists issues wants one."""
    if url.startswith(_SQLITE) and not Path(url.removeprefix(_SQLITE)).exists():
        raise NotFound(f"There is no store at {url} yet. Run: issue-stream migrate")


async def _needs_tables(db: Database) -> None:
    async with db.read() as conn:
        names = await conn.run_sync(lambda sync: inspect(sync).get_table_names())
    if t.policies.name not in names:
        raise NotFound("The store has no tables yet. Run: issue-stream migrate")


def policy(opened: House) -> Policy:
    """The policy in force."""
    return opened.keeper.current()


async def acting(conn: AsyncConnection, who: str) -> Actor:
    """The member of staff with this id or address; raises BadInput."""
    c = t.staff.c
    wanted = (c.id == who) | (c.email == who.lower())
    row = (await conn.execute(select(c.id, c.name).where(wanted))).first()
    if row is None:
        todo = "Give --as with an id or address of staff, or set ISSUE_STREAM_AS; the People page lists them."
        raise BadInput("--as", expected="a member of staff", found=who, todo=todo)
    return Actor(kind=ActorKind.STAFF, id=row.id, name=row.name)


async def found_issue(conn: AsyncConnection, written: str) -> Row[Any]:
    """The row of an issue by PIR-1042, 1042 or its id; raises NotFound."""
    c = t.issues.c
    digits = written.rpartition("-")[2]
    by_number = c.number == int(digits) if digits.isdecimal() and len(digits) < 10 else None  # noqa: PLR2004 - a 32-bit column
    wanted = c.id == written if by_number is None else (c.id == written) | by_number
    row = (await conn.execute(select(t.issues).where(wanted))).first()
    if row is None:
        raise NotFound(f"There is no issue {written}. Look its number up with: issue-stream list --all")
    return row
