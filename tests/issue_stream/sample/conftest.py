from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.issue_stream.little_house import LittleHouse, little_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[LittleHouse]:
    async with little_house(tmp_path) as opened:
        yield opened
