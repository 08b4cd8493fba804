"""What a partner may see is an allow-list: internal text has no path into a line."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import events as e
from schemas.envelope import EventMessage
from schemas.partner_view import LineKind, partner_line
from schemas.values import Actor, Because, Value
from schemas.vocabulary import ActorKind
from tests.schemas.make_examples import EVENTS, an_event, filled, kind_of

VISIBLE: dict[str, frozenset[str]] = {
    "raised": frozenset({"what", "files"}),
    "sender-confirmed": frozenset(),
    "triaged": frozenset({"category"}),
    "accepted": frozenset({"owner_name", "team"}),
    "comment-added": frozenset({"text", "files"}),
    "not-moving-said": frozenset({"text", "reason"}),
    "replied": frozenset({"text", "files", "next_update_at"}),
    "no-progress-told": frozenset({"in_a_row", "next_update_at"}),
    "wait-started": frozenset({"on", "reason", "review_at"}),
    "wait-ended": frozenset(),
    "resolved": frozenset({"text", "assume_at"}),
    "cannot-be-done": frozenset({"reason", "alternative", "review_on"}),
    "resolution-confirmed": frozenset({"text"}),
    "resolution-denied": frozenset({"text"}),
    "closed": frozenset({"reason"}),
    "still-fixed-asked": frozenset(),
    "still-fixed-answered": frozenset({"text", "fixed"}),
    "reopened": frozenset(),
    "escalated": frozenset(),
    "problem-linked": frozenset(),
    "merged-into": frozenset({"into_number"}),
    "unmerged": frozenset(),
    "promise-made": frozenset({"what", "due_at"}),
    "promise-revised": frozenset({"reason", "due_at"}),
    "promise-kept": frozenset(),
    "promise-broken": frozenset(),
    "promise-withdrawn": frozenset({"reason"}),
}
"""Every event a partner hears of, and the fields they may read of it; agreed apart from the code."""


def _planted(model: type[Value], mark: str) -> tuple[Any, dict[str, str]]:
    """One of this kind whose every word is a token of its own, and the field each token stands in."""
    tokens: dict[str, str] = {}
    event = filled(model)
    changed = {
        name: _tokens(getattr(event, name), name, name, mark, tokens) for name in model.model_fields if name != "type"
    }
    return event.model_copy(update=changed), tokens


def _tokens(found: Any, path: str, field: str, mark: str, tokens: dict[str, str]) -> Any:  # noqa: ANN401 - any field
    if type(found) is str:
        token = f"{mark}-{path.replace('.', '-')}"
        tokens[token] = field
        return token
    if isinstance(found, tuple):
        return tuple(_tokens(one, f"{path}.{n}", field, mark, tokens) for n, one in enumerate(found))
    if isinstance(found, Value):
        inner = {n: _tokens(getattr(found, n), f"{path}.{n}", field, mark, tokens) for n in type(found).model_fields}
        return found.model_copy(update=inner)
    return found


def _message(event: Any, mark: str, kind: ActorKind) -> EventMessage:  # noqa: ANN401 - any event
    because = Because(rule=f"{mark}-rule", sentence=f"{mark}-why", inputs={"a": f"{mark}-in"}, otherwise=f"{mark}-else")
    by = Actor(kind=kind, id=f"{mark}-by", name=f"First {mark}-last")
    return an_event(event).model_copy(update={"by": by, "because": because, "policy": f"{mark}-policy"})


@pytest.mark.parametrize("model", EVENTS, ids=kind_of)
@settings(max_examples=20)
@given(mark=st.from_regex(r"q[a-z]{6}", fullmatch=True), kind=st.sampled_from(ActorKind))
def test_no_internal_word_reaches_a_partner(model: type[Value], mark: str, kind: ActorKind) -> None:
    """R-27: unique tokens in every field of every event; only those of the agreed list come out."""
    event, tokens = _planted(model, mark)
    line = partner_line(_message(event, mark, kind))
    shown = "" if line is None else line.model_dump_json()
    leaked = set(re.findall(rf"{mark}[\w-]*", shown))
    allowed = {token for token, field in tokens.items() if field in VISIBLE.get(kind_of(model), frozenset())}

    assert leaked <= allowed


@pytest.mark.parametrize("model", EVENTS, ids=kind_of)
def test_a_partner_hears_of_exactly_the_agreed_events(model: type[Value]) -> None:
    line = partner_line(an_event(filled(model)))

    assert (line is not None) == (kind_of(model) in VISIBLE)


def test_a_partner_reads_the_words_written_for_them() -> None:
    refused = partner_line(an_event(filled(e.CannotBeDone)))

    assert refused is not None
    assert (refused.kind, refused.text, refused.second) == (LineKind.REFUSED, "text:reason", "text:alternative")


def test_an_owner_is_known_by_their_first_name_only() -> None:
    line = partner_line(an_event(filled(e.Accepted)))

    assert line is not None
    assert line.figures["owner"] == "Mia"


def test_an_escalation_that_told_nobody_is_not_claimed() -> None:
    told, untold = filled_escalation(("lena",)), filled_escalation(())

    assert partner_line(an_event(told)) is not None
    assert partner_line(an_event(untold)) is None


def filled_escalation(told: tuple[str, ...]) -> Any:  # noqa: ANN401 - a member of the union
    return filled(next(model for model in EVENTS if kind_of(model) == "escalated"), told=told)


@pytest.mark.parametrize("kind", [kind for kind in ActorKind if kind is not ActorKind.STAFF])
def test_only_a_person_is_named_as_the_speaker_of_a_reply(kind: ActorKind) -> None:
    line = partner_line(_message(filled(e.Replied), "q", kind))

    assert line is not None
    assert line.figures["speaker"] == ""
