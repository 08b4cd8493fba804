"""How each kind of field is read. In: what was written. Out: a value, or ValueError(expected, found)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from issue_stream.policies.spans import span_of
from issue_stream.policies.words import choice, quoted
from issue_stream.rehearsal.scenario import Company
from issue_stream.rehearsal.verbs import Field, Kind
from schemas.errors import BadInput
from schemas.policy import Policy
from schemas.values import Instant


@dataclass
class Known:
    """Which names a step may use: people and policy from the start, issues as they are raised."""

    company: Company
    policy: Policy
    issues: set[str] = field(default_factory=set)


def fault(where: str, expected: str, found: str, todo: str) -> BadInput:
    """A fault of a scenario at `file:line`."""
    return BadInput(where, expected=expected, found=found, todo=todo)


def instant_of(written: object) -> Instant | None:
    """An aware instant in UTC, or None when it is none or has no zone."""
    if isinstance(written, datetime):
        return _with_zone(written)
    if not isinstance(written, str):
        return None
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return None if found.tzinfo is None else found.astimezone(UTC)


def _with_zone(found: datetime) -> Instant | None:
    """The reader of YAML turns instants into UTC and keeps beside them whether a zone was written."""
    if found.tzinfo is None and not getattr(found, "_yaml", {}).get("tz"):
        return None
    plain = datetime(found.year, found.month, found.day, found.hour, found.minute, found.second, tzinfo=UTC)
    return plain if found.tzinfo is None else plain.replace(tzinfo=found.tzinfo).astimezone(UTC)


def checked(kind: Field, written: Any, known: Known) -> Any:  # noqa: ANN401 - what a stranger wrote may be anything
    """The value of a field; raises ValueError(expected, found)."""
    if isinstance(kind, tuple):
        return _one_of(written, kind, "one of the words")
    named = _names(kind, known)
    if named is not None:
        return _one_of(written, named, kind.value)
    if kind is Kind.NEW_ISSUE:
        return _new_issue(written, known)
    return _PLAIN[kind](written, kind)


def _names(kind: Kind, known: Known) -> Iterable[str] | None:
    by_kind: Mapping[Kind, Callable[[], Iterable[str]]] = {
        Kind.STAFF: lambda: known.company.staff,
        Kind.CONTACT: lambda: known.company.contacts,
        Kind.PARTNER: lambda: known.company.partners,
        Kind.ISSUE: lambda: known.issues,
        Kind.TEAM: lambda: [team.id for team in known.policy.teams],
        Kind.CATEGORY: lambda: [category.id for category in known.policy.categories],
    }
    return by_kind[kind]() if kind in by_kind else None


def _one_of(written: object, allowed: Iterable[str], expected: str) -> str:
    words = allowed if isinstance(allowed, set | dict) else list(allowed)
    said = str(written)
    if said not in words:
        raise ValueError(expected, f"{quoted(written)}; {choice(said, sorted(words)[:40])}")
    return said


def _new_issue(written: object, known: Known) -> str:
    said = _name(written, Kind.NAME)
    if said in known.issues:
        raise ValueError("a new name for the issue", f"{quoted(said)}, which was raised before")
    known.issues.add(said)
    return said


def _text(written: object, kind: Kind) -> str:
    if isinstance(written, Mapping | list) or written is None or not str(written).strip():
        raise ValueError(kind.value, quoted(written))
    return str(written)


def _name(written: object, kind: Kind) -> str:
    said = _text(written, kind)
    if not all(c.isalnum() or c in "_.-" for c in said) or len(said) > 40 or not said[0].isalnum():  # noqa: PLR2004 - fits an id
        raise ValueError("a short name of letters, digits and _ . -", quoted(written))
    return said


def _span(written: object, kind: Kind) -> object:
    span = span_of(written)
    if span is None:
        raise ValueError(kind.value, quoted(written))
    return span


def _instant(written: object, kind: Kind) -> Instant:
    found = instant_of(written)
    if found is None:
        raise ValueError(kind.value, quoted(written))
    return found


def _day(written: object, kind: Kind) -> date:
    if isinstance(written, date) and not isinstance(written, datetime):
        return written
    try:
        return date.fromisoformat(str(written))
    except ValueError as exc:
        raise ValueError(kind.value, quoted(written)) from exc


def _amount(written: object, kind: Kind) -> Decimal:
    try:
        amount = Decimal(str(written))
    except InvalidOperation as exc:
        raise ValueError(kind.value, quoted(written)) from exc
    if not amount.is_finite() or amount < 0:
        raise ValueError(kind.value, quoted(written))
    return amount


def _number(written: object, kind: Kind) -> int:
    if isinstance(written, bool) or not isinstance(written, int):
        raise ValueError(kind.value, quoted(written))  # noqa: TRY004 - one kind of fault for all fields
    return int(written)


def _yes_no(written: object, kind: Kind) -> bool:
    if not isinstance(written, bool):
        raise ValueError(kind.value, quoted(written))  # noqa: TRY004 - one kind of fault for all fields
    return bool(written)


def _list(written: object, kind: Kind) -> tuple[str, ...]:
    if not isinstance(written, list):
        raise ValueError(kind.value, quoted(written))  # noqa: TRY004 - one kind of fault for all fields
    return tuple(map(str, written))


_PLAIN: Mapping[Kind, Callable[[Any, Kind], Any]] = {
    Kind.WORDS: _text,
    Kind.SPAN: _span,
    Kind.DAY: _day,
    Kind.INSTANT: _instant,
    Kind.AMOUNT: _amount,
    Kind.NUMBER: _number,
    Kind.YES_NO: _yes_no,
    Kind.NAME: _name,
    Kind.ADDRESSES: _list,
    Kind.STAFF_LIST: _list,
}
