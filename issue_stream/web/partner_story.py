"""A partner's status page as a value: state, whose move, dates, steps, what happens if it stands still. Pure.

All of it comes from the allow-list of `schemas/partner_view.py` and named facts of the issue; nothing internal is read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from issue_stream.store.pages_partner import PartnerHistory
from issue_stream.web.templates import span
from schemas import side_events as s
from schemas.issue import Issue
from schemas.partner_view import PartnerLine
from schemas.policy import LadderStep, Policy, StepWhen, Tell
from schemas.vocabulary import NextMove, State

_WHEN = {
    StepWhen.NOT_ACCEPTED: "If nobody has accepted it {after} after you raised it",
    StepWhen.NOT_TOLD: "If you have heard nothing from us for {after}",
    StepWhen.NOT_RESOLVED: "If it is not solved {after} after you raised it",
}
_TOLD = {
    Tell.OWNER: "its owner",
    Tell.TEAM: "the whole team",
    Tell.LEAD: "the team's lead",
    Tell.CHANNEL_MANAGER: "your channel manager",
    Tell.EXECUTIVES: "our channel leadership",
}
_TONES = {
    "you_said": "yours",
    "you_said_stuck": "yours",
    "you_confirmed": "yours good",
    "you_denied": "yours",
    "we_said": "ours",
    "owned": "ours",
    "solved": "ours good",
    "still_fixed": "yours",
    "closed": "good",
    "date_kept": "good",
    "date_missed": "bad",
    "refused": "bad",
    "told_leaders": "ours",
}


@dataclass(frozen=True, slots=True)
class Dates:
    """One promise: what for, the date that holds, and the older ones with the reason they moved."""

    what: str
    due_at: datetime
    state: str
    older: tuple[tuple[datetime, str], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the history with its colour."""

    line: PartnerLine
    tone: str


@dataclass(frozen=True, slots=True)
class Story:
    """All that the page shows."""

    issue: Issue
    move: str
    owner: str
    team: str
    dates: tuple[Dates, ...]
    steps: tuple[Step, ...]
    ladder: tuple[str, ...]


def story(history: PartnerHistory, policy: Policy) -> Story:
    """The page of this issue under this policy."""
    issue = history.issue
    team = policy.team(issue.team)
    word = team.role_word if team else "partner support"
    return Story(
        issue=issue,
        move=_move(issue, word),
        owner=f"{issue.owner_name.split(' ', 1)[0]}, {word}" if issue.owner_name else "",
        team=team.name if team else "Partner support",
        dates=tuple(_dates(history)),
        steps=tuple(Step(line, _TONES.get(line.kind.value, "")) for line in reversed(history.lines)),
        ladder=tuple(_ladder(issue, policy)),
    )


def _move(issue: Issue, role_word: str) -> str:
    """Whose move it is, for the partner."""
    first = issue.owner_name.split(" ", 1)[0]
    sentences = {
        NextMove.PARTNER: "It is your move: please answer below.",
        NextMove.THIRD_PARTY: "We wait for somebody outside our company, and keep asking.",
        NextMove.OWNER: f"It is our move: {first or 'your owner'} is on it.",
        NextMove.LEAD: f"It is our move: the lead of {role_word} decides who takes it.",
        NextMove.TEAM: f"It is our move: {role_word} finds the person who takes it.",
    }
    if issue.state is State.CANNOT_DO:
        return "We said no, with the reason below, and look at it again on the date named there."
    return sentences.get(issue.next_move, "Nothing is open here.")


def _dates(history: PartnerHistory) -> Iterator[Dates]:
    texts = history.texts
    for promise in history.issue.promises:
        older = []
        due: datetime | None = None
        for message in history.events:
            event = message.event
            if isinstance(event, s.PromiseMade) and event.promise == promise.id:
                due = event.due_at
            elif isinstance(event, s.PromiseRevised) and event.promise == promise.id and due is not None:
                older.append((due, texts.get(event.reason, "")))
                due = event.due_at
        what = texts.get(promise.what or "", "") or "A solution"
        yield Dates(what, promise.due_at, promise.state, tuple(older))


def _ladder(issue: Issue, policy: Policy) -> Iterator[str]:
    """What is still to come; what the issue no longer waits for cannot happen."""
    if not issue.is_open:
        return
    for number, step in enumerate(policy.ladder(issue.ladder).steps, start=1):
        is_past = step.when is StepWhen.NOT_ACCEPTED and issue.owner is not None
        if not is_past and number not in issue.steps_done:
            yield _sentence(step)


def _sentence(step: LadderStep) -> str:
    told = [_TOLD[tell] for tell in step.tell]
    whom = told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"
    verb = "is" if len(told) == 1 and step.tell[0] is not Tell.EXECUTIVES else "are"
    return f"{_WHEN[step.when].format(after=span(step.after))}, {whom} {verb} told."
