"""Which policy holds in a scenario: the packaged one, a file's, or the packaged one with parts changed in the scenario.

Changed parts are laid over the packaged policy: keys replace keys, entries of a list with an `id` replace the fields of
the entry with that id or are added, other lists are replaced. Faults are BadInput with file and line.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from issue_stream.policies.loader import default_text, load_policy
from issue_stream.policies.tree import parsed
from issue_stream.policies.words import quoted
from issue_stream.rehearsal.company import Faults
from schemas.errors import BadInput, PolicyInvalid
from schemas.policy import Policy


def policy_of(file: Faults, written: Any, folder: Path | None) -> Policy:  # noqa: ANN401 - what a stranger wrote
    """The policy of a scenario; raises BadInput."""
    if written is None or written == "default":
        return load_policy(default_text())
    if isinstance(written, str):
        return _from_file(file, (folder or Path()) / written)
    if not isinstance(written, Mapping):
        todo = "Leave policy out for the packaged one."
        raise file.fault(("policy",), "the name of a file, or parts of a policy", quoted(written), todo)
    whole = laid_over(parsed(default_text(), "default.yaml"), written)
    try:
        return load_policy(json.dumps(whole, default=str), "policy")
    except PolicyInvalid as exc:
        raise _unusable(file, exc) from exc


def _from_file(file: Faults, path: Path) -> Policy:
    try:
        return load_policy(path.read_text("utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as exc:
        todo = "Name a file beside the scenario."
        raise file.fault(("policy",), "the name of a policy file", quoted(path.name), todo) from exc
    except PolicyInvalid as exc:
        raise _unusable(file, exc) from exc


def _unusable(file: Faults, exc: PolicyInvalid) -> BadInput:
    said = exc.faults[0].split(": ", 1)[-1] if exc.faults[0].startswith("policy:") else exc.faults[0]
    return file.fault(("policy",), "a policy that can be executed", said, "Mend this part of the policy.")


def laid_over(below: Any, above: Any) -> Any:  # noqa: ANN401 - any YAML
    """`above` over `below`, as the module says."""
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        merged = {str(k): v for k, v in below.items()}
        return merged | {str(k): laid_over(merged.get(str(k)), v) for k, v in above.items()}
    if _has_ids(below) and _has_ids(above):
        merged_list = {one["id"]: one for one in below}
        for one in above:
            merged_list[one["id"]] = laid_over(merged_list.get(one["id"]), one)
        return list(merged_list.values())
    return above


def _has_ids(found: object) -> bool:
    return isinstance(found, list) and bool(found) and all(isinstance(one, Mapping) and "id" in one for one in found)
