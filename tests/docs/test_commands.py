"""Every command in README and docs is run or held to the code: a page that lies fails here."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from issue_stream.cli import COMMANDS, main

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
QUIET = {"policy check", "map", "doctor", "verify", "dead-letters list", "list"}
"""Commands that only look: run as written, on a fresh store. Those that act have tests of their own."""

_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def written() -> Iterator[tuple[str, str]]:
    """(page, command line) for every line of every console block."""
    for page in PAGES:
        for block in _BLOCK.findall(page.read_text()):
            for line in block.splitlines():
                command = line.removeprefix("$ ").strip()
                if command and not command.startswith("#"):
                    yield str(page.relative_to(ROOT)), command


def issue_stream_lines() -> list[tuple[str, str]]:
    """Those of our own command line."""
    lines = []
    for page, command in written():
        words = shlex.split(command)
        if words[0].removeprefix(".venv/bin/") == "issue-stream":
            lines.append((page, shlex.join(words[1:])))
    return lines


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_there_are_commands_to_hold() -> None:
    assert len(issue_stream_lines()) > 10


@pytest.mark.parametrize(("page", "line"), issue_stream_lines(), ids=str)
def test_every_command_of_a_page_exists_with_its_options(page: str, line: str) -> None:
    words = shlex.split(line)
    if words == ["--help"]:
        return
    known = {name for group in COMMANDS.values() for name in group}
    assert words[0] in known, f"{page} names {words[0]}"

    shown = CliRunner().invoke(main, [*[w for w in words[:2] if not w.startswith("-")][: _depth(words)], "--help"])

    assert shown.exit_code == 0, shown.output
    for option in (word for word in words if word.startswith("--")):
        assert option in shown.output or option == "--help", f"{page} gives {option} to {words[0]}"


def _depth(words: list[str]) -> int:
    """`policy check` and its like are two words deep."""
    return 2 if words[0] in {"policy", "dead-letters", "topics", "keys"} else 1


LOOKING = sorted({line for _, line in issue_stream_lines() if any(line.startswith(quiet) for quiet in QUIET)})


@pytest.mark.parametrize("line", LOOKING)
def test_commands_that_only_look_run_as_written(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISSUE_STREAM_VAR_DIR", str(tmp_path))
    runner = CliRunner()
    assert runner.invoke(main, ["migrate"]).exit_code == 0

    ran = runner.invoke(main, shlex.split(line))

    assert ran.exit_code in ({0, 1} if line.startswith("doctor") else {0}), ran.output


def test_every_make_target_of_a_page_exists() -> None:
    named = [(page, command.split()[1]) for page, command in written() if command.startswith("make ")]

    assert named
    for page, target in named:
        assert target in make_targets(), f"{page} names make {target}"


def test_every_link_of_a_page_leads_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"
