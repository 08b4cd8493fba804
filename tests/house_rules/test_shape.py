"""Sizes and imports: what makes a file readable is measured, not wished for."""

import ast
from pathlib import Path

from tests.house_rules.python_files import PACKAGES, Function, functions, said, sources, tree_of

LONGEST_FUNCTION, LONGEST_FILE, MOST_ARGUMENTS = 50, 400, 5
P90_FUNCTION = 30
_MIGRATIONS = "migrations"
"""A migration is a list of statements: it may be long, and it is never read again."""


def _length(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _ours() -> list[Path]:
    return [path for path in sources(*PACKAGES) if _MIGRATIONS not in path.parts]


def test_no_function_is_longer_than_fifty_lines() -> None:
    faults = [
        f"{said(path)}:{node.lineno} {node.name} has {_length(node)} lines"
        for path in _ours()
        for node in functions(path)
        if _length(node) > LONGEST_FUNCTION
    ]

    assert faults == []


def test_nine_of_ten_functions_fit_thirty_lines() -> None:
    lengths = sorted(_length(node) for path in _ours() for node in functions(path))

    assert lengths[int(len(lengths) * 0.9)] <= P90_FUNCTION


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    faults = [
        f"{said(path)} has {lines} lines"
        for path in (*_ours(), *sources("tests"))
        if (lines := len(path.read_text("utf-8").splitlines())) > LONGEST_FILE
    ]

    assert faults == []


def test_no_function_takes_more_than_five_positional_arguments() -> None:
    """Where a foreign interface wants more, the line says so to the linter with its reason."""
    faults = []
    for path in _ours():
        lines = path.read_text("utf-8").splitlines()
        for node in functions(path):
            given = [a for a in (*node.args.posonlyargs, *node.args.args) if a.arg not in {"self", "cls"}]
            excused = "noqa: PLR09" in "".join(lines[node.lineno - 1 : node.body[0].lineno - 1])
            if len(given) > MOST_ARGUMENTS and not excused:
                faults.append(f"{said(path)}:{node.lineno} {node.name}")

    assert faults == []


def test_packages_hold_a_docstring_and_nothing_else() -> None:
    faults = []
    for path in sources(*PACKAGES):
        body = tree_of(path).body
        if path.name == "__init__.py" and not (len(body) == 1 and ast.get_docstring(tree_of(path))):
            faults.append(said(path))

    assert faults == []


def test_every_file_says_what_it_is() -> None:
    faults = [said(path) for path in _ours() if not ast.get_docstring(tree_of(path))]

    assert faults == []


def test_nothing_is_imported_inside_a_function() -> None:
    faults = [
        f"{said(path)}:{inner.lineno}"
        for path in sources(*PACKAGES)
        for node in functions(path)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]

    assert faults == []


def test_whoever_catches_everything_raises_it_again_or_says_why() -> None:
    faults = []
    for path in _ours():
        lines = path.read_text("utf-8").splitlines()
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.ExceptHandler) or not _is_broad(node):
                continue
            raises = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
            logs = any(isinstance(inner, ast.Attribute) and inner.attr == "exception" for inner in ast.walk(node))
            if not (raises or logs or "noqa: BLE001" in lines[node.lineno - 1]):
                faults.append(f"{said(path)}:{node.lineno}")

    assert faults == []


def _is_broad(node: ast.ExceptHandler) -> bool:
    named = {inner.id for inner in ast.walk(node.type) if isinstance(inner, ast.Name)} if node.type else {"Exception"}
    return bool(named & {"Exception", "BaseException"})
