"""Letters exactly as their readers get them.

To change one, read the difference aloud, then replace the file under `golden/` by what the test shows.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.events import Accepted, NoProgressTold, Offered, Resolved, Triaged
from schemas.letter import Letter
from schemas.notices import NoticeKind
from schemas.side_events import ExecutiveInformed
from schemas.vocabulary import Priority
from tests.builders import DAY, NOW
from tests.notifiers.letter_situations import (
    busy_digest,
    digest_letter,
    history,
    letter,
    of_kind,
    offer_to,
    raised,
    told,
)

GOLDEN = Path(__file__).parent / "golden"
TRIAGED = Triaged(
    category="deal_registration", team="deal_desk", priority=Priority.HIGH, next_update_at=NOW + DAY, ladder="standard"
)
ACCEPTED = Accepted(owner="mia", owner_name="Mia Example", team="deal_desk", next_update_at=NOW + DAY)


def _acknowledged() -> Letter:
    steps = history((raised(), "partner"))
    return letter(of_kind(told(steps), NoticeKind.ACKNOWLEDGED), steps[-1][1])


def _offered() -> Letter:
    steps = history((raised(), "partner"), (TRIAGED, "classify"), (Offered(offer=offer_to("mia")), "assign"))
    return letter(of_kind(told(steps), NoticeKind.OFFER), steps[-1][1])


def _owned() -> Letter:
    steps = history((raised(), "partner"), (TRIAGED, "classify"), (ACCEPTED, "mia"))
    return letter(of_kind(told(steps), NoticeKind.OWNED), steps[-1][1])


def _no_progress() -> Letter:
    silent = NoProgressTold(in_a_row=2, next_update_at=NOW + 2 * DAY)
    steps = history((raised(), "partner"), (TRIAGED, "classify"), (ACCEPTED, "mia"), (silent, "timer"))
    return letter(of_kind(told(steps), NoticeKind.NO_PROGRESS), steps[-1][1])


def _resolved() -> Letter:
    fixed = Resolved(text="t-fixed", cause="t-why", assume_at=NOW + 7 * DAY)
    steps = history((raised(), "partner"), (TRIAGED, "classify"), (ACCEPTED, "mia"), (fixed, "mia"))
    return letter(of_kind(told(steps), NoticeKind.RESOLVED), steps[-1][1])


def _must_know() -> Letter:
    informed = ExecutiveInformed(executive="vera", rule="must-know:big")
    steps = history((raised(), "partner"), (TRIAGED, "classify"), (informed, "escalate"))
    why = "A gold partner is blocked: the partner's tier is gold, it blocks more than 40,000."
    return letter(of_kind(told(steps, because=why), NoticeKind.MUST_KNOW), steps[-1][1])


LETTERS: dict[str, Callable[[], Letter]] = {
    "acknowledged": _acknowledged,
    "offer": _offered,
    "owned": _owned,
    "no_progress": _no_progress,
    "resolved": _resolved,
    "must_know": _must_know,
    "digest": lambda: digest_letter(busy_digest()),
}


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_reads_as_it_was_agreed(name: str) -> None:
    written = LETTERS[name]()

    assert (GOLDEN / f"{name}.txt").read_text(encoding="utf-8") == f"Subject: {written.subject}\n\n{written.text}"


def test_the_acknowledgement_has_number_team_accept_by_and_next_update() -> None:
    """R-01: number, owner or queue, accept-by and next-update time, in the partner's zone."""
    written = _acknowledged()

    for needed in ("PIR-1042", "Front desk", "Mon 2 Mar, 11:00 CET", "Wed 4 Mar, 10:00 CET"):
        assert needed in written.text


def test_the_first_answer_repeats_what_is_blocked_in_the_partners_terms() -> None:
    """R-50: the impact is said back."""
    assert "Fjord Hospital renewal, 48,500 EUR, needed by Fri 6 Mar 2026" in _acknowledged().text


def test_the_same_summary_stands_in_letters_to_partner_staff_and_executive() -> None:
    """R-02: one plain summary everywhere."""
    for written in (_acknowledged(), _offered(), _must_know()):
        assert "Deal registration rejected, quote due Friday" in written.text
        assert "Deal registration rejected, quote due Friday" in written.html


def test_every_word_of_the_text_letter_is_in_the_html_letter() -> None:
    """The plain text is the mail, HTML only its dress."""
    written = _owned()
    sentence = "Mia (deal desk) has accepted your issue and owns it until it is solved."

    assert sentence in written.text
    assert sentence in written.html
    assert "https://issues.example.com/s/issue-1/ida" in written.text
