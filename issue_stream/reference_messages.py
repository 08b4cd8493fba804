"""The page docs/reference/messages.md, made from the messages themselves: every command, event and notice with fields.

`python -m issue_stream.reference_messages FILE` writes it; a test holds page and code together.
"""

import sys
from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, get_args

import orjson
from pydantic.fields import FieldInfo

from schemas.commands import Command
from schemas.events import Event
from schemas.notices import Notice, NoticeKind
from schemas.values import Value

_HEAD = """# Messages

Made from `schemas/` by `python -m issue_stream.reference_messages docs/reference/messages.md`; do not edit by hand.

Every message travels as CloudEvents 1.0 in structured JSON. Commands and events are keyed by their issue, notices by
their recipient. Texts are content ids, never words. Fields are added with defaults and never renamed; one example of
every message stands in `schemas/examples/`.

| envelope | meaning |
|---|---|
| `id` | deterministic: delivering a message twice changes nothing |
| `type` | `issue-stream.command.KIND.v1`, `issue-stream.event.KIND.v1` or `issue-stream.notice.v1` |
| `subject` | the issue's id; of a notice without an issue its recipient |
| `time` | when it was said, UTC |
| `by` | who wished it: `kind` (partner, staff, agent, timer, service), `id`, `name` |
| `because` | why, when an agent decided: `rule`, `sentence`, `inputs`, `otherwise`, `policy` |
| `expects_version` | commands: refused when the issue has moved on since |
| `issueversion`, `cause`, `policy` | events: the step of the issue, the command's id, the policy that decided |
| `data` | the fields below |
"""


def page() -> str:
    """The whole page."""
    commands, events = get_args(get_args(Command)[0]), get_args(get_args(Event)[0])
    kinds = ", ".join(f"`{kind.value}`" for kind in NoticeKind)
    parts = [
        _HEAD,
        f"## Commands\n\nWishes, on `issue-commands`; the desk grants or refuses each. {len(commands)} kinds.\n",
        *map(_section, commands),
        f"## Events\n\nFacts, on `issue-events`; only the desk writes them. {len(events)} kinds.\n",
        *map(_section, events),
        f"## Notices\n\nOn `issue-notices`. What a notice says (`kind`): {kinds}.\n",
        _fields(Notice),
        "## Values inside\n",
        *_values((*commands, *events)),
    ]
    return "\n".join(parts)


def _section(model: type[Value]) -> str:
    kind = model.model_fields["type"].default
    promise = " ".join((model.__doc__ or "").split())
    return f"### `{kind}`\n\n{promise}\n\n{_fields(model)}"


def _values(models: Sequence[type[Value]]) -> Iterator[str]:
    """Every value and vocabulary that stands in a field, once, in order of first use."""
    seen: dict[Any, None] = {}
    waiting = list(models)
    while waiting:
        for found in waiting.pop(0).model_fields.values():
            for inner in _inside(found.annotation):
                if inner not in seen:
                    seen[inner] = None
                    waiting += [inner] if issubclass(inner, Value) else []
    for one in seen:
        body = _fields(one) if issubclass(one, Value) else ", ".join(f"`{word.value}`" for word in one) + "\n"
        yield f"### {one.__name__}\n\n{' '.join((one.__doc__ or '').split())}\n\n{body}"


def _inside(annotation: Any) -> Iterator[Any]:  # noqa: ANN401 - any annotation
    if isinstance(annotation, type) and issubclass(annotation, Value | Enum):
        yield annotation
    for argument in get_args(annotation):
        yield from _inside(argument)


def _fields(model: type[Value]) -> str:
    fields = {name: found for name, found in model.model_fields.items() if name != "type"}
    if not fields:
        return "No fields.\n"
    rows = "\n".join(f"| `{name}` | {_type(found)} | {_needed(found)} |" for name, found in fields.items())
    return f"| field | type | without it |\n|---|---|---|\n{rows}\n"


def _needed(found: FieldInfo) -> str:
    if found.is_required():
        return "needed"
    value = found.get_default(call_default_factory=True)
    plain = value.model_dump(mode="json", exclude_defaults=True) if isinstance(value, Value) else value
    return f"`{orjson.dumps(plain).decode()}`"


def _type(found: FieldInfo) -> str:
    return _said(found.annotation).replace("|", "\\|")


def _said(annotation: Any) -> str:  # noqa: ANN401 - any annotation
    arguments = [_said(one) for one in get_args(annotation) if one is not Ellipsis]
    if hasattr(annotation, "__metadata__"):
        return arguments[0]
    name = getattr(annotation, "__name__", str(annotation))
    if annotation is type(None):
        return "null"
    if name in {"tuple", "Mapping"}:
        return f"list of {arguments[0]}" if name == "tuple" else "mapping"
    if arguments:
        return " | ".join(arguments)
    return _PLAIN.get(name, name)


_PLAIN = {"str": "text", "bool": "true or false", "int": "whole number", "float": "number", "Decimal": "amount"}


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), "utf-8")
