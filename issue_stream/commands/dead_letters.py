"""`issue-stream dead-letters`: messages an agent could not take; look at them, and send them again once it is mended.

Replaying goes through the store: a wish waits for the desk again, an event is announced again. Taking anything twice
changes nothing, so a replay is always safe.
"""

import click

from issue_stream.clock import utc_now
from issue_stream.commands._house import house, run
from issue_stream.commands._say import EPILOG, json_option, print_json, print_table, said
from issue_stream.store import replaying
from issue_stream.store.dead_letters import KeptLetter, dead_letter, dead_letters
from schemas.errors import BadInput

_PLACE_PARTS = 3


@click.group(epilog=EPILOG)
def command() -> None:
    """List, show and replay messages that could not be read.

    Example: issue-stream dead-letters list
    """


@command.command("list", epilog=EPILOG)
@click.option("--all", "replayed_too", is_flag=True, help="Those that were replayed too.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), help="At most so many.")
@json_option
def list_(*, replayed_too: bool, limit: int, as_json: bool) -> None:
    """List dead letters, the newest first.

    Example: issue-stream dead-letters list --limit 10
    """
    letters = run(_list(limit, replayed_too=replayed_too))
    if as_json:
        print_json({"dead_letters": [_as_json(letter) for letter in letters]})
        return
    rows = [(_place(letter), letter.agent, letter.at, letter.replayed_at, letter.reason) for letter in letters]
    print_table(
        ("Letter", "Agent", "At (UTC)", "Replayed", "Reason"), rows, empty="No dead letters: every message was read."
    )


async def _list(limit: int, *, replayed_too: bool) -> list[KeptLetter]:
    async with house() as opened, opened.db.read() as conn:
        return await dead_letters(conn, limit, replayed=replayed_too)


@command.command(epilog=EPILOG)
@click.argument("letter")
@json_option
def show(letter: str, *, as_json: bool) -> None:
    """Show one dead letter with its bytes; LETTER is topic/partition/offset.

    Example: issue-stream dead-letters show issue-commands/3/1042
    """
    found = run(_one(letter))
    if as_json:
        print_json(_as_json(found) | {"value": _readable(found.value)})
        return
    click.echo(f"{_place(found)}, put away by {found.agent} at {said(found.at)} UTC\n{found.reason}\n")
    click.echo(_readable(found.value))


async def _one(written: str) -> KeptLetter:
    async with house() as opened, opened.db.read() as conn:
        return await dead_letter(conn, *_parsed(written))


@command.command(epilog=EPILOG)
@click.argument("letter")
@json_option
def replay(letter: str, *, as_json: bool) -> None:
    """Have a dead letter taken again, once what was wrong is mended; LETTER is topic/partition/offset.

    Example: issue-stream dead-letters replay issue-commands/3/1042
    """
    run(_replay(letter))
    if as_json:
        print_json({"letter": letter, "replayed": True})
    else:
        click.echo(f"{letter} is taken again within half a minute by a running worker.")


async def _replay(written: str) -> None:
    async with house() as opened, opened.db.write() as conn:
        await replaying.replay(conn, *_parsed(written), utc_now())


def _parsed(written: str) -> tuple[str, int, int]:
    parts = written.rsplit("/", 2)
    if len(parts) == _PLACE_PARTS and parts[1].isdecimal() and parts[2].isdecimal():
        return parts[0], int(parts[1]), int(parts[2])
    todo = "Take it from: issue-stream dead-letters list"
    raise BadInput("LETTER", expected="topic/partition/offset", found=written[:80], todo=todo)


def _place(letter: KeptLetter) -> str:
    return f"{letter.topic}/{letter.partition}/{letter.offset}"


def _as_json(letter: KeptLetter) -> dict[str, object]:
    return {
        "letter": _place(letter),
        "agent": letter.agent,
        "at": letter.at,
        "replayed_at": letter.replayed_at,
        "reason": letter.reason,
    }


def _readable(value: bytes | None) -> str:
    """Bytes as text; what is no text is shown as escapes, so that a terminal is never told what to do."""
    text = (value or b"").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() or c == "\n" else f"\\x{ord(c):02x}" for c in text)
