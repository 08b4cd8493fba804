"""The company that the load runs through: the sample company, staff who never tire, a policy that holds nothing."""

import json
from pathlib import Path

from sqlalchemy import update

from issue_stream.house import House
from issue_stream.policies.loader import default_text
from issue_stream.sample.company import sample_company
from issue_stream.sample.install import install
from issue_stream.settings import Settings
from issue_stream.store import tables as t
from issue_stream.store.database import Database
from issue_stream.store.migrate import upgrade
from schemas.values import Instant

CAPACITY = 1_000_000


def policy_file(folder: Path) -> Path:
    """The default policy, but news is sent at once and a daily budget binds only in long runs."""
    lines = []
    for line in default_text().splitlines():
        key = line.strip().partition(":")[0]
        indent = line[: len(line) - len(line.lstrip())]
        replaced = {"hold": "0m", "per_person_a_day": "2000"}.get(key)
        lines.append(f"{indent}{key}: {replaced}" if replaced else line)
    file = folder / "policy.yaml"
    file.write_text("\n".join(lines) + "\n")
    return file


async def settle(settings: Settings, now: Instant) -> None:
    """Tables, people, and staff whose capacity never ends."""
    await upgrade(settings.database)
    db = await Database.open(settings.database)
    try:
        await install(db, sample_company())
        async with db.write() as conn:
            await conn.execute(update(t.staff).values(capacity=CAPACITY, away_from=None, away_until=None))
    finally:
        await db.close()


async def sorter(house: House) -> str:
    """Somebody of the front desk, which is asked when the agent is not sure."""
    team = house.keeper.current().classification.front_desk
    directory = await house.reading.directory()
    return next(person.id for person in directory.of_team(team) if person.may_own)


def environment(settings: Settings) -> dict[str, str]:
    """The same settings for a worker in a process of its own."""
    return {
        "ISSUE_STREAM_VAR_DIR": str(settings.var_dir),
        "ISSUE_STREAM_DATABASE_URL": settings.database,
        "ISSUE_STREAM_BROKER_URL": settings.broker,
        "ISSUE_STREAM_POLICY_FILE": str(settings.policy_file or ""),
        "ISSUE_STREAM_LOG_LEVEL": "warning",
        "ISSUE_STREAM_WEB__SECRET_KEYS": json.dumps(["0" * 64]),
    }
