"""The tables of docs/reference/scenarios.md, made from the verbs and checks themselves; a test holds both together."""

from collections.abc import Mapping

from issue_stream.rehearsal.verbs import CHECKS, VERBS, Field, Kind


def verbs_table() -> str:
    """Every verb with what stands behind it and its fields."""
    rows = [
        f"| `{name}:` {_said(verb.subject)} | {_fields(verb.needs)} | {_fields(verb.may)} | {verb.meaning} |"
        for name, verb in VERBS.items()
    ]
    return "\n".join(("| step | needs | may have | meaning |", "|---|---|---|---|", *rows))


def checks_table() -> str:
    """Everything `expect` may look at."""
    rows = [f"| `{name}` | {_said(kind)} | {meaning} |" for name, (kind, meaning) in CHECKS.items()]
    return "\n".join(("| check | written as | meaning |", "|---|---|---|", *rows))


def _fields(fields: Mapping[str, Field]) -> str:
    return "; ".join(f"`{name}` {_said(kind)}" for name, kind in fields.items())


def _said(kind: Field) -> str:
    if isinstance(kind, Kind):
        return kind.value
    return ", ".join(f"`{word}`" for word in kind)
