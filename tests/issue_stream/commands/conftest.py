from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.issue_stream.little_house import LittleHouse, little_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[LittleHouse]:
    async with little_house(tmp_path) as opened:
        yield opened


@pytest.fixture
async def lived_in(house: LittleHouse) -> LittleHouse:
    """With the sample company and its issues, all answered."""
    await house.set_up.sample()
    await house.settle()
    return house
