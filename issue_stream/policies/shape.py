"""Whether a tree has the shape of a policy: keys, types, spans. In a tree, out a policy or faults with their places.

The models of `schemas/policy.py` say what is allowed; this file only turns spans into timedeltas and pydantic's
findings into sentences.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from issue_stream.policies.spans import span_of
from issue_stream.policies.tree import Place, at, children
from issue_stream.policies.words import choice, quoted
from schemas.policy import Policy

Fault = tuple[Place, str]
"""Where, and the sentence."""

_SENTENCES: Mapping[str, str] = {
    "string_type": "expected words; put them in quotes if they look like a number or a date",
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
    "int_type": "expected a whole number",
    "float_parsing": "expected a number",
    "float_type": "expected a number",
    "decimal_parsing": "expected an amount such as 50000",
    "decimal_type": "expected an amount such as 50000",
    "bool_parsing": "expected true or false",
    "bool_type": "expected true or false",
    "tuple_type": "expected a list: [one, two], or lines that begin with -",
    "model_type": "expected keys with values below it",
    "model_attributes_type": "expected keys with values below it",
    "dict_type": "expected keys with values below it",
    "mapping_type": "expected keys with values below it",
}

_PATTERNS: Mapping[str, str] = {"prefix": "expected 2 to 8 capital letters such as PIR"}
_ID_PATTERN = "expected a short name of letters, digits and _ . - without spaces"


AT_ONCE = "0m"
MAY_BE_AT_ONCE = frozenset({"hold"})
"""Spans that may be nothing: news that is not held leaves at once; a deadline of nothing would pass unread."""


@dataclass
class _Walk:
    """The plain copy of a tree in the making, and the faults met on the way."""

    faults: list[Fault] = field(default_factory=list)

    def plain(self, node: object, kind: object, place: Place) -> Any:  # noqa: ANN401 - as in `at`
        if kind is timedelta:
            return self._span(node, place)
        if kind is time:
            return self._time(node, place)
        if isinstance(node, Mapping):
            known = _fields(kind)
            return {k: self.plain(child, known.get(str(k)), (*place, str(k))) for k, child in children(node)}
        if isinstance(node, list):
            inner = _inner(kind)
            return [self.plain(child, inner, (*place, n)) for n, child in enumerate(node)]
        return node

    def _span(self, node: object, place: Place) -> timedelta:
        if node == AT_ONCE and place[-1] in MAY_BE_AT_ONCE:
            return timedelta(0)
        span = span_of(node)
        if span is None:
            self.faults.append((place, f"found {quoted(node)}; expected a span such as 30m, 4h, 2d or 1w"))
        return span or timedelta(hours=1)

    def _time(self, node: object, place: Place) -> time:
        try:
            return time.fromisoformat(node) if isinstance(node, str) else self._no_time(node, place)
        except ValueError:
            return self._no_time(node, place)

    def _no_time(self, node: object, place: Place) -> time:
        self.faults.append((place, f'found {quoted(node)}; expected a time of day in quotes such as "07:30"'))
        return time(0)


def shaped(tree: Mapping[str, Any], version: str) -> tuple[Policy | None, list[Fault]]:
    """The policy of a tree, or None and every fault of its shape."""
    walk = _Walk()
    plain = walk.plain(tree, Policy, ())
    if "version" in plain:
        walk.faults.append((("version",), 'unknown key "version"; it is computed from the text, remove the line'))
    try:
        policy = Policy.model_validate(plain | {"version": version})
    except ValidationError as exc:
        errors = exc.errors(include_url=False, include_context=True)
        return None, walk.faults + [fault for error in errors for fault in _said(error, tree)]
    return (None if walk.faults else policy), walk.faults


def _said(error: ErrorDetails, tree: Mapping[str, Any]) -> Iterator[Fault]:
    place = tuple(part for part in error["loc"] if part != "[key]")
    kind, context = error["type"], error.get("ctx", {})
    found = quoted(at(tree, place))
    if kind == "extra_forbidden":
        known = [name for name in _fields(model_at(place[:-1])) if name != "version"]
        yield place, f'unknown key "{place[-1]}"; {choice(place[-1], known)}'
    elif kind == "missing":
        yield place, f'"{place[-1]}" is missing{_where(place)}; add the line'
    elif kind == "enum":
        yield place, f"found {_at_key(error, found)}; {choice(error['input'], _enum_words(str(context['expected'])))}"
    elif kind == "too_short":
        yield place, "found an empty list; at least one is needed"
    elif kind == "string_pattern_mismatch":
        yield place, f"found {found}; {_PATTERNS.get(str(place[-1]), _ID_PATTERN)}"
    elif kind in _SENTENCES:
        yield place, f"found {found}; {_SENTENCES[kind]}"
    else:
        yield place, f"found {found}; {_plainly(error['msg'])}"


def _at_key(error: ErrorDetails, found: str) -> str:
    return quoted(error["input"]) if "[key]" in error["loc"] else found


def _enum_words(expected: str) -> list[str]:
    return [word.strip("' ") for word in expected.replace(" or ", ", ").split(", ")]


def _plainly(message: str) -> str:
    return message.replace("Input should", "it should").replace("String should", "it should")


def _where(place: Place) -> str:
    above = [str(part) for part in place[:-1] if isinstance(part, str)]
    return f" in {above[-1]}" if above else ""


def _fields(kind: object) -> Mapping[str, Any]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {name: _bare(found.annotation) for name, found in kind.model_fields.items()}
    return {}


def _bare(annotation: object) -> object:
    """The model or type inside `X | None`."""
    inner = [one for one in get_args(annotation) if one is not type(None)]
    return inner[0] if len(inner) == 1 and type(None) in get_args(annotation) else annotation


def _inner(kind: object) -> object:
    """What a tuple holds."""
    arguments = get_args(kind)
    return arguments[0] if arguments else None


def model_at(place: Place) -> object:
    """The model that stands at a place of a policy; None where there is none."""
    kind: object = Policy
    for part in place:
        kind = _inner(kind) if isinstance(part, int) else _fields(kind).get(part)
    return kind
