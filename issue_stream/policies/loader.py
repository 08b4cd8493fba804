"""A policy's YAML text becomes values, or every one of its faults at once.

In: a text and the name it is called in messages. Out: a Policy, whose version is the hash of its text. It never reads a
clock and never falls back to something else: a policy with a fault is no policy.
"""

from hashlib import sha256
from importlib.resources import files

from issue_stream.policies.references import reference_faults
from issue_stream.policies.shape import Fault, shaped
from issue_stream.policies.tree import aliases, line_of, parsed
from schemas.errors import PolicyInvalid
from schemas.policy import Policy, Tell

DEFAULT_NAME = "default.yaml"
OVER_DISTRIBUTION = "over_distribution"
VERSION_LENGTH = 12
"""Hex digits of the hash: enough to tell every policy a house will ever have apart, short enough to read out."""


def default_text() -> str:
    """The packaged policy, comments and all."""
    return files("issue_stream.policies").joinpath(DEFAULT_NAME).read_text("utf-8")


def version_of(text: str) -> str:
    """The name of a text: the same text has the same version everywhere."""
    return sha256(text.encode()).hexdigest()[:VERSION_LENGTH]


def load_policy(text: str, name: str = DEFAULT_NAME) -> Policy:
    """The policy in a text; raises PolicyInvalid with all faults, each `name:line: found; allowed; nearest`."""
    tree = parsed(text, name)
    twice = [
        (place, "found an alias (*); write the part out, so that everybody can read it") for place in aliases(tree)
    ]
    if twice:
        raise PolicyInvalid(_lines(tree, name, twice))
    policy, faults = shaped(tree, version_of(text))
    faults += reference_faults(tree)
    if policy is None or faults:
        raise PolicyInvalid(_lines(tree, name, faults))
    return policy


def _lines(tree: object, name: str, faults: list[Fault]) -> tuple[str, ...]:
    numbered = {(line_of(tree, place), sentence) for place, sentence in faults}  # type: ignore[arg-type] # a parsed tree
    return tuple(f"{name}:{line}: {sentence}" for line, sentence in sorted(numbered))


def warnings(policy: Policy) -> list[str]:
    """What can be executed and is still unwise, in words; empty for a policy without any."""
    return [*_across(policy), *_tellings(policy)]


def _across(policy: Policy) -> list[str]:
    """R-20: every kind is heard of by somebody beside its owner; R-52: over-distribution by the executives."""
    found = [
        f"category {c.id}: nobody beside the owner hears of it (across is empty); name a team or channel_manager"
        for c in policy.categories
        if c.enabled and not c.across
    ]
    crowded = policy.category(OVER_DISTRIBUTION)
    if crowded is None or not crowded.enabled:
        found.append(f"there is no category {OVER_DISTRIBUTION}: nobody decides about too many partners in a territory")
    elif Tell.EXECUTIVES not in crowded.across:
        found.append(f"category {OVER_DISTRIBUTION}: the executives do not hear of it; add executives to across")
    return found


def _tellings(policy: Policy) -> list[str]:
    found = [
        f"team {team.id}: it has no backup; when all of it are away, nobody is left to ask"
        for team in policy.teams
        if team.backup is None
    ]
    if policy.decline_routes:
        found.append("decline_routes has no effect: what a reason leads to is built in; remove it")
    if not policy.must_know:
        found.append("there is no must_know rule: executives hear of trouble from partners first")
    return found
