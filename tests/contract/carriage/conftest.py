"""One suite for both carriages: every test takes `rig`, a group with empty topics of its own."""

from pathlib import Path

import pytest

from tests.contract.carriage.rig import Rig
from tests.services.kafka_broker import Kafka


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.services)])
def carriage(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a carriage."""
    if request.param == "embedded":
        return f"embedded://{tmp_path / 'log.db'}"
    broker: Kafka = request.getfixturevalue("kafka_broker")
    return broker.url


@pytest.fixture
async def rig(carriage: str, tmp_path: Path) -> Rig:
    made = Rig(carriage, tmp_path)
    await made.make_topics()
    return made
