"""What the fields of the issue's forms may be, and what they say at first. Pure but for what it is given."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from issue_stream.policies.spans import span_of
from issue_stream.store.pages_staff import History, ProblemLine
from issue_stream.web.staff.actions import Action, Field
from issue_stream.web.staff.guard import Viewer
from issue_stream.web.templates import said, zone_of
from issue_stream.web.uploads import KeptFile
from schemas.vocabulary import WAITING_WORDS, CloseReason, DeclineReason, Priority

Choice = tuple[str, str]
"""A value and its words."""

DECLINE_WORDS: Mapping[DeclineReason, str] = {
    DeclineReason.NOT_MY_REGION: "Not my region",
    DeclineReason.NOT_MY_PRODUCT: "Not my product",
    DeclineReason.NOT_MY_AUTHORITY: "I may not decide this",
    DeclineReason.NO_CAPACITY: "No capacity now",
    DeclineReason.NEED_INFORMATION: "I need information first",
}
CLOSE_WORDS: Mapping[CloseReason, str] = {
    CloseReason.WITHDRAWN: "The partner withdrew it",
    CloseReason.NOT_OURS: "It is not ours",
    CloseReason.CANNOT_DO: "We cannot do it",
    CloseReason.ASSUMED: "Assumed solved: they do not answer",
    CloseReason.CONFIRMED: "Confirmed in another way",
}


@dataclass(frozen=True, slots=True)
class Filled:
    """A field with its value now and, for a choice, what may be chosen."""

    field: Field
    value: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """An action as the page shows it. `failed`: it was sent and is shown again, `fault` says why, or nothing does."""

    action: Action
    fields: tuple[Filled, ...]
    fault_field: str = ""
    fault: str = ""
    kept: tuple[KeptFile, ...] = ()
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Lists:
    """What choices are made from."""

    viewer: Viewer
    history: History
    problems: Sequence[ProblemLine]

    def of(self, name: str) -> tuple[Choice, ...]:
        """One list by its name."""
        return _LISTS[name](self) if name else ()


def filled(action: Action, lists: Lists, typed: Mapping[str, str] | None = None) -> tuple[Filled, ...]:
    """The fields of an action: as typed, or as they begin."""
    return tuple(
        Filled(field, _start(field, lists) if typed is None else typed.get(field.name, ""), lists.of(field.choices))
        for field in action.fields
    )


def _start(field: Field, lists: Lists) -> str:
    if field.start == "summary":
        return lists.history.texts.get(lists.history.issue.summary, "")
    if field.name == "priority":
        return lists.history.issue.priority.value
    span = span_of(field.start)
    if span is None:
        return field.start
    local = (lists.viewer.now + span).astimezone(zone_of(lists.viewer.person.zone))
    return local.date().isoformat() if field.kind == "day" else local.strftime("%Y-%m-%dT%H:%M")


def _owners(lists: Lists) -> tuple[Choice, ...]:
    now = lists.viewer.now
    people = [p for p in lists.history.staff.values() if p.may_own and p.id != lists.history.issue.owner]
    return tuple((p.id, f"{p.name}{' (away)' if p.is_away(now) else ''}") for p in people)


def _staff(lists: Lists) -> tuple[Choice, ...]:
    return tuple((p.id, f"{p.name}, {p.role.replace('_', ' ')}") for p in lists.history.staff.values() if p.active)


def _categories(lists: Lists) -> tuple[Choice, ...]:
    return tuple((c.id, c.name) for c in lists.viewer.policy.categories if c.enabled)


def _promises(lists: Lists) -> tuple[Choice, ...]:
    running = [p for p in lists.history.issue.promises if p.state == "open"]
    zone = lists.viewer.person.zone
    what = lists.history.texts
    return tuple((p.id, f"{what.get(p.what or '', 'A date')}, by {said(p.due_at, zone)}") for p in running)


_LISTS: Mapping[str, Callable[[Lists], tuple[Choice, ...]]] = {
    "declines": lambda _: tuple((reason.value, words) for reason, words in DECLINE_WORDS.items()),
    "closes": lambda _: tuple((reason.value, words) for reason, words in CLOSE_WORDS.items()),
    "priorities": lambda _: tuple((p.value, p.value.capitalize()) for p in Priority),
    "waits": lambda _: tuple((on.value, word.staff.removeprefix("Waiting for ")) for on, word in WAITING_WORDS.items()),
    "categories": _categories,
    "owners": _owners,
    "staff": _staff,
    "promises": _promises,
    "problems": lambda lists: tuple((p.id, p.title) for p in lists.problems),
}
