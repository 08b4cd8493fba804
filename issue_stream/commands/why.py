"""`issue-stream why`: for every automatic decision the rule, what it looked at, and what would have changed it."""

import click

from issue_stream.commands._house import found_issue, house, policy, run
from issue_stream.commands._say import EPILOG, json_option, print_json, said
from issue_stream.commands._timeline import Step, steps_of


@click.command(epilog=EPILOG)
@click.argument("issue")
@json_option
def command(issue: str, *, as_json: bool) -> None:
    """Say why: rule, sentence, inputs, policy version, and what would have changed the outcome.

    Example: issue-stream why PIR-1042
    """
    run(_why(issue, as_json=as_json))


async def _why(written: str, *, as_json: bool) -> None:
    async with house() as opened:
        async with opened.db.read() as conn:
            row = await found_issue(conn, written)
            steps = [step for step in await steps_of(conn, row.id) if step.message.because is not None]
        number = policy(opened).number(row.number)
    if as_json:
        print_json({"number": number, "issue": row.id, "decisions": [_as_json(step) for step in steps]})
        return
    if not steps:
        click.echo(f"{number}: nothing was decided automatically yet. See what people did: issue-stream show {number}")
    for step in steps:
        _print(step)


def _as_json(step: Step) -> dict[str, object]:
    because = step.message.because
    given = because.model_dump(mode="json") if because else {}
    head = {"version": step.message.version, "at": step.message.at, "kind": step.message.event.type}
    return head | {"by": step.message.by.id} | given | {"policy": given.get("policy") or step.message.policy}


def _print(step: Step) -> None:
    because = step.message.because
    if because is None:
        return
    click.echo(f"{said(step.message.at)}  {step.message.event.type}  (by {step.message.by.id})")
    click.echo(f"  why        {said(because.sentence)}")
    click.echo(f"  rule       {because.rule}, policy {because.policy or step.message.policy}")
    if because.inputs:
        click.echo("  looked at  " + ", ".join(f"{key} {said(value)}" for key, value in because.inputs.items()))
    if because.otherwise:
        click.echo(f"  otherwise  {said(because.otherwise)}")
