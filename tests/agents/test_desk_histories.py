"""What holds after any history of wishes, sensible or not."""

from collections.abc import Sequence
from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from agents.desk import decide_batch
from schemas.deadlines import deadlines
from schemas.envelope import CommandMessage, EventMessage
from schemas.evolve import fold
from schemas.issue import Issue
from schemas.side_commands import PassDeadline
from schemas.vocabulary import DeadlineKind, State
from tests.agents.desk_situations import WISHES
from tests.builders import HOUR, ISSUE, NOW, STAFF, context, raise_command, wish

WHO = [p.id for p in STAFF] + ["partner", "assign", "classify", "stranger"]
STEPS = st.one_of(
    st.tuples(st.sampled_from(sorted(WISHES)), st.none()),
    st.tuples(st.sampled_from(sorted(WISHES)), st.sampled_from(WHO)),
    st.tuples(st.just("next deadline"), st.none()),
)
HISTORIES = st.tuples(st.booleans(), st.lists(STEPS, max_size=25))
MAY_OWN = {p.id for p in STAFF if p.may_own}


class _Run:
    """One issue living through a history; keeps what was said."""

    def __init__(self, *, confirmed: bool) -> None:
        self.now: datetime = NOW
        self.issue: Issue | None = None
        self.events: list[EventMessage] = []
        self.wishes: list[tuple[CommandMessage, datetime]] = []
        self.say(wish(raise_command(confirmed=confirmed), "partner"))

    def say(self, message: CommandMessage) -> None:
        effects = decide_batch([message], {ISSUE: self.issue} if self.issue else {}, self.now, context())
        self.wishes.append((message, self.now))
        self.events.extend(effects.events)
        self.issue = effects.issues.get(ISSUE, self.issue)

    def step(self, name: str, who: str | None) -> None:
        if name == "next deadline":
            self._pass_next()
            return
        self.now += HOUR / 4
        command, usual = WISHES[name]
        self.say(wish(command, who or usual, at=self.now, n=len(self.wishes)))

    def _pass_next(self) -> None:
        due = sorted(deadlines(self.stands, context().book), key=lambda row: (row.due_at, row.kind, row.ref))
        if due:
            self.now = max(self.now, due[0].due_at)
            timer = PassDeadline(deadline=due[0].kind, ref=due[0].ref, due_at=due[0].due_at)
            self.say(wish(timer, "timer", at=self.now, n=len(self.wishes)))

    @property
    def stands(self) -> Issue:
        if self.issue is None:
            raise AssertionError("the first wish raises it")
        return self.issue


def _runs(history: tuple[bool, list[tuple[str, str | None]]]) -> Sequence[Issue]:
    run = _Run(confirmed=history[0])
    found = [run.stands]
    for name, who in history[1]:
        run.step(name, who)
        found.append(run.stands)
    return found


@settings(max_examples=150)
@given(HISTORIES)
def test_every_open_issue_has_one_owner_or_a_running_offer_with_a_deadline(
    history: tuple[bool, list[tuple[str, str | None]]],
) -> None:
    """R-09, R-38: there is no state in which giver and receiver are both off the hook."""
    for issue in _runs(history):
        if not issue.is_open:
            continue
        kinds = {row.kind for row in deadlines(issue, context().book)}
        if issue.owner is None:
            assert issue.offer is not None
            assert kinds & {DeadlineKind.OFFER_LAPSES, DeadlineKind.CONFIRMATION_ENDS}
        else:
            assert issue.state in {State.ACCEPTED, State.WAITING}
            assert issue.is_owned
            assert DeadlineKind.UPDATE_DUE in kinds
        if issue.offer is not None:
            assert issue.offer.handed_over_by in {None, issue.owner}


@settings(max_examples=150)
@given(HISTORIES)
def test_only_those_who_may_own_ever_own(history: tuple[bool, list[tuple[str, str | None]]]) -> None:
    """R-15: a channel manager is never the owner, whatever was wished."""
    for issue in _runs(history):
        assert issue.owner is None or issue.owner in MAY_OWN


@settings(max_examples=150)
@given(HISTORIES)
def test_versions_have_no_gap_and_the_state_is_the_fold_of_its_events(
    history: tuple[bool, list[tuple[str, str | None]]],
) -> None:
    run = _Run(confirmed=history[0])
    for name, who in history[1]:
        run.step(name, who)

    assert [message.version for message in run.events] == list(range(1, len(run.events) + 1))
    assert len({message.id for message in run.events}) == len(run.events)
    assert fold(run.events) == run.stands


@settings(max_examples=100)
@given(HISTORIES)
def test_a_batch_means_the_same_as_its_wishes_one_by_one(
    history: tuple[bool, list[tuple[str, str | None]]],
) -> None:
    run = _Run(confirmed=history[0])
    for name, who in history[1]:
        run.step(name, who)
    messages = [message for message, _ in run.wishes]
    one_by_one: dict[str, Issue] = {}
    answers = []
    for message in messages:
        effects = decide_batch([message], dict(one_by_one), run.now, context())
        one_by_one |= effects.issues
        answers += [(o.refusal, o.events) for o in effects.outcomes]
    batch = decide_batch(messages, {}, run.now, context())

    assert batch.issues == one_by_one
    assert [(o.refusal, o.events) for o in batch.outcomes] == answers


@settings(max_examples=100)
@given(HISTORIES)
def test_nothing_stands_still_for_ever(history: tuple[bool, list[tuple[str, str | None]]]) -> None:
    """R-25: whatever happened, an open issue has something that falls due, and passing it changes the issue."""
    run = _Run(confirmed=history[0])
    for name, who in history[1]:
        run.step(name, who)
    for _ in range(5):
        before = run.stands
        run.step("next deadline", None)
        if before.is_open:
            assert run.stands.version > before.version
