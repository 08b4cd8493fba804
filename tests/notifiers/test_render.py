"""One letter of one or several notices: threads, subjects, hostile words, times in the reader's zone."""

from datetime import UTC, datetime

import pytest

from notifiers import words
from notifiers.story import facts, paragraphs, quote
from schemas.errors import Permanent
from schemas.events import Accepted, Replied, Resolved
from schemas.notices import Notice, NoticeKind
from schemas.side_events import PromiseMade
from schemas.vocabulary import Audience, DeclineReason, StuckReason
from tests.builders import DAY, NOW
from tests.notifiers.letter_situations import (
    TEXTS,
    digest_letter,
    history,
    letter,
    of_kind,
    quiet_digest,
    raised,
    told,
)

ACCEPTED = Accepted(owner="mia", owner_name="Mia Example", team="deal_desk", next_update_at=NOW + DAY)
REPLIED = Replied(text="t-reply", next_update_at=NOW + DAY)
WINTER = datetime(2026, 11, 26, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/Berlin", "Thu 26 Nov, 17:00 CET"),
        ("UTC", "Thu 26 Nov, 16:00 UTC"),
        ("America/Sao_Paulo", "Thu 26 Nov, 13:00 UTC-3"),
        ("Asia/Kolkata", "Thu 26 Nov, 21:30 IST"),
        ("Asia/Kathmandu", "Thu 26 Nov, 21:45 UTC+5:45"),
        ("Pacific/Auckland", "Fri 27 Nov, 05:00 NZDT"),
        ("Nowhere/Atlantis", "Thu 26 Nov, 16:00 UTC"),
    ],
)
def test_a_moment_is_said_in_the_readers_zone(zone: str, said: str) -> None:
    assert words.moment(WINTER, zone) == said


def test_every_reason_from_a_list_has_words() -> None:
    for reason in (*DeclineReason, *StuckReason):
        assert "_" not in words.said(reason.value)


def test_several_changes_are_one_letter_named_by_the_weightiest() -> None:
    """R-63: state once, each change once, one link."""
    fixed = Resolved(text="t-fixed", assume_at=NOW + 7 * DAY)
    promised = PromiseMade(promise="p1", what="t-reason", due_at=NOW + DAY)
    steps = history((raised(), "partner"), (ACCEPTED, "mia"), (REPLIED, "mia"), (promised, "mia"), (fixed, "mia"))
    notices = [next(n for n in told(steps[: n + 1]) if n.recipient == "ida") for n in (2, 3, 4)]
    written = letter(notices, steps[-1][1])

    assert written.subject == "[PIR-1042] Solved - please confirm"
    assert written.message_id.startswith(f"<{notices[0].key}@")
    for needed in ("You get their answer today.", "We gave you a date", "The duplicate is removed"):
        assert written.text.count(needed) == 1
    assert written.text.count("https://") == 1


def test_letters_of_one_issue_and_reader_keep_one_thread() -> None:
    steps = history((raised(also_tell=("bo",)), "partner"), (ACCEPTED, "mia"))
    first = letter(of_kind(told(steps[:1]), NoticeKind.ACKNOWLEDGED), steps[0][1])
    second = letter(of_kind(told(steps), NoticeKind.OWNED), steps[-1][1])

    assert first.references == second.references
    assert first.message_id != second.message_id


def test_the_acknowledgement_says_that_it_is_an_automatic_answer() -> None:
    steps = history((raised(), "partner"), (ACCEPTED, "mia"))
    receipt = letter(of_kind(told(steps[:1]), NoticeKind.ACKNOWLEDGED), steps[0][1])
    later = letter(of_kind(told(steps), NoticeKind.OWNED), steps[-1][1])

    assert receipt.headers["Auto-Submitted"] == "auto-replied"
    assert later.headers == {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


HOSTILE = "Hello\r\nBcc: all@example.com\n\nNumber: PIR-1\n<script>alert(1)</script>\x07 & more"


def test_hostile_words_cannot_forge_a_header_a_fact_or_markup() -> None:
    steps = history((raised(), "partner"))
    notice = of_kind(told(steps), NoticeKind.ACKNOWLEDGED)
    written = letter(notice, steps[-1][1], texts=TEXTS | {"t-summary": HOSTILE, "t-deal": HOSTILE})

    assert "\n" not in written.subject + "".join(written.references)
    assert "\nBcc:" not in written.text
    assert "<script>" not in written.html
    assert "\x07" not in written.text + written.html
    assert written.text.count("\nNumber:") == 1


def test_an_erased_text_says_so() -> None:
    steps = history((raised(), "partner"), (ACCEPTED, "mia"), (REPLIED, "mia"))
    written = letter(of_kind(told(steps), NoticeKind.REPLY), steps[-1][1], texts={})

    assert "(these words were erased)" in written.text


def test_a_long_quotation_is_cut_at_a_word() -> None:
    cut = quote("word " * 400)

    assert len(cut) < 700
    assert cut.endswith("word ...")


def test_a_notice_that_nobody_has_words_for_fails_for_good() -> None:
    """A partner never gets staff words: there is no falling back from one audience to the other."""
    notice = Notice(key="k", kind=NoticeKind.MUST_KNOW, audience=Audience.PARTNER, recipient="ida", issue="i", at=NOW)
    steps = history((raised(), "partner"))

    with pytest.raises(Permanent, match="no words for must_know"):
        letter(notice, steps[-1][1])


def test_a_quiet_day_still_has_a_letter_with_its_counts() -> None:
    written = digest_letter(quiet_digest())

    assert written.subject.endswith("all quiet")
    assert "41 open issues, all owned, no promise late" in written.text
    assert "98.8% (84 of 85)" in written.text


def test_paragraphs_change_where_the_speaker_changes() -> None:
    kinds = [p.kind for p in paragraphs("We wrote:\n| one\n| two\n> three\nend")]

    assert kinds == ["plain", "ours", "said", "plain"]


def test_a_fact_without_a_value_is_left_out() -> None:
    assert facts("Owner: Mia\nBlocks:\n\nUntil: 10:30") == (("Owner", "Mia"), ("Until", "10:30"))
