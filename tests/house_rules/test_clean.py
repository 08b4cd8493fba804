"""Nothing in the house points to the machine it was written on, or to where packages come from."""

import re
from pathlib import Path

import pytest

from tests.house_rules.python_files import ROOT, said, tracked

_TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".txt", ".lock", ".html", ".css", ".js", ".json", ".xml", ".sh", ".in"}
_PLACES = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|tmp/lab|Users/\w+)/")
_REGISTRIES = re.compile(
    r"--(?:extra-)?index-url[= ]|(?:pypi|npm|registry|maven|repo)[\w.-]*\.(?:org|com|io|net)/", re.IGNORECASE
)


def _texts() -> list[Path]:
    return [path for path in tracked() if path.suffix in _TEXT or path.name in {"Makefile", "Dockerfile", "run"}]


@pytest.mark.parametrize("pattern", [_PLACES, _REGISTRIES], ids=["places of a machine", "addresses of registries"])
def test_no_tracked_file_names(pattern: re.Pattern[str]) -> None:
    faults = []
    for path in _texts():
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1):
            if path != Path(__file__) and pattern.search(line):
                faults.append(f"{said(path)}:{number}: {line.strip()[:100]}")

    assert faults == []


def test_no_tracked_file_is_huge() -> None:
    faults = [said(path) for path in tracked() if path.stat().st_size > 1_000_000]

    assert faults == []


def test_the_root_holds_what_a_newcomer_expects() -> None:
    names = {path.relative_to(ROOT).parts[0] for path in tracked()}

    assert {"issue_stream", "agents", "schemas", "notifiers", "tests", "pyproject.toml", "LICENSE", "Makefile"} <= names
