"""A YAML text as a tree that knows its lines: a text comes in, places and plain values go out.

Anchors and aliases are refused, so a small text can never grow into a big tree.
"""

from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from schemas.errors import PolicyInvalid

MAX_CHARACTERS = 500_000
"""Thirty times the packaged policy; more is not a policy."""

Place = tuple[str | int, ...]
"""Keys and positions from the top: ("teams", 0, "backup")."""


def parsed(text: str, name: str) -> CommentedMap:
    """The tree of a text; raises PolicyInvalid with the one line where reading stopped."""
    if len(text) > MAX_CHARACTERS:
        found = f"found {len(text)} characters, at most {MAX_CHARACTERS} are allowed"
        raise PolicyInvalid((f"{name}:1: {found}; this is not a policy",))
    yaml = YAML(typ="rt")
    try:
        tree = yaml.load(StringIO(text))
    except (YAMLError, RecursionError, ValueError) as exc:
        raise PolicyInvalid((_syntax_fault(exc, name),)) from exc
    if not isinstance(tree, CommentedMap):
        found = "an empty text" if tree is None else "a list" if isinstance(tree, list) else "a single value"
        raise PolicyInvalid((f"{name}:1: found {found}; expected keys such as programme, tiers, teams, categories",))
    return tree


def _syntax_fault(exc: Exception, name: str) -> str:
    mark = exc.problem_mark if isinstance(exc, MarkedYAMLError) else None
    line = mark.line + 1 if mark is not None else 1
    if isinstance(exc, DuplicateKeyError):
        said = " ".join(str(exc.problem).split(" with value")[0].split())
        return f"{name}:{line}: {said}; each key may stand once, remove one"
    problem = exc.problem if isinstance(exc, MarkedYAMLError) and exc.problem else "it is nested too deep or broken"
    return f"{name}:{line}: this is not YAML: {problem}; check the indentation, colons and quotes of this line"


def aliases(tree: CommentedMap) -> Iterator[Place]:
    """Places that are a second look at a part (`*alias`); a walk into them is not taken."""
    seen: set[int] = set()
    waiting: list[tuple[Place, object]] = [((), tree)]
    while waiting:
        place, node = waiting.pop()
        if not isinstance(node, CommentedMap | CommentedSeq):
            continue
        if id(node) in seen:
            yield place
            continue
        seen.add(id(node))
        waiting.extend((((*place, key), child) for key, child in children(node)))


def children(node: object) -> Iterator[tuple[str | int, Any]]:
    """Keys or positions with what stands there; nothing for a leaf."""
    if isinstance(node, Mapping):
        yield from ((str(key), child) for key, child in node.items())
    elif isinstance(node, Sequence) and not isinstance(node, str):
        yield from enumerate(node)


def at(tree: object, place: Place) -> Any:  # noqa: ANN401 - what a stranger wrote may be anything
    """What stands at a place, None when nothing does."""
    node = tree
    for key in place:
        if isinstance(node, Mapping):
            node = node.get(key)
        elif isinstance(node, Sequence) and not isinstance(node, str) and isinstance(key, int) and key < len(node):
            node = node[key]
        else:
            return None
    return node


def line_of(tree: CommentedMap, place: Place) -> int:
    """The line of a place, counted from 1; of the nearest part around it when the place itself does not exist."""
    line, node = 1, tree
    for key in place:
        found = _line_in(node, key)
        if found is None:
            break
        line, node = found + 1, node[key]
    return line


def _line_in(node: object, key: str | int) -> int | None:
    if isinstance(node, CommentedMap) and key in node:
        return int(node.lc.key(key)[0])
    if isinstance(node, CommentedSeq) and isinstance(key, int) and key < len(node):
        return int(node.lc.item(key)[0])
    return None


def parts(tree: object, *place: str | int) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """The mappings of a list with their places; anything else there is skipped, its own fault is said elsewhere."""
    for position, child in children(at(tree, place)):
        if isinstance(child, Mapping):
            yield (*place, position), child
