"""Where the real data stands: beside the checkout, never in it. Absent on most machines; then the tests say so."""

import gzip
import json
from pathlib import Path

import pytest

FIXTURES = Path(__file__).resolve().parents[3] / "shared" / "fixtures"


def rows(name: str) -> list[dict[str, str]]:
    """The lines of a set; skips the test when it is absent."""
    path = FIXTURES / name
    if not path.exists():
        pytest.skip(f"NOT MEASURED: the real data {name} is not beside the checkout (expected ../shared/fixtures)")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
