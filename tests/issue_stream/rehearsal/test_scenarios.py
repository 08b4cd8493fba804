"""Scenarios as a stranger writes them: the page's examples, friendly faults, the same bytes every time."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from issue_stream.rehearsal.read import read, read_file
from issue_stream.rehearsal.run import run
from issue_stream.rehearsal.scenario import Unmet
from schemas.errors import BadInput

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "reference" / "scenarios.md").read_text("utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


async def _lines(text: str) -> list[dict[str, Any]]:
    return [line async for line in run(read(text))]


@pytest.mark.parametrize("example", [e for e in EXAMPLES if "steps:" in e], ids=range(len(EXAMPLES)))
async def test_every_example_of_the_page_plays_as_it_says(example: str) -> None:
    lines = await _lines(example)

    assert lines
    assert all({"at", "issue", "kind", "name", "to", "audience", "because"} <= set(line) for line in lines)
    assert {line["kind"] for line in lines} <= {"event", "notice"}


async def test_lines_stand_in_the_order_of_time_and_say_why() -> None:
    lines = await _lines(EXAMPLES[1])

    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    assert all(line["because"].get("sentence") for line in lines)


_RAISE = "steps:\n  - raise: A\n    from: harbour-jana\n    what: Help.\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "an empty text"),
        ("steps: [\n", 2, "YAML"),
        ("steps:\n  - raise: A\n    raise: B\n", 3, "duplicate"),
        ("about: x\n", 1, "a list of steps"),
        ("stepps: []\n", 1, "stepps"),
        ("start: tomorrow\nsteps: []\n", 1, "zone"),
        ("start: 2026-03-02 09:00:00\nsteps: []\n", 1, "zone"),
        (_RAISE + "  - acept: A\n", 5, 'nearest: "accept"'),
        (_RAISE + "  - accept: A\n", 5, "'by'"),
        (_RAISE + "  - accept: A\n    by: mya\n", 6, 'nearest: "mia"'),
        (_RAISE + "  - accept: B\n    by: mia\n", 5, "raised before"),
        (_RAISE + "  - raise: A\n    from: harbour-jana\n    what: Again.\n", 5, "raised before"),
        (_RAISE + "  - accept: A\n    by: mia\n    buy: mia\n", 7, 'nearest: "by"'),
        (_RAISE + "  - advance: soon\n", 5, "a span"),
        (_RAISE + "  - accept: A\n    by: mia\n    after: 5\n", 7, "a span"),
        (_RAISE + "  - accept: A\n    by: mia\n    at: 2026-03-01T09:00:00Z\n", 7, "not before"),
        (_RAISE + "  - accept: A\n    by: mia\n    at: 2026-03-03T09:00:00Z\n    after: 1h\n", 8, "not both"),
        (_RAISE + "  - decline: A\n    by: mia\n    reason: lazy\n", 7, "one of the words"),
        (_RAISE + "  - expect: A\n    stat: accepted\n", 6, 'nearest: "state"'),
        (_RAISE + "    expect: accepted\n", 5, "checks"),
        ("company: {staff: [{id: mia, rolle: lead}]}\nsteps: []\n", 1, 'nearest: "role"'),
        ("company:\n  staff:\n    - {id: mia, role: boss}\nsteps: []\n", 3, "role"),
        ("company:\n  contacts:\n    - {id: ida, partner: nobody}\nsteps: []\n", 3, "partner of ida"),
        ("company:\n  staff:\n    - {id: mia}\n    - {id: mia}\nsteps: []\n", 4, "each id once"),
        ("policy: {updates: {urgent: soon}}\nsteps: []\n", 1, "soon"),
        ("policy: no-such.yaml\nsteps: []\n", 1, "no-such.yaml"),
    ],
)
def test_a_broken_scenario_names_the_line_and_what_is_expected(text: str, line: int, words: str) -> None:
    with pytest.raises(BadInput) as caught:
        read(text, "story.yaml")

    assert caught.value.field == f"story.yaml:{line}"
    assert words in str(caught.value)


async def test_words_that_no_form_takes_are_a_fault_of_their_step() -> None:
    with pytest.raises(BadInput, match=r"scenario.yaml:2: expected since"):
        await _lines(_RAISE + "    since: 2027-01-01\n")


def test_a_file_that_does_not_exist_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="No such file"):
        read_file(tmp_path / "none.yaml")


async def test_an_expectation_that_is_not_met_is_said_after_every_line_was_given() -> None:
    text = _RAISE + "    expect: {state: closed, owner: mia, refused: taken}\n  - advance: 1h\n"
    lines: list[dict[str, Any]] = []
    with pytest.raises(Unmet) as caught:
        lines.extend([line async for line in run(read(text))])

    assert len(caught.value.faults) == 3
    assert caught.value.faults[0].startswith("scenario.yaml:2: expected state closed of A, found ")


async def test_a_refused_wish_is_a_line_told_to_the_one_who_wished() -> None:
    lines = await _lines(_RAISE + "  - accept: A\n    by: victoria\n")
    refusal = lines[-1]

    assert (refusal["kind"], refusal["name"], refusal["to"]) == ("notice", "refusal", "victoria")
    assert refusal["audience"] == "executive"
    assert refusal["because"]["rule"] == "not_for_role"


_PRINT = """
import asyncio, sys
from pathlib import Path
import orjson
from issue_stream.rehearsal.run import run_file

async def main():
    async for line in run_file(Path(sys.argv[1])):
        print(orjson.dumps(line).decode())

asyncio.run(main())
"""


def test_the_same_file_prints_the_same_bytes(tmp_path: Path) -> None:
    """With so many alike issues that an index with an order of its own would show."""
    raises = [
        f"  - raise: A{n}\n    from: harbour-jana\n    what: MDF claim {n} shows as pending and has not been paid.\n"
        f"    after: {n % 50 + 1}m\n"
        for n in range(150)
    ]
    story = tmp_path / "story.yaml"
    story.write_text("steps:\n" + "".join(raises))
    printed = [
        subprocess.run(
            [sys.executable, "-c", _PRINT, str(story)],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]

    assert printed[0] == printed[1]
    assert len([orjson.loads(line) for line in printed[0].splitlines()]) > 20


async def test_a_policy_of_a_file_beside_the_scenario_holds(tmp_path: Path) -> None:
    packaged = (ROOT / "issue_stream" / "policies" / "default.yaml").read_text("utf-8")
    (tmp_path / "mine.yaml").write_text(packaged.replace("prefix: PIR", "prefix: ACME"))
    (tmp_path / "story.yaml").write_text("policy: mine.yaml\n" + _RAISE)
    lines = [line async for line in run(read_file(tmp_path / "story.yaml"))]

    assert lines[0]["issue"] == "ACME-1001"
