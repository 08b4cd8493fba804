"""`issue-stream doctor`: what is wrong here, and what to do about each."""

import click

from issue_stream.clock import utc_now
from issue_stream.commands._checkup_parts import parts
from issue_stream.commands._checkup_place import mail, place
from issue_stream.commands._findings import Finding, Standing
from issue_stream.commands._house import run, settings
from issue_stream.commands._say import AWAY, EPILOG, OK, WRONG, json_option, print_json, print_table, progress
from issue_stream.settings import Settings


@click.command(epilog=EPILOG)
@json_option
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """Say what is wrong here and what to do: Python, packages, database, log, policy, disk, secrets, clock, mail.

    Example: issue-stream doctor
    """
    findings = run(_look(settings()))
    code = exit_code(findings)
    if as_json:
        shown = [{"name": f.name, "state": f.standing, "found": f.found, "todo": f.todo} for f in findings]
        print_json({"ok": code == OK, "checks": shown})
    else:
        rows = [(finding.standing, finding.name, finding.found) for finding in findings]
        print_table(("", "Check", "What"), rows, empty="Nothing was checked.")
        click.echo("\n".join(f"{f.name}: {f.todo}" for f in findings if f.todo))
    ctx.exit(code)


async def _look(chosen: Settings) -> list[Finding]:
    with progress() as shown:
        task = shown.add_task("looking", total=None)
        findings: list[Finding] = []
        for finding in place(chosen):
            findings.append(finding)
            shown.update(task, description=f"looked at {finding.name}", completed=len(findings))
        async for finding in parts(chosen, utc_now()):
            findings.append(finding)
            shown.update(task, description=f"looked at {finding.name}", completed=len(findings))
        findings.append(await mail(chosen))
    return findings


def exit_code(findings: list[Finding]) -> int:
    """A part that is away outweighs what is wrong; advice never fails."""
    found = {finding.standing for finding in findings}
    if Standing.AWAY in found:
        return AWAY
    return WRONG if Standing.WRONG in found else OK
