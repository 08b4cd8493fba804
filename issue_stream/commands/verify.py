"""`issue-stream verify`: the audit of the store; exits 1 and names the rows when a sum is off."""

import click

from issue_stream.clock import utc_now
from issue_stream.commands._house import house, run
from issue_stream.commands._say import EPILOG, WRONG, json_option, print_json, print_table, progress
from issue_stream.store.verify import Audit, verify
from issue_stream.store.verify_findings import Check


@click.command(epilog=EPILOG)
@json_option
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """Audit the store while it runs or after; exits 1 and names the rows when a sum is off.

    Example: issue-stream verify --json
    """
    checks = run(_checks())
    is_ok = all(check.ok for check in checks)
    if as_json:
        print_json({"ok": is_ok, "checks": [as_json_check(check) for check in checks]})
    else:
        _print(checks)
    ctx.exit(0 if is_ok else WRONG)


async def _checks() -> list[Check]:
    async with house() as opened:
        files = opened.settings.files_dir
        with progress() as shown:
            task = shown.add_task("reading", total=None)

            def seen(name: str, count: int) -> None:
                shown.update(task, description=f"reading {name}", completed=count)

            audit = Audit(opened.db, opened.keeper.book(), utc_now(), files if files.is_dir() else None, seen)
            return [check async for check in verify(audit)]


def as_json_check(check: Check) -> dict[str, object]:
    """A check as `--json` says it."""
    return {"name": check.name, "ok": check.ok, "counted": check.counted, "wrong": check.wrong}


def _print(checks: list[Check]) -> None:
    rows = [("ok" if check.ok else "WRONG", check.name, f"{check.counted:,}") for check in checks]
    print_table(("", "Check", "Counted"), rows, empty="Nothing was checked.")
    for check in checks:
        for row in check.wrong:
            click.echo(f"{check.name}: {row}")
