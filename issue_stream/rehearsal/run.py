"""Plays a scenario: each step at its instant, what falls due in between, what is expected checked at its place.

`run_file(path)` and `run(scenario)` give a line for each fact and notice, in the order of time; the same scenario gives
the same lines, byte for byte. Expectations that do not hold end the play with `Unmet`, after the last line.
"""

from collections.abc import AsyncIterator
from pathlib import Path

from issue_stream.rehearsal.expect import unmet
from issue_stream.rehearsal.read import read_file
from issue_stream.rehearsal.report import Line
from issue_stream.rehearsal.scenario import Scenario, Step, Unmet
from issue_stream.rehearsal.stage import Stage, command_id
from issue_stream.rehearsal.steps import Wisher
from schemas.envelope import CommandMessage
from schemas.errors import BadInput


async def run_file(path: Path) -> AsyncIterator[Line]:
    """The lines of a scenario's file; raises BadInput before the first line, Unmet after the last."""
    async for line in run(read_file(path)):
        yield line


async def run(scenario: Scenario) -> AsyncIterator[Line]:
    """The lines of a scenario; raises Unmet after the last when something expected did not come true."""
    stage = Stage(scenario)
    wisher = Wisher(stage.house, stage.now)
    faults: list[str] = []
    for number, step in enumerate(scenario.steps):
        await _pass_time(stage, step)
        await _do(scenario, stage, wisher, number)
        faults += unmet(scenario.name, step, stage)
        for line in stage.report.take():
            yield line
    if faults:
        raise Unmet(tuple(faults))


async def _pass_time(stage: Stage, step: Step) -> None:
    at = step.at
    if at is None and step.after is not None:
        at = stage.now.at + step.after
    if step.verb == "advance":
        at = (at or stage.now.at) + step.subject
    if at is not None:
        await stage.pass_until(at)


async def _do(scenario: Scenario, stage: Stage, wisher: Wisher, number: int) -> None:
    step = scenario.steps[number]
    if step.verb in {"advance", "expect"}:
        return
    if step.verb in {"away", "back"}:
        _absence(stage, step)
        return
    try:
        issue, by, command = wisher.wish(step)
    except BadInput as exc:
        where = f"{scenario.name}:{step.line}"
        raise BadInput(where, expected=f"{exc.field}: {exc.expected}", found=exc.found, todo=exc.todo) from exc
    message = CommandMessage(id=command_id(number), issue=issue, at=stage.now.at, by=by, command=command)
    await stage.wish([message])
    await stage.settle()


def _absence(stage: Stage, step: Step) -> None:
    """Somebody leaves for a while, or is back."""
    span = step.fields.get("for")
    away = {"away_from": stage.now.at, "away_until": stage.now.at + span if span is not None else None}
    changes = away if step.verb == "away" else {"away_from": None, "away_until": None}
    people = dict(stage.house.people.people)
    people[step.subject] = people[step.subject].model_copy(update=changes)
    stage.house.people = stage.house.people.model_copy(update={"people": people})
    stage.house.people.__dict__.pop("_by_id", None)
