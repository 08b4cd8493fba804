"""A scenario's YAML becomes values, or a BadInput that names file, line, what was expected and found.

In: a text and the name it is called in messages. Out: a Scenario. It reads a second file only for `policy: FILE`, and
never a clock. What can be known before playing is checked here: verbs, fields, people, order of time.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from issue_stream.policies.spans import span_of
from issue_stream.policies.tree import Place, line_of, parsed
from issue_stream.policies.words import choice, quoted
from issue_stream.rehearsal.company import company_of
from issue_stream.rehearsal.fields import Known, checked, fault, instant_of
from issue_stream.rehearsal.policy import policy_of
from issue_stream.rehearsal.scenario import Scenario, Step
from issue_stream.rehearsal.verbs import CHECKS, VERBS, Field, Kind, Verb
from schemas.errors import BadInput, PolicyInvalid
from schemas.values import Instant

_TOP = ("start", "company", "policy", "steps", "about")
_TIMES = ("at", "after")
_DEFAULT_START = "2026-03-02T09:00:00Z"
"""A Monday morning."""


def read_file(path: Path) -> Scenario:
    """The scenario of a file; raises BadInput."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        found = getattr(exc, "strerror", None) or "a file that is not UTF-8 text"
        raise BadInput(str(path), expected="a scenario", found=found, todo="Name a YAML file that exists.") from exc
    return read(text, path.name, path.parent)


def read(text: str, name: str = "scenario.yaml", folder: Path | None = None) -> Scenario:
    """The scenario of a text; `folder` is where `policy: FILE` is looked for. Raises BadInput."""
    try:
        tree = parsed(text, name)
    except PolicyInvalid as exc:
        place, _, found = exc.faults[0].partition(": ")
        todo = "Mend this line; docs/reference/scenarios.md shows the form."
        raise BadInput(place, expected="a scenario in YAML", found=found.removeprefix("found "), todo=todo) from exc
    file = _File(name, tree)
    for key in tree:
        if key not in _TOP:
            raise file.fault((str(key),), f"one of {', '.join(_TOP)}", quoted(key), "Mend or remove this key.")
    start = _start(file)
    company = company_of(file, tree.get("company"))
    policy = policy_of(file, tree.get("policy"), folder)
    known = Known(company, policy)
    return Scenario(name, start, company, policy, tuple(_steps(file, known, start)))


class _File:
    """The tree with its lines: where a fault is said to be."""

    def __init__(self, name: str, tree: Any) -> None:  # noqa: ANN401 - what a stranger wrote
        self.name, self.tree = name, tree

    def line(self, place: Place) -> int:
        """The line of a place, counted from 1."""
        return line_of(self.tree, place)

    def fault(self, place: Place, expected: str, found: str, todo: str) -> BadInput:
        """A fault at this place."""
        return fault(f"{self.name}:{self.line(place)}", expected, found, todo)


def _start(file: _File) -> Instant:
    found = file.tree.get("start", _DEFAULT_START)
    start = instant_of(found)
    if start is None:
        raise file.fault(("start",), Kind.INSTANT.value, quoted(found), "Write the day, the time and Z for UTC.")
    return start


def _steps(file: _File, known: Known, start: Instant) -> Iterator[Step]:
    steps = file.tree.get("steps")
    if not isinstance(steps, list) or not steps:
        todo = "Add lines such as: - raise: A"
        raise file.fault(("steps",), "a list of steps", quoted(steps), todo)
    latest = start
    for number, found in enumerate(steps):
        step = _step(file, known, ("steps", number), found)
        latest = _in_order(file, ("steps", number), step, latest)
        yield step


def _in_order(file: _File, place: Place, step: Step, latest: Instant) -> Instant:
    """The instant of this step, never before the step before it."""
    if step.at is not None and step.at < latest:
        expected = f"an instant not before {latest.isoformat()}, where the step before stands"
        raise file.fault((*place, "at"), expected, step.at.isoformat(), "Order the steps by their time.")
    moved = step.at or (latest + step.after if step.after is not None else latest)
    return moved + step.subject if step.verb == "advance" else moved


def _step(file: _File, known: Known, place: Place, found: Any) -> Step:  # noqa: ANN401 - what a stranger wrote
    if not isinstance(found, Mapping) or not found:
        raise file.fault(place, "a step such as `accept: A`", quoted(found), "Begin each step with its verb.")
    written = {str(key): value for key, value in found.items()}
    name = next(iter(written))
    verb = VERBS.get(name)
    if verb is None:
        todo = "Begin each step with its verb, then its fields."
        raise file.fault((*place, name), "a verb first", f"{quoted(name)}; {choice(name, VERBS)}", todo)
    reader = _Reader(file, known, place, name, verb)
    return reader.step(written)


class _Reader:
    """One step being read."""

    def __init__(self, file: _File, known: Known, place: Place, name: str, verb: Verb) -> None:
        self._file, self._known, self._place, self._name, self._verb = file, known, place, name, verb

    def step(self, written: Mapping[str, Any]) -> Step:
        subject = self._value(self._name, self._verb.subject, written[self._name])
        given = {key: value for key, value in written.items() if key not in {self._name, *_TIMES, "expect"}}
        fields = self._checks(given, ()) if self._name == "expect" else self._fields(given)
        expected = written.get("expect", {}) if self._name != "expect" else {}
        if not isinstance(expected, Mapping):
            raise self._file.fault((*self._place, "expect"), "checks such as {state: accepted}", quoted(expected), _SEE)
        return Step(
            verb=self._name,
            subject=subject,
            fields=fields,
            line=self._file.line(self._place),
            at=self._at(written.get("at")),
            after=self._after(written),
            expect=self._checks(expected, ("expect",)),
        )

    def _fields(self, given: Mapping[str, Any]) -> dict[str, Any]:
        kinds: dict[str, Field] = {**self._verb.needs, **self._verb.may}
        for key in given:
            if key not in kinds:
                allowed = (*kinds, *_TIMES, "expect")
                expected = f"fields of {self._name}"
                raise self._file.fault((*self._place, key), expected, f"{quoted(key)}; {choice(key, allowed)}", _SEE)
        for key in self._verb.needs:
            if key not in given:
                raise self._file.fault(self._place, f"{key!r} beside {self._name}", "none", f"Add the line {key}: …")
        return {key: self._value(key, kinds[key], value) for key, value in given.items()}

    def _checks(self, given: Mapping[str, Any], inside: Place) -> dict[str, Any]:
        for key in given:
            if key not in CHECKS:
                place = (*self._place, *inside, str(key))
                raise self._file.fault(place, "something to check", f"{quoted(key)}; {choice(key, CHECKS)}", _SEE)
        return {str(key): self._check(str(key), value, inside) for key, value in given.items()}

    def _check(self, key: str, value: Any, inside: Place) -> Any:  # noqa: ANN401 - as above
        kind = CHECKS[key][0]
        if kind is Kind.STAFF and value == "nobody":
            return None
        if isinstance(value, list) and key in {"event", "no_event", "notice", "no_notice"}:
            return [str(one) for one in value]
        return self._value(key, kind, value, inside)

    def _value(self, key: str, kind: Field, value: Any, inside: Place = ()) -> Any:  # noqa: ANN401 - as above
        try:
            return checked(kind, value, self._known)
        except ValueError as exc:
            expected, found = exc.args
            raise self._file.fault((*self._place, *inside, key), f"{key}: {expected}", found, _SEE) from exc

    def _at(self, written: Any) -> Instant | None:  # noqa: ANN401 - as above
        if written is None:
            return None
        at = instant_of(written)
        if at is None:
            raise self._file.fault((*self._place, "at"), Kind.INSTANT.value, quoted(written), "Write the zone, or Z.")
        return at

    def _after(self, written: Mapping[str, Any]) -> timedelta | None:
        if "after" not in written:
            return None
        if "at" in written:
            place = (*self._place, "after")
            raise self._file.fault(place, "at or after, not both", "both", "Remove one of them.")
        after = span_of(written["after"])
        if after is None:
            raise self._file.fault((*self._place, "after"), Kind.SPAN.value, quoted(written["after"]), _SEE)
        return after


_SEE = "See docs/reference/scenarios.md."
