"""`issue-stream rehearse`: plays a written scenario on a simulated clock and prints what came true; needs no store."""

from pathlib import Path
from typing import Any

import click

from issue_stream.commands._house import run
from issue_stream.commands._say import EPILOG, WRONG, Stop, json_option, print_json
from issue_stream.rehearsal.play import run_file
from issue_stream.rehearsal.scenario import Unmet


@click.command(epilog=EPILOG)
@click.argument("scenario", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def command(scenario: Path, *, as_json: bool) -> None:
    """Play a written scenario on a simulated clock; exits 1 when something it expects does not come true.

    Example: issue-stream rehearse my-story.yaml --json
    """
    try:
        run(_play(scenario, as_json=as_json))
    except Unmet as exc:
        todo = "Look at the lines above the place: they say what happened instead, and why."
        raise Stop("\n".join(exc.faults), todo, WRONG) from exc


async def _play(scenario: Path, *, as_json: bool) -> None:
    async for line in run_file(scenario):
        if as_json:
            print_json(line)
        else:
            click.echo(_said(line))


def _said(line: dict[str, Any]) -> str:
    """One line for people: when, which issue, what, to whom, why."""
    at = line["at"][:16].replace("T", " ")
    to = f" -> {line['to']}" if line["to"] else ""
    why = line["because"].get("sentence", "")
    return f"{at}  {line['issue'] or '-':<9} {line['kind']:<6} {line['name']}{to}  ({why})"
