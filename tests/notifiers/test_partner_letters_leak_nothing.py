"""Nothing internal reaches a partner: tokens are planted in every internal field and looked for in every letter."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from agents.inform import Known, decide
from schemas.envelope import EventMessage
from schemas.events import Event, Raised
from schemas.evolve import evolve
from schemas.issue import Issue
from schemas.letter import LetterFacts
from schemas.notices import Notice
from schemas.vocabulary import Audience
from tests.agents.every_event import BECAUSE, EVENTS, SECRET
from tests.builders import HOUR, NOW, fact
from tests.notifiers.letter_situations import (
    CONTACT,
    DIRECTORY,
    PARTNER,
    POLICY,
    RENDER,
    TEXTS,
    facts_for,
    raised,
    reader_of,
)

INTERNAL = {
    ref: f"{SECRET}text of {ref}"
    for event in EVENTS
    for ref in map(str, event.model_dump().values())
    if ref.startswith(SECRET)
}
"""Every internal text that an event may name, with words that nobody outside may read."""

ACTORS = ("mia", "omar", "lena", "cara", "vera", "partner", "timer", "escalate")
STRANGERS = ("omar", "lena", "cara", "vera", "Omar", "Lena", "Cara", "Vera")
"""People a partner is not dealing with; only an owner or a speaker is named, by first name."""


def _steps(events: Sequence[tuple[Event, str]]) -> list[tuple[EventMessage, Issue]]:
    issue: Issue | None = None
    steps = []
    for version, (event, who) in enumerate(events, start=1):
        message = fact(event, version, at=NOW + version * HOUR, who=who).model_copy(update={"because": BECAUSE})
        issue = evolve(issue, message)
        steps.append((message, issue))
    return steps


def _facts(notice: Notice, issue: Issue) -> LetterFacts:
    plain = facts_for(notice, issue)
    return LetterFacts(reader_of(notice), POLICY, NOW, issue, plain.partner, TEXTS | INTERNAL)


HISTORIES = st.lists(
    st.tuples(st.sampled_from([x for x in EVENTS if not isinstance(x, Raised)]), st.sampled_from(ACTORS)), max_size=10
)


@settings(max_examples=120, deadline=None)
@given(HISTORIES)
def test_no_letter_to_a_partner_holds_an_internal_word(later: list[tuple[Event, str]]) -> None:
    """R-27: letters are made from the allow-list; whatever the history, no planted token comes through."""
    for message, issue in _steps([(raised(also_tell=("bo",)), "partner"), *later]):
        for notice in decide(message, issue, Known(PARTNER, DIRECTORY, POLICY)):
            if notice.audience is Audience.PARTNER:
                letter = RENDER([notice], _facts(notice, issue))

                assert SECRET not in letter.model_dump_json()
                assert SECRET not in notice.model_dump_json()


@settings(max_examples=60, deadline=None)
@given(HISTORIES)
def test_every_notice_there_is_can_be_put_into_words(later: list[tuple[Event, str]]) -> None:
    """Each kind has a template for each audience that hears it, and the template finds what it needs."""
    for message, issue in _steps([(raised(), "partner"), *later]):
        for notice in decide(message, issue, Known(PARTNER, DIRECTORY, POLICY)):
            letter = RENDER([notice], _facts(notice, issue))

            assert letter.subject.startswith("[PIR-1042] ")
            assert "None" not in letter.subject + letter.text
            assert letter.text.count("\n-- \n") == 1


def test_staff_do_read_what_is_internal() -> None:
    """The tokens are really there: a staff letter of the same event shows one, so the search above can find them."""
    note = next(x for x in EVENTS if x.type == "note-added")
    owned = next(x for x in EVENTS if x.type == "accepted")
    message, issue = _steps([(raised(), "partner"), (owned, "mia"), (note, "lena")])[-1]
    (notice,) = decide(message, issue, Known(PARTNER, DIRECTORY, POLICY))

    assert SECRET in RENDER([notice], _facts(notice, issue)).text


def test_not_moving_names_parts_and_no_names() -> None:
    stuck = next(x for x in EVENTS if x.type == "escalated" and x.rule == "not-moving")
    message, issue = _steps([(raised(), "partner"), (stuck, "escalate")])[-1]
    notices = [n for n in decide(message, issue, Known(PARTNER, DIRECTORY, POLICY)) if n.recipient == CONTACT.id]
    text = RENDER(notices, _facts(notices[0], issue)).text

    assert "We told the owner's lead and your channel manager" in " ".join(text.split())
    assert not any(name in text for name in STRANGERS)
