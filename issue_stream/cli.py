"""The command line `issue-stream`: finds the command's file, says errors in two lines. Nothing is decided here.

Commands are loaded when they are called, so that `issue-stream list` never waits for the streaming engine to load.
"""

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

import click

from issue_stream.commands._findings import Standing
from issue_stream.commands._names import OURS, names
from issue_stream.commands._say import EPILOG, Stop, stop_for
from schemas.errors import IssueStreamError

COMMANDS: Mapping[str, Mapping[str, str]] = {
    "Run": {
        "up": "Run everything in one process.",
        "worker": "Run the stream agents, timers and sweeps.",
        "web": "Run the web pages and the API.",
        "migrate": "Bring the store's tables up to date.",
        "topics": "Create and show the topics.",
    },
    "Look": {
        "list": "List issues.",
        "show": "Show one issue with its timeline.",
        "why": "Say why every automatic decision was taken.",
    },
    "Act on an issue": {
        "raise": "Raise an issue for a partner.",
        "accept": "Own an issue.",
        "decline": "Say no to an offer, with the reason.",
        "hand-over": "Pass an issue on; you own it until the other accepts.",
        "triage": "Choose category and priority.",
        "reply": "Write to the partner.",
        "note": "Add an internal note.",
        "wait": "Say who must move first.",
        "resume": "End a wait.",
        "resolve": "Say what solved it; the partner confirms.",
        "cannot-do": "An honest no: reason, alternative, review date.",
        "reopen": "It was not over.",
        "close": "End an issue without the partner's yes.",
        "escalate": "Tell people beyond the owner.",
        "deescalate": "Call an escalation off.",
        "link": "Make an issue a case of a recurring problem.",
        "unlink": "Undo a link.",
        "called": "Record that a partner reached an executive.",
        "follow": "Hear what changes, without owning.",
    },
    "Inspect and keep": {
        "policy": "Check, show and compare policies.",
        "dead-letters": "List, show and replay messages that could not be read.",
        "map": "Draw agents and topics from the code.",
        "doctor": "Say what is wrong here and what to do.",
        "verify": "Audit the store: every sum must be right.",
        "export": "Write one partner's or all records into a file.",
        "rehearse": "Play a written scenario on a simulated clock.",
        "keys": "Create and revoke API keys.",
    },
}
"""Every command by what it is for, with the line `--help` says."""


class Commands(click.Group):
    """Loads `issue_stream/commands/<name>.py` when <name> is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """All names, in the order of COMMANDS."""
        return [name for group in COMMANDS.values() for name in group]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, or None for a name that is none."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command = _load(_file(cmd_name)).command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """The list in `--help`, without loading a single command."""
        for group, lines in COMMANDS.items():
            with formatter.section(group):
                formatter.write_dl(list(lines.items()))

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run it; an error of ours becomes two lines and an exit code."""
        try:
            return super().invoke(ctx)
        except IssueStreamError as exc:
            raise stop_for(exc) from exc


def _load(file: str) -> ModuleType:
    """The module of a command; when a stranger has one of our names, that is said instead of a riddle."""
    try:
        return import_module(f"issue_stream.commands.{file}")
    except ImportError as exc:
        clash = names()
        if exc.name is None or exc.name.partition(".")[0] not in OURS or clash.standing == Standing.OK:
            raise
        raise Stop(f"{clash.found}.", clash.todo) from exc


def _file(name: str) -> str:
    """`raise` is a word of Python's own, so its file ends with an underscore."""
    return {"raise": "raise_"}.get(name, name.replace("-", "_"))


@click.group(
    cls=Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="issue-stream")
def main() -> None:
    """One place, one accepted owner and honest timetables for the issues of channel partners.

    Example: issue-stream up --sample, then open http://127.0.0.1:8000
    """


if __name__ == "__main__":
    main()
