"""`issue-stream rehearse`: a written scenario on a simulated clock, one JSON object a line in time order."""

from pathlib import Path
from typing import Any

import click

from issue_stream.commands._house import run
from issue_stream.commands._say import EPILOG, Stop, console, json_option, print_json, said
from issue_stream.rehearsal.run import run_file
from issue_stream.rehearsal.scenario import Unmet


@click.command(epilog=EPILOG)
@click.argument("scenario", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@json_option
def command(scenario: Path, *, as_json: bool) -> None:
    """Play a scenario through the same agents and print what happened and who was told.

    The format is described in docs/reference/scenarios.md.

    Example: issue-stream rehearse scenario.yaml --json
    """
    try:
        run(_play(scenario, as_json=as_json))
    except Unmet as exc:
        raise Stop(
            "\n".join(exc.faults), "What was expected did not come true: mend the scenario or the policy."
        ) from exc


async def _play(scenario: Path, *, as_json: bool) -> None:
    async for line in run_file(scenario):
        if as_json:
            print_json(line)
        else:
            console().print(_words(line), markup=False, overflow="ellipsis", no_wrap=True)


def _words(line: dict[str, Any]) -> str:
    to = f" → {said(line['to'])}" if line.get("to") else ""
    head = f"{said(line.get('at'))}  {said(line.get('issue')):<10} {said(line.get('kind')):<7}"
    return f"{head} {said(line.get('name'))}{to}"
