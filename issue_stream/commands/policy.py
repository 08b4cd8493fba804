"""`issue-stream policy`: check a policy's text, show the one in force, say what a change means."""

from pathlib import Path

import click

from issue_stream.commands._house import settings
from issue_stream.commands._say import EPILOG, WRONG, json_option, print_json, print_table
from issue_stream.policies.diff import policy_diff
from issue_stream.policies.keeper import PolicyKeeper
from issue_stream.policies.loader import warnings
from schemas.errors import PolicyInvalid
from schemas.policy import Policy

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group(epilog=EPILOG)
def command() -> None:
    """Check, show and compare policies.

    Example: issue-stream policy check my-policy.yaml
    """


@command.command(epilog=EPILOG)
@click.argument("file", type=_FILE, required=False)
@json_option
@click.pass_context
def check(ctx: click.Context, file: Path | None, *, as_json: bool) -> None:
    """Say every fault of a policy with its line; without a file, of the one in force. Warnings do not fail.

    Example: issue-stream policy check my-policy.yaml
    """
    chosen = file or settings().policy_file
    try:
        policy = PolicyKeeper(chosen).current()
    except PolicyInvalid as exc:
        _say_faults(exc.faults, as_json=as_json)
        ctx.exit(WRONG)
    found = warnings(policy)
    if as_json:
        print_json({"ok": True, "version": policy.version, "faults": [], "warnings": found})
        return
    click.echo("\n".join(f"warning: {line}" for line in found) + ("\n" if found else ""), nl=False)
    name = chosen.name if chosen else "the packaged policy"
    click.echo(f"{name}: valid, version {policy.version}, {len(policy.categories)} kinds, {len(found)} warnings.")


def _say_faults(faults: tuple[str, ...], *, as_json: bool) -> None:
    if as_json:
        print_json({"ok": False, "version": "", "faults": faults, "warnings": []})
        return
    click.echo("\n".join(faults), err=True)
    click.echo(f"{len(faults)} faults; the policy in force stays. Mend these lines and check again.", err=True)


@command.command(epilog=EPILOG)
@click.option("--text", is_flag=True, help="The YAML itself, to copy and change.")
@json_option
def show(*, text: bool, as_json: bool) -> None:
    """Show the policy in force: kinds with their teams, ladders and tiers.

    Example: issue-stream policy show --text > my-policy.yaml
    """
    keeper = PolicyKeeper(settings().policy_file)
    if text:
        click.echo(keeper.text, nl=False)
    elif as_json:
        print_json(keeper.current())
    else:
        _print_kinds(keeper.current())


def _print_kinds(policy: Policy) -> None:
    click.echo(f"Version {policy.version}; tiers: {', '.join(tier.id for tier in policy.tiers)}\n")
    rows = [(c.id, c.team, c.backup, c.ladder, ", ".join(c.across), c.enabled) for c in policy.categories]
    print_table(("Kind", "Team", "Backup", "Ladder", "Across", "On"), rows, empty="No kinds.")


@command.command(epilog=EPILOG)
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@json_option
def diff(old: Path, new: Path, *, as_json: bool) -> None:
    """Say in words what changes from one policy to the other.

    Example: issue-stream policy diff old.yaml new.yaml
    """
    before, after = PolicyKeeper(old).current(), PolicyKeeper(new).current()
    lines = policy_diff(before, after)
    if as_json:
        print_json({"old": before.version, "new": after.version, "changes": lines})
        return
    click.echo("\n".join(lines) or "Both mean the same.")
