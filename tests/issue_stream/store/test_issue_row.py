"""The row by which lists find an issue says the same as the issue, whatever happened to it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from issue_stream.store import tables as t
from issue_stream.store.issue_row import issue_row
from schemas.issue import Issue
from schemas.values import Blocked
from schemas.vocabulary import OPEN_STATES, State
from tests.agents.desk_situations import SITUATIONS, WISHES
from tests.builders import HOUR, NOW, after, answered, raise_command, wish

HISTORIES = st.tuples(st.sampled_from(sorted(SITUATIONS)), st.lists(st.sampled_from(sorted(WISHES)), max_size=12))


def _lived(situation: str, wishes: list[str]) -> Issue:
    """The issue after a situation and whatever of these wishes the desk grants, an hour apart."""
    issue = after(None, *SITUATIONS[situation])
    for n, name in enumerate(wishes):
        command, who = WISHES[name]
        at = NOW + n * HOUR
        issue = answered(issue, wish(command, who, at=at, n=n), at=at).issues.get(issue.id, issue)
    return issue


@given(HISTORIES)
@settings(max_examples=150, deadline=None)
def test_the_row_agrees_with_the_folded_issue(history: tuple[str, list[str]]) -> None:
    issue = _lived(*history)

    row = issue_row(issue)

    assert set(row) == set(t.issues.c.keys())
    assert Issue.model_validate_json(row["body"]) == issue
    assert (row["id"], row["number"], row["version"], row["state"]) == (
        issue.id,
        issue.number,
        issue.version,
        issue.state.value,
    )
    assert row["is_open"] == (State(row["state"]) in OPEN_STATES)
    assert (row["waiting_for"] is not None) == (issue.waiting is not None)
    assert (row["offered_to"], row["accept_by"]) == (
        (issue.offer.to, issue.offer.accept_by) if issue.offer else (None, None)
    )
    assert row["refusals"] >= len(issue.declined_by) - issue.lapses


@given(HISTORIES)
@settings(max_examples=150, deadline=None)
def test_an_open_issue_is_found_under_its_owner_or_its_offer(history: tuple[str, list[str]]) -> None:
    """R-32: nothing open is on nobody's list."""
    row = issue_row(_lived(*history))

    assert not row["is_open"] or row["owner_id"] or (row["offer_team"] and row["accept_by"])


@given(HISTORIES)
@settings(max_examples=50, deadline=None)
def test_texts_fit_their_columns(history: tuple[str, list[str]]) -> None:
    """PostgreSQL refuses a text that is too long, SQLite does not: the one that is stricter must never see one."""
    row = issue_row(_lived(*history))

    widths = {column.name: getattr(column.type, "length", None) for column in t.issues.columns}
    assert not [name for name, width in widths.items() if width and len(row[name] or "") > width]


def test_the_next_open_promise_is_the_one_that_counts() -> None:
    issue = after(None, *SITUATIONS["owned"], wish(WISHES["promise"][0]))
    promise = issue.promises[0]
    later = promise.model_copy(update={"id": "later", "due_at": promise.due_at + HOUR})
    kept = promise.model_copy(update={"id": "kept", "due_at": promise.due_at - HOUR, "state": "kept"})

    both = issue.model_copy(update={"promises": (later, promise, kept)})
    none = issue.model_copy(update={"promises": (kept,)})

    assert issue_row(both)["promised_for"] == promise.due_at
    assert issue_row(none)["promised_for"] is None


def test_what_is_blocked_stands_in_the_row() -> None:
    blocked = Blocked(deal="t-deal", by=NOW.date(), amount="12500.50", currency="EUR")
    row = issue_row(after(None, wish(raise_command(blocked=blocked), "partner")))

    assert (str(row["blocked_amount"]), row["blocked_by"]) == ("12500.50", NOW.date())
