"""What a command said: its JSON, its two lines on stderr, and the number of a partner's issue."""

from typing import Any

import orjson
from click.testing import Result

from tests.issue_stream.commands.conftest import Call


def said(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(result.stdout)
    return found


def two_lines(result: Result) -> tuple[str, str]:
    """What happened and what to do, both on stderr."""
    what, todo = result.stderr.strip().splitlines()
    return what, todo


def number_of(call: Call, partner: str) -> str:
    return str(said(call("list", "--all", "--partner", partner, "--json"))["issues"][0]["number"])
