"""What the documentation says is what the code has: messages, scenarios, dependencies, requirements."""

import ast
import re
import sys
import tomllib
from collections import defaultdict

import pytest

from issue_stream.reference_messages import page
from issue_stream.rehearsal.page import checks_table, verbs_table
from tests.house_rules.python_files import PACKAGES, ROOT, said, sources, tree_of
from tests.house_rules.requirements import SHOWN_HERE, requirements_page, shown
from tests.schemas.make_examples import COMMANDS, EVENTS, kind_of

DOCS = ROOT / "docs"
_IMPORTED_AS = {
    "faust-streaming": "faust",
    "pydantic-settings": "pydantic_settings",
    "ruamel.yaml": "ruamel",
    "prometheus-client": "prometheus_client",
    "python-multipart": "multipart",
}


_COME_WITH = {"pydantic_core", "mode", "starlette", "markupsafe"}
"""Parts of declared libraries: of pydantic, faust-streaming, fastapi and jinja2, which pin them."""


def _project() -> dict[str, list[str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return {"run": project["dependencies"], "dev": project["optional-dependencies"]["dev"]}


def _name(requirement: str) -> str:
    return re.split(r"[\[=<>~ ]", requirement)[0]


def _rows() -> dict[str, list[str]]:
    text = (DOCS / "explanation" / "dependencies.md").read_text("utf-8")
    return {row[1]: row[0].split(" | ")[1:] for row in re.findall(r"(\| `([\w.-]+)` \| .*) \|", text)}


def _imports() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for path in sources(*PACKAGES):
        for node in ast.walk(tree_of(path)):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for module in modules:
                found[module.split(".")[0]].add(said(path))
    return found


def test_every_message_is_described_as_it_is() -> None:
    found = (DOCS / "reference" / "messages.md").read_text("utf-8")

    assert found == page(), "run python -m issue_stream.reference_messages docs/reference/messages.md"


@pytest.mark.parametrize("kind", [kind_of(model) for model in COMMANDS + EVENTS])
def test_every_kind_of_message_has_its_place_in_the_reference(kind: str) -> None:
    assert f"### `{kind}`\n" in (DOCS / "reference" / "messages.md").read_text("utf-8")


def test_every_verb_and_check_of_a_scenario_is_described_as_it_is() -> None:
    found = (DOCS / "reference" / "scenarios.md").read_text("utf-8")

    assert verbs_table() in found
    assert checks_table() in found


def test_every_dependency_has_a_line_that_says_why() -> None:
    wanted = {_name(one) for group in _project().values() for one in group}

    assert wanted == set(_rows())


def test_a_dependency_is_imported_only_where_the_page_says() -> None:
    imports, faults = _imports(), []
    for requirement in _project()["run"]:
        name = _name(requirement)
        places = [place.split(" (")[0].strip() for place in _rows()[name][0].split(",")]
        module = _IMPORTED_AS.get(name, name.replace("-", "_"))
        outside = [path for path in sorted(imports.get(module, ())) if not _is_in(path, places)]
        faults += [f"{path} imports {name}; the page allows {', '.join(places)}" for path in outside]

    assert faults == []


def _is_in(path: str, places: list[str]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)


def test_everything_imported_is_declared() -> None:
    ours = {*PACKAGES, *_COME_WITH}
    declared = {_IMPORTED_AS.get(name, name.replace("-", "_")) for name in map(_name, _project()["run"])}
    names = set(_imports()) - ours - declared
    foreign = {name for name in names if name not in sys.stdlib_module_names}

    assert foreign == set()


@pytest.mark.parametrize("requirement", SHOWN_HERE)
def test_every_requirement_is_shown_by_a_test_that_names_it(requirement: str) -> None:
    assert shown().get(requirement), f"no test's docstring names {requirement}"


def test_the_map_of_requirements_is_the_one_of_the_tests() -> None:
    found = (DOCS / "reference" / "requirements.md").read_text("utf-8")

    assert found == requirements_page(), "run python -m tests.house_rules.requirements"
