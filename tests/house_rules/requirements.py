"""Which tests show which requirement: read from the docstrings that begin with `R-xx`.

`python -m tests.house_rules.requirements` writes docs/reference/requirements.md.
"""

import ast
import re
from collections import defaultdict
from functools import cache

from tests.house_rules.python_files import ROOT, functions, said, sources

SHOWN_HERE = tuple(
    f"R-{number:02}"
    for number in (1, 2, 9, 10, 12, 14, 15, 17, 19, 21, 27, 29, 32, 33, 35, 36, 37, 38, 40, 42, 52, 55, 65, 67)
)
"""What this stage of the house must show."""

PAGE = ROOT / "docs" / "reference" / "requirements.md"


@cache
def shown() -> dict[str, list[str]]:
    """Requirement to the tests whose docstring names it, `file: test name`."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sources("tests"):
        for node in functions(path):
            said_here = ast.get_docstring(node) or "" if node.name.startswith("test_") else ""
            for requirement in dict.fromkeys(re.findall(r"R-\d\d", said_here)):
                found[requirement].append(f"`{said(path)}`: {node.name.removeprefix('test_').replace('_', ' ')}")
    return {key: sorted(found[key]) for key in sorted(found)}


def requirements_page() -> str:
    """The whole page."""
    head = "# Requirements and the tests that show them\n\nMade from the tests' docstrings by "
    head += "`python -m tests.house_rules.requirements`; do not edit by hand.\n"
    parts = [f"## {key}\n\n" + "\n".join(f"- {test}" for test in tests) + "\n" for key, tests in shown().items()]
    return "\n".join((head, *parts))


if __name__ == "__main__":
    PAGE.write_text(requirements_page(), "utf-8")
