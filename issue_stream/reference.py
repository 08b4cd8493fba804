"""The reference pages that are made from the code: commands, settings, policy.

In: nothing but the code itself. Out: Markdown, the same for the same code; a test compares it with `docs/reference/`.
`python -m issue_stream.reference` writes the pages.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from issue_stream.cli import COMMANDS, main
from issue_stream.commands._help import help_texts
from issue_stream.policies.spans import span_words
from issue_stream.settings import Settings
from schemas.policy import Policy

_MADE = "<!-- Made by `python -m issue_stream.reference` from the code; change the code, not this page. -->"
_FOLDER = Path("docs/reference")
_NO_KEYS = frozenset({"version", "decline_routes"})
"""Set by the loader, and without effect: nobody should write them."""

_COMMANDS = """\
Every command takes `--help` and `--json`. Results go to stdout, errors to stderr in two lines: what happened, and what
to do.

| exit code | means |
|---|---|
| 0 | done |
| 1 | something is wrong, or the wish was refused |
| 2 | the input cannot be used |
| 3 | a part of ours is away; nothing was lost |

Commands that act on an issue need `--as` with an id or address of staff, or the variable `ISSUE_STREAM_AS`. They keep
the wish in the store, so they also work while no worker runs: then they say that it waits."""

_SETTINGS = """\
Settings are environment variables, or lines of a file `.env` in the working folder. With nothing set everything runs in
one process on SQLite and the embedded log under `var/`."""

_POLICY = """\
A policy is one YAML file. `issue-stream policy show --text` prints the one in force with its comments: copy it, change
it, and point `ISSUE_STREAM_POLICY_FILE` at the copy. A running system takes a changed file within seconds. A file with
faults is refused with all of them at once, one a line - `file:line: what was found; what is allowed; the nearest
allowed word` - and the old policy stays in force.

Spans are a whole number and a unit: `30m`, `4h`, `2d`, `1w`. Ids are short names without spaces. Its version is the
hash of its text; every automatic decision names the version that took it."""


def cli_page() -> str:
    """Every command with its options, as `--help` says them."""
    blocks = ["# The command line", _MADE, _COMMANDS]
    for group, names in COMMANDS.items():
        blocks.append(f"## {group}")
        for words, text in help_texts(main, list(names)):
            blocks += [f"{'##' + '#' * len(words)} issue-stream {' '.join(words)}", f"```text\n{text}\n```"]
    return _page(blocks)


def settings_page() -> str:
    """Every setting with its variable, default and meaning."""
    return _page(["# Settings", _MADE, _SETTINGS, _settings_table(Settings, "ISSUE_STREAM_")])


def _settings_table(model: type[BaseModel], prefix: str) -> str:
    rows = ["| variable | default | what it is |", "|---|---|---|"]
    return "\n".join(rows + list(_settings_rows(model, prefix)))


def _settings_rows(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, found in model.model_fields.items():
        inner = found.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _settings_rows(inner, f"{prefix}{name.upper()}__")
        else:
            yield f"| `{prefix}{name.upper()}` | {_cell(_default(found))} | {_cell(found.description or '')} |"


def policy_page() -> str:
    """Every key of a policy, what it may hold, and what it means."""
    return _page(["# The policy", _MADE, _POLICY, *_model_blocks(Policy, "The file")])


def _model_blocks(model: type[BaseModel], title: str) -> Iterator[str]:
    yield f"## {title}"
    yield _sentence(model)
    rows = ["| key | holds | default |", "|---|---|---|"]
    fields = {name: found for name, found in model.model_fields.items() if name not in _NO_KEYS}
    yield "\n".join(rows + [f"| `{n}` | {_cell(_holds(f))} | {_cell(_default(f))} |" for n, f in fields.items()])
    for name, found in fields.items():
        inner = _model_in(found.annotation)
        if inner is not None:
            yield from _model_blocks(inner, f"{title}: {name}" if title != "The file" else f"`{name}`")


def _sentence(model: type[BaseModel]) -> str:
    return " ".join((model.__doc__ or "").split())


def _holds(found: FieldInfo) -> str:
    kind = found.annotation
    if kind is str and any(
        getattr(part, "pattern", None) or getattr(part, "min_length", None) for part in found.metadata
    ):
        return "a short name"
    limits = [words for part in found.metadata if (words := _limit(part))]
    return ", ".join([_type_words(kind), *limits])


def _limit(part: object) -> str:
    words = {"ge": "at least", "le": "at most", "min_length": "number of lines: at least"}
    found = [f"{said} {getattr(part, key)}" for key, said in words.items() if hasattr(part, key)]
    return " and ".join(found)


def _type_words(kind: Any) -> str:  # noqa: ANN401 - annotations of any kind
    origin, inner = get_origin(kind), [one for one in get_args(kind) if one is not type(None)]
    if origin in {Union, UnionType}:
        return _type_words(inner[0])
    if origin is tuple:
        return f"a list of: {_type_words(inner[0])}"
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return f"{_type_words(inner[0])}, each with {_type_words(inner[1])}"
    if origin is not None:
        return _type_words(inner[0])
    if isinstance(kind, type) and issubclass(kind, Enum):
        return " or ".join(f"`{one.value}`" for one in kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return "keys, see below"
    return _PLAIN.get(kind, "words")


_PLAIN: Mapping[object, str] = {
    int: "a whole number",
    float: "a number",
    Decimal: "an amount",
    bool: "`true` or `false`",
    timedelta: "a span",
    time: 'a time of day such as "07:30"',
    str: "words",
}


def _model_in(kind: Any) -> type[BaseModel] | None:  # noqa: ANN401 - as above
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    return next((model for one in get_args(kind) if (model := _model_in(one)) is not None), None)


def _default(found: FieldInfo) -> str:
    if found.is_required():
        return "needed"
    value = found.get_default(call_default_factory=True) if found.default_factory is None else None
    if value is PydanticUndefined or value in (None, "", ()):
        return "-"
    if isinstance(value, timedelta):
        return span_words(value)
    if isinstance(value, tuple):
        return ", ".join(f"`{getattr(one, 'value', one)}`" for one in value)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("\n", " ")


def _page(blocks: list[str]) -> str:
    return "\n\n".join(block.rstrip() for block in blocks) + "\n"


PAGES: Mapping[str, Callable[[], str]] = {"cli.md": cli_page, "policy.md": policy_page, "settings.md": settings_page}


def write(folder: Path) -> None:
    """Write every page; the folder must exist."""
    for name, page in PAGES.items():
        folder.joinpath(name).write_text(page(), "utf-8")


if __name__ == "__main__":
    os.environ.pop("COLUMNS", None)  # a narrow terminal must not change the pages
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else _FOLDER)
