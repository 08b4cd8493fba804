from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import envelope
from schemas.envelope import (
    MAX_MESSAGE_BYTES,
    decode_command,
    decode_event,
    encode_command,
    encode_event,
    event_id,
    reaction_id,
    timer_command_id,
)
from schemas.errors import Undecodable
from schemas.events import NoteAdded
from schemas.notices import NoticeKind, decode_notice, encode_notice, notice_key
from tests.builders import DAY, NOW
from tests.schemas.make_examples import COMMANDS, a_command, a_notice, an_event, filled

COMMAND = encode_command(a_command(filled(COMMANDS[0])))
EVENT = encode_event(an_event(NoteAdded(text="text:note")))
ONE, OTHER = UUID(int=1), UUID(int=2)


def _changed(value: bytes, **fields: object) -> bytes:
    return orjson.dumps(orjson.loads(value) | fields)


POISON = {
    "nothing": None,
    "empty": b"",
    "not JSON": b"\x00\xff\xfe not json",
    "half a message": EVENT[: len(EVENT) // 2],
    "a list": b"[1, 2]",
    "a number": b"7",
    "null": b"null",
    "no type": b"{}",
    "type is no word": _changed(EVENT, type=7),
    "unknown type": _changed(EVENT, type="issue-stream.event.exploded.v1"),
    "body of another type": _changed(EVENT, data={"type": "exploded"}),
    "newer version": _changed(EVENT, type="issue-stream.event.note-added.v2"),
    "a stranger's message": _changed(EVENT, type="com.example.order.v1"),
    "no body": _changed(EVENT, data=None),
    "wrong field": _changed(EVENT, data={"type": "note-added", "text": {"a": 1}}),
    "missing field": _changed(EVENT, data={"type": "note-added"}),
    "an id that is none": _changed(EVENT, id="seven"),
    "an instant without a zone": _changed(EVENT, time="2026-03-02T09:30:00"),
    "version zero": _changed(EVENT, issueversion=0),
    "a path as issue": _changed(EVENT, subject="../../etc/passwd"),
    "huge": b'{"type": "' + b"x" * MAX_MESSAGE_BYTES + b'"}',
    "deeply nested": b"[" * 100_000 + b"]" * 100_000,
    "nested inside": EVENT[:-1] + b', "extra": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
}


@pytest.mark.parametrize("value", POISON.values(), ids=POISON.keys())
def test_bytes_that_are_no_event_are_undecodable_and_say_what_was_found(value: bytes | None) -> None:
    with pytest.raises(Undecodable, match="expected"):
        decode_event(value)


@pytest.mark.parametrize("value", [*POISON.values(), EVENT], ids=[*POISON.keys(), "an event"])
def test_bytes_that_are_no_command_are_undecodable(value: bytes | None) -> None:
    with pytest.raises(Undecodable, match="expected"):
        decode_command(value)


@pytest.mark.parametrize("value", [*POISON.values(), EVENT, COMMAND], ids=[*POISON.keys(), "an event", "a command"])
def test_bytes_that_are_no_notice_are_undecodable(value: bytes | None) -> None:
    with pytest.raises(Undecodable, match="expected"):
        decode_notice(value)


@given(st.binary(max_size=300))
def test_no_bytes_at_all_break_the_reader(value: bytes) -> None:
    with pytest.raises(Undecodable):
        decode_event(value)


def test_a_fault_names_the_place_and_never_the_words() -> None:
    poison = _changed(EVENT, data={"type": "note-added", "text": "our secret words"})

    with pytest.raises(Undecodable) as caught:
        decode_event(poison)

    assert "text" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_fields_of_a_newer_writer_are_ignored() -> None:
    newer = orjson.loads(EVENT) | {"sparkle": True}
    newer["data"]["mood"] = "fine"

    assert decode_event(orjson.dumps(newer)) == decode_event(EVENT)


def test_what_nobody_hears_is_not_even_validated() -> None:
    broken = _changed(EVENT, data={"type": "note-added"})

    assert decode_event(broken, frozenset({"raised"})) is None
    assert decode_event(EVENT, frozenset({"note-added"})) == decode_event(EVENT)


def test_the_version_a_wisher_looked_at_travels_with_the_wish() -> None:
    assert decode_command(COMMAND).expects_version == 4


def test_a_notice_reads_as_it_was_written() -> None:
    assert decode_notice(encode_notice(a_notice())) == a_notice()


def test_a_notice_of_a_newer_version_is_undecodable() -> None:
    with pytest.raises(Undecodable, match="notice"):
        decode_notice(_changed(encode_notice(a_notice()), type="issue-stream.notice.v2"))


def test_ids_are_the_same_for_the_same_cause_and_differ_otherwise() -> None:
    assert event_id(ONE, 0) == event_id(ONE, 0)
    assert len({event_id(ONE, 0), event_id(ONE, 1), event_id(OTHER, 0)}) == 3
    assert reaction_id(ONE, "offer") == reaction_id(ONE, "offer", 0)
    assert len({reaction_id(ONE, "offer"), reaction_id(ONE, "offer", 1), reaction_id(ONE, "ask")}) == 3


def test_a_timer_that_is_claimed_twice_wishes_once() -> None:
    first = timer_command_id("issue-1", "update_due", "", NOW)

    assert timer_command_id("issue-1", "update_due", "", NOW) == first
    assert timer_command_id("issue-1", "update_due", "", NOW + DAY) != first
    assert timer_command_id("issue-1", "promise_due", "", NOW) != first


def test_nobody_is_told_the_same_fact_twice() -> None:
    assert notice_key(ONE, NoticeKind.OWNED, "ida") == notice_key(ONE, NoticeKind.OWNED, "ida")
    assert notice_key(ONE, NoticeKind.OWNED, "ida") != notice_key(ONE, NoticeKind.OWNED, "cara")


def test_the_largest_message_of_ours_is_far_below_the_limit() -> None:
    largest = max(len(encode_command(a_command(filled(model)))) for model in COMMANDS)

    assert largest * 20 < envelope.MAX_MESSAGE_BYTES
