"""The audit and the export read both databases in the same way."""

from pathlib import Path
from zipfile import ZipFile

import orjson

from issue_stream.store.database import Database
from issue_stream.store.exporting import Wanted, export
from issue_stream.store.verify import Audit, verify
from tests.builders import NOW, policy_book
from tests.issue_stream.little_house import LittleHouse


async def test_an_audit_of_a_lived_in_store_finds_nothing(db: Database) -> None:
    house = LittleHouse(db)
    await house.set_up.sample()
    await house.settle()
    checks = [check async for check in verify(Audit(db, policy_book(), NOW))]

    assert [check for check in checks if not check.ok] == []
    assert {check.name: check.counted for check in checks}["folds"] == 8


async def test_one_partner_can_be_taken_away_alone(db: Database, tmp_path: Path) -> None:
    house = LittleHouse(db)
    await house.set_up.sample()
    await house.settle()
    counts = await export(db, Wanted(tmp_path / "fjord.zip", NOW, "fjord"))
    with ZipFile(tmp_path / "fjord.zip") as made:
        issues = [orjson.loads(line) for line in made.read("issues.jsonl").splitlines()]
        manifest = orjson.loads(made.read("manifest.json"))

    assert (
        counts == manifest["counts"] == {"issues": 1, "events": 3, "partners": 1, "contacts": 2, "texts": 3, "files": 0}
    )
    assert [issue["partner"] for issue in issues] == ["fjord"]
