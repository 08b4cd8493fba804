"""Whether the parts of a policy fit one another: references, ladders, must-know rules. In a tree, out faults.

It reads the tree and not the values, so that every fault is said at once even when the shape is wrong too.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from issue_stream.policies.shape import Fault
from issue_stream.policies.spans import span_of
from issue_stream.policies.tree import Place, at, children, parts
from issue_stream.policies.words import choice
from schemas.policy import Tell

_LISTS = ("tiers", "teams", "categories", "ladders", "must_know")
_ALONE = frozenset({Tell.OWNER, Tell.TEAM})
_CONDITIONS = (
    "tiers",
    "categories",
    "priorities",
    "blocked_amount_over",
    "partner_words_unanswered",
    "not_moving_said",
    "escalated_to_step",
)
_Tree = Mapping[str, Any]


def reference_faults(tree: _Tree) -> Iterator[Fault]:
    """Everything that names something that is not there, or contradicts itself."""
    for name in _LISTS:
        yield from _duplicates(tree, name)
    for place, team in parts(tree, "teams"):
        yield from _backup(tree, place, team, team.get("id"))
    for place, category in parts(tree, "categories"):
        yield from _category(tree, place, category)
    for place, ladder in parts(tree, "ladders"):
        yield from _ladder(place, ladder)
    for place, rule in parts(tree, "must_know"):
        yield from _must_know(tree, place, rule)
    yield from _named(tree, ("default_ladder",), "ladder", ids(tree, "ladders"))
    yield from _named(tree, ("classification", "front_desk"), "team", ids(tree, "teams"))
    yield from _amounts(tree)


def ids(tree: _Tree, name: str) -> list[str]:
    """The ids that a list defines, in its order."""
    return [str(part["id"]) for _, part in parts(tree, name) if part.get("id")]


def _duplicates(tree: _Tree, name: str) -> Iterator[Fault]:
    counted = Counter(ids(tree, name))
    seen: set[str] = set()
    for place, part in parts(tree, name):
        given = str(part.get("id"))
        if counted[given] > 1 and given in seen:
            yield (*place, "id"), f'the id "{given}" stands twice in {name}; each id may stand once, rename one'
        seen.add(given)


def _named(tree: _Tree, place: Place, what: str, allowed: Iterable[str]) -> Iterator[Fault]:
    found = at(tree, place)
    words = list(allowed)
    if isinstance(found, str) and found not in words:
        yield place, f'there is no {what} "{found}"; {choice(found, words)}'


def _all_named(tree: _Tree, place: Place, what: str, allowed: Iterable[str]) -> Iterator[Fault]:
    words = list(allowed)
    for position, _ in children(at(tree, place)):
        yield from _named(tree, (*place, position), what, words)


def _backup(tree: _Tree, place: Place, part: _Tree, team: object) -> Iterator[Fault]:
    yield from _named(tree, (*place, "backup"), "team", ids(tree, "teams"))
    if team is not None and part.get("backup") == team:
        others = [one for one in ids(tree, "teams") if one != team]
        yield (*place, "backup"), f'the backup "{team}" is the team itself; allowed: {", ".join(others) or "none yet"}'


def _category(tree: _Tree, place: Place, category: _Tree) -> Iterator[Fault]:
    yield from _named(tree, (*place, "team"), "team", ids(tree, "teams"))
    yield from _backup(tree, place, category, category.get("team"))
    yield from _named(tree, (*place, "ladder"), "ladder", ids(tree, "ladders"))
    allowed = [*ids(tree, "teams"), *(tell.value for tell in Tell)]
    yield from _all_named(tree, (*place, "across"), "team or part", allowed)
    for position, example in children(category.get("examples")):
        if not str(example or "").strip():
            yield (
                (*place, "examples", position),
                "found an empty example; write how a partner would say it, or remove it",
            )


def _ladder(place: Place, ladder: _Tree) -> Iterator[Fault]:
    longest: dict[str, Any] = {}
    steps = list(parts(ladder, "steps"))
    for position, (_, step) in enumerate(steps):
        clock, span = str(step.get("when")), span_of(step.get("after"))
        before = longest.get(clock)
        if span is not None and before is not None and span <= before:
            said = f"{step['after']} is not later than the step before it with the same clock {clock}"
            yield (*place, "steps", position, "after"), f"{said}; put the steps in the order of their spans"
        longest[clock] = span if before is None else max(before, span or before)
    if steps and not _tells_someone_who_decides(steps[-1][1]):
        allowed = ", ".join(tell.value for tell in Tell if tell not in _ALONE)
        said = "the ladder ends in nobody who can decide"
        yield (*place, "steps", len(steps) - 1), f"{said}; its last step must tell one of: {allowed}"


def _tells_someone_who_decides(step: _Tree) -> bool:
    told = {str(child) for _, child in children(step.get("tell"))}
    return bool(told - _ALONE)


def _must_know(tree: _Tree, place: Place, rule: _Tree) -> Iterator[Fault]:
    yield from _all_named(tree, (*place, "tiers"), "tier", ids(tree, "tiers"))
    yield from _all_named(tree, (*place, "categories"), "category", ids(tree, "categories"))
    if all(rule.get(condition) is None or rule.get(condition) == [] for condition in _CONDITIONS):
        yield place, f"the rule has no condition, so it would always hold; allowed: {', '.join(_CONDITIONS)}"
    step, longest = rule.get("escalated_to_step"), _longest_ladder(tree)
    if isinstance(step, int) and longest and step > longest:
        yield (*place, "escalated_to_step"), f"no ladder has a step {step}; the longest has {longest} steps"


def _longest_ladder(tree: _Tree) -> int:
    return max((len(list(parts(ladder, "steps"))) for _, ladder in parts(tree, "ladders")), default=0)


def _amounts(tree: _Tree) -> Iterator[Fault]:
    for low, high in (("amount_some", "amount_high"), ("normal_at", "high_at"), ("high_at", "urgent_at")):
        lower, higher = at(tree, ("priority", low)), at(tree, ("priority", high))
        if isinstance(lower, int | float) and isinstance(higher, int | float) and lower >= higher:
            yield ("priority", low), f"{low} is {lower} and {high} is {higher}; {low} must be the smaller one"
