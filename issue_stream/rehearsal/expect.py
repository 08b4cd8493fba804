"""Whether what a scenario expects has come true: checks in, sentences with file and line out; nothing is changed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from issue_stream.rehearsal.scenario import Step
from issue_stream.rehearsal.stage import Stage, issue_id
from schemas.issue import Issue


def unmet(name: str, step: Step, stage: Stage) -> list[str]:
    """`file:line: sentence` for every check of this step that does not hold."""
    checks = step.fields if step.verb == "expect" else step.expect
    return [f"{name}:{step.line}: {said}" for said in _faults(step, checks, stage)] if checks else []


def _faults(step: Step, checks: Mapping[str, Any], stage: Stage) -> Iterator[str]:
    key = issue_id(str(step.subject))
    issue = stage.house.issues.get(key)
    for check, wanted in checks.items():
        if check == "refused":
            found: object = stage.report.refused.get(key) or "nothing"
            if found != wanted:
                yield f"expected {step.subject} to be refused with {wanted}, found {found}"
        elif check in {"event", "no_event", "notice", "no_notice"}:
            yield from _happened(check, wanted, step, stage)
        elif issue is None:
            yield f"expected {check} {wanted} of {step.subject}, found no such issue: it was refused"
        elif check != "to":
            found = _look(issue, check)
            if found != wanted:
                yield f"expected {check} {_said(wanted)} of {step.subject}, found {_said(found)}"


def _happened(check: str, wanted: object, step: Step, stage: Stage) -> Iterator[str]:
    key = issue_id(str(step.subject))
    events = stage.report.happened.get(key, [])
    to = (step.fields if step.verb == "expect" else step.expect).get("to")
    told = [kind for kind, who in stage.report.told.get(key, []) if to in {None, who}]
    found = events if check.endswith("event") else told
    names = [str(name) for name in wanted] if isinstance(wanted, list) else [str(wanted)]
    whom = f" to {to}" if to is not None and check.endswith("notice") else ""
    what = check.removeprefix("no_")
    if check.startswith("no_"):
        if any(name in found for name in names):
            yield f"expected no {what} {wanted}{whom} about {step.subject}, found one"
    elif not _in_order(names, found):
        said = ", ".join(dict.fromkeys(found)) or "none"
        yield f"expected {what} {', '.join(names)}{whom} about {step.subject}, found {said}"


def _in_order(wanted: Sequence[str], found: Sequence[str]) -> bool:
    """Whether all of these stand in what was found, one after the other."""
    rest = iter(found)
    return all(name in rest for name in wanted)


def _look(issue: Issue, check: str) -> object:
    return _LOOKS[check](issue)


_LOOKS: Mapping[str, Callable[[Issue], object]] = {
    "state": lambda issue: issue.state.value,
    "owner": lambda issue: issue.owner,
    "offered_to": lambda issue: issue.offer.to if issue.offer is not None else None,
    "team": lambda issue: issue.team,
    "category": lambda issue: issue.category,
    "priority": lambda issue: issue.priority.value,
    "next_move": lambda issue: issue.next_move.value,
    "close_reason": lambda issue: issue.close_reason.value if issue.close_reason else None,
    "confirmed": lambda issue: issue.confirmed,
    "escalated": lambda issue: issue.is_escalated,
    "surprises": lambda issue: issue.surprises,
    "reopened": lambda issue: issue.reopened,
    "problem": lambda issue: issue.problem,
    "alike": lambda issue: len(issue.alike),
}


def _said(found: object) -> str:
    if found is None:
        return "nobody"
    return str(found).lower() if isinstance(found, bool) else str(found)
