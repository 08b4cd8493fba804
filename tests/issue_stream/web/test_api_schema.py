"""The description of the API is true: schemathesis makes requests from it and holds every answer to it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from pydantic import SecretStr
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from issue_stream.web.settings import WebSettings
from tests.issue_stream.web.conftest import KEY, open_booth
from tests.issue_stream.web.scenes import served

NOT_HELD = [positive_data_acceptance]
"""A schema cannot say which addresses belong to a partner, nor which days lie ahead: refusing them is right."""


async def _hold_the_description(folder: Path, examples: int) -> None:
    often = WebSettings(
        secret_keys=(SecretStr(KEY),), address_requests_per_minute=100_000, api_requests_per_minute=100_000
    )
    async with open_booth(folder, often) as booth:
        key = {"Authorization": (await booth.key())["authorization"]}
        await booth.owned()
        async with served(booth) as host:
            await asyncio.to_thread(_hold, booth.app.openapi(), host, key, examples)


def _hold(description: dict[str, Any], host: str, key: dict[str, str], examples: int) -> None:
    schema = schemathesis.openapi.from_dict(description)
    operations = [found.ok() for found in schema.get_all_operations()]

    assert len(operations) == 4
    for operation in operations:
        for mode in GenerationMode:

            @given(case=operation.as_strategy(generation_mode=mode))
            @settings(
                max_examples=examples,
                deadline=None,
                derandomize=True,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            def answers_as_described(case: Case) -> None:
                case.call_and_validate(base_url=host, headers=key, excluded_checks=NOT_HELD)

            answers_as_described()


async def test_answers_are_as_described(tmp_path: Path) -> None:
    await _hold_the_description(tmp_path, 8)


@pytest.mark.services
async def test_many_answers_are_as_described(tmp_path: Path) -> None:
    await _hold_the_description(tmp_path, 150)
