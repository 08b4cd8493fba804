"""Whether the top-level names `issue_stream`, `agents`, `schemas` and `notifiers` are ours in this environment.

Light on purpose: the command line asks it when a part cannot be loaded at all.
"""

from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

from issue_stream.commands._findings import Finding, fine, wrong

OURS = ("issue_stream", "agents", "schemas", "notifiers")
_CLASHING = "openai-agents"


def names() -> Finding:
    """Whether our top-level names are ours: `agents` is also the name of a package of the openai-agents wheel."""
    home = Path(__file__).resolve().parents[2]
    strangers = [name for name in OURS if not _comes_from(name, home)]
    if "agents" in strangers or _CLASHING in packages_distributions().get("agents", []):
        todo = f"Both use the name agents. Use an environment of its own: pip uninstall {_CLASHING}, then make install."
        return wrong("names", f"the package {_CLASHING} clashes with our agents", todo)
    if strangers:
        todo = "Another package of that name comes first; use an environment of its own: make install"
        return wrong("names", f"not ours: {', '.join(strangers)}", todo)
    return fine("names", ", ".join(OURS))


def _comes_from(name: str, home: Path) -> bool:
    try:
        spec = find_spec(name)
    except ValueError:  # a module somebody made by hand
        return False
    return spec is not None and spec.origin is not None and Path(spec.origin).resolve().is_relative_to(home)
