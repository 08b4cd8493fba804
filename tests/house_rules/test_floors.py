"""The floors, by import-linter: lower ones never import higher ones, agents are strangers to one another."""

import os
import subprocess
import sys
from pathlib import Path

from tests.house_rules.python_files import ROOT


def test_nobody_imports_upward() -> None:
    """R-67: no outside system stands below the house; it works with none."""
    linter = Path(sys.executable).parent / "lint-imports"
    environment = os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "200"}
    run = subprocess.run(
        [str(linter), "--no-cache"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
