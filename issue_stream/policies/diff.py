"""What changed between two policies, in words for a partner manager. In two policies, out lines; it never decides."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import time, timedelta
from enum import Enum

from pydantic import BaseModel

from issue_stream.policies.spans import span_words
from schemas.policy import Policy

_PARTS = {
    "tiers": "tier",
    "teams": "team",
    "categories": "category",
    "ladders": "ladder",
    "must_know": "must-know rule",
}


def policy_diff(old: Policy, new: Policy) -> list[str]:
    """One line a change; empty when both mean the same."""
    return list(_differences(old, new))


def _differences(old: Policy, new: Policy) -> Iterator[str]:
    for name in Policy.model_fields:
        before, after = getattr(old, name), getattr(new, name)
        if name == "version" or before == after:
            continue
        if name in _PARTS:
            yield from _list(_PARTS[name], before, after)
        else:
            yield from _value(_spoken(name), before, after)


def _list(what: str, before: Sequence[BaseModel], after: Sequence[BaseModel]) -> Iterator[str]:
    old, new = _by_id(before), _by_id(after)
    yield from (f'{what} {key}: removed ("{_name(old[key])}")' for key in old if key not in new)
    yield from (f'{what} {key}: added ("{_name(new[key])}")' for key in new if key not in old)
    for key in old.keys() & new.keys():
        if old[key] != new[key]:
            yield from _value(f"{what} {key}", old[key], new[key])
    if list(old) != list(new) and old.keys() == new.keys():
        yield f"{what}: the order changed to {', '.join(new)}"


def _value(place: str, before: object, after: object) -> Iterator[str]:
    if isinstance(before, BaseModel) and isinstance(after, BaseModel):
        for name in type(before).model_fields:
            if getattr(before, name) != getattr(after, name):
                yield from _value(f"{place}, {_spoken(name)}", getattr(before, name), getattr(after, name))
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}, key=str):
            if before.get(key) != after.get(key):
                yield f"{place}, {_said(key)}: from {_said(before.get(key))} to {_said(after.get(key))}"
    elif _is_models(before) or _is_models(after):
        yield f"{place}: from {_said(before)} to {_said(after)}"
    elif isinstance(before, tuple) and isinstance(after, tuple):
        yield from _words(place, before, after)
    else:
        yield f"{place}: from {_said(before)} to {_said(after)}"


def _words(place: str, before: tuple[object, ...], after: tuple[object, ...]) -> Iterator[str]:
    gone, come = [x for x in before if x not in after], [x for x in after if x not in before]
    if gone:
        yield f"{place}: no longer {_said(tuple(gone))}"
    if come:
        yield f"{place}: new {_said(tuple(come))}"
    if not gone and not come:
        yield f"{place}: the order changed to {_said(after)}"


def _is_models(found: object) -> bool:
    return isinstance(found, tuple) and bool(found) and isinstance(found[0], BaseModel)


def _said(found: object) -> str:
    match found:
        case None | ():
            return "nothing"
        case timedelta():
            return span_words(found)
        case time():
            return found.strftime("%H:%M")
        case Enum():
            return str(found.value)
        case bool():
            return "yes" if found else "no"
        case BaseModel():
            shown = [_said(value) for name in type(found).model_fields if (value := getattr(found, name)) is not None]
            return " ".join(shown)
        case tuple():
            return "; ".join(_said(one) for one in found)
        case _:
            return str(found)


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _by_id(parts: Sequence[BaseModel]) -> dict[str, BaseModel]:
    return {str(getattr(part, "id", "")): part for part in parts}


def _name(part: BaseModel) -> str:
    return str(getattr(part, "name", ""))
