"""Old messages decode for ever: each golden file is read, written again, and means the same."""

from pathlib import Path

import orjson
import pytest

from schemas.envelope import decode_command, decode_event, encode_command, encode_event
from schemas.notices import decode_notice, encode_notice
from tests.schemas.make_examples import COMMANDS, EVENTS, EXAMPLES, examples, kind_of, write_missing

FILES = sorted(EXAMPLES.glob("*/v*.json"))
KINDS = {kind_of(model) for model in COMMANDS + EVENTS} | {"notice"}


def _again(value: bytes, kind: str) -> bytes:
    if kind == "notice":
        return encode_notice(decode_notice(value))
    if kind in {kind_of(model) for model in COMMANDS}:
        return encode_command(decode_command(value))
    message = decode_event(value)
    if message is None:
        raise AssertionError("an event decoded without a filter is never skipped")
    return encode_event(message)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_a_golden_message_decodes_and_means_the_same_when_written_again(path: Path) -> None:
    before = path.read_bytes()

    assert orjson.loads(_again(before, path.parent.name)) == orjson.loads(before)


def test_every_kind_has_an_example_and_every_example_a_kind() -> None:
    found = {path.parent.name for path in FILES}

    assert found - KINDS == set()
    assert KINDS - found == set(), "run python -m tests.schemas.make_examples"


def test_examples_are_never_overwritten(tmp_path: Path) -> None:
    first = write_missing(tmp_path, examples())
    first[0].write_text("kept")

    assert write_missing(tmp_path, examples()) == []
    assert first[0].read_text() == "kept"
    assert len(first) == len(KINDS)
