"""The words a step may begin with, and the fields each may have: one table for reading, playing and the page.

A field's kind says how it is written: words, a span (30m, 4h, 2d, 1w), a day, an instant, a number, yes or no, a name
of somebody or something, or one of the words of a vocabulary.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from schemas.vocabulary import CloseReason, DeclineReason, Intake, Priority, StuckReason, WaitingFor


class Kind(Enum):
    """How a field is written."""

    WORDS = "words"
    SPAN = "a span such as 30m, 4h, 2d or 1w"
    DAY = "a day such as 2026-03-06"
    INSTANT = "an instant with its zone such as 2026-03-02T09:00:00Z"
    AMOUNT = "an amount such as 48000"
    NUMBER = "a whole number"
    YES_NO = "true or false"
    STAFF = "the id of a member of staff"
    CONTACT = "the id of a contact"
    PARTNER = "the id of a partner"
    ISSUE = "the name of an issue raised before"
    NEW_ISSUE = "a new name for an issue"
    TEAM = "the id of a team"
    CATEGORY = "the id of a category"
    NAME = "a short name of your own"
    ADDRESSES = "a list of e-mail addresses"
    STAFF_LIST = "a list of ids of staff"


Field = Kind | tuple[str, ...]
"""A kind, or the words that are allowed."""


@dataclass(frozen=True, slots=True)
class Verb:
    """What stands behind the verb, what must and what may be said with it."""

    subject: Field
    needs: Mapping[str, Field]
    may: Mapping[str, Field]
    meaning: str


def _words(vocabulary: type[Enum]) -> tuple[str, ...]:
    return tuple(str(word.value) for word in vocabulary)


_BY: Mapping[str, Field] = {"by": Kind.STAFF}
_PARTNER: Mapping[str, Field] = {"from": Kind.CONTACT, "text": Kind.WORDS}


def _staff(meaning: str, needs: Mapping[str, Field] | None = None, may: Mapping[str, Field] | None = None) -> Verb:
    return Verb(Kind.ISSUE, {**_BY, **(needs or {})}, may or {}, meaning)


def _partner(meaning: str, needs: Mapping[str, Field] | None = None) -> Verb:
    return Verb(Kind.ISSUE, needs or {}, {k: v for k, v in _PARTNER.items() if k not in (needs or {})}, meaning)


VERBS: Mapping[str, Verb] = {
    "raise": Verb(
        Kind.NEW_ISSUE,
        {"from": Kind.CONTACT, "what": Kind.WORDS},
        {
            "since": Kind.DAY,
            "deal": Kind.WORDS,
            "deal_by": Kind.DAY,
            "amount": Kind.AMOUNT,
            "also_tell": Kind.ADDRESSES,
            "category": Kind.CATEGORY,
            "intake": _words(Intake),
            "confirmed": Kind.YES_NO,
            "previous": Kind.ISSUE,
        },
        "A partner tells of an issue; the name is how later steps call it.",
    ),
    "confirm": Verb(Kind.ISSUE, {}, {}, "The link sent to the address of a public form is opened."),
    "triage": _staff("Choose the kind of issue by hand.", {"category": Kind.CATEGORY}, {"priority": _words(Priority)}),
    "priority": _staff("Set the priority by hand.", {"priority": _words(Priority), "reason": Kind.WORDS}),
    "summary": _staff("Write a clearer summary.", {"text": Kind.WORDS}),
    "offer": _staff("A lead offers it to somebody.", {"to": Kind.STAFF}, {"within": Kind.SPAN}),
    "accept": _staff("Own it."),
    "decline": _staff("Say no to an offer.", {"reason": _words(DeclineReason)}, {"note": Kind.WORDS}),
    "hand_over": _staff(
        "Pass it on; the giver owns it until the other accepts.",
        {"to": Kind.STAFF, "what": Kind.WORDS, "expected": Kind.WORDS},
        {"within": Kind.SPAN},
    ),
    "reply": _staff("Write to the partner.", {"text": Kind.WORDS}, {"next_update_in": Kind.SPAN}),
    "note": _staff("Write an internal note.", {"text": Kind.WORDS}),
    "wait": _staff(
        "Nothing can be done until somebody moves.",
        {"for": _words(WaitingFor), "reason": Kind.WORDS},
        {"review_in": Kind.SPAN},
    ),
    "resume": _staff("The wait is over."),
    "resolve": _staff("Say what solved it.", {"text": Kind.WORDS}, {"cause": Kind.WORDS}),
    "cannot_do": _staff(
        "An honest no.",
        {"reason": Kind.WORDS, "alternative": Kind.WORDS, "review_on": Kind.DAY},
        {"not_ours": Kind.YES_NO},
    ),
    "close": _staff("End it without the partner's yes.", {}, {"reason": _words(CloseReason), "text": Kind.WORDS}),
    "reopen": _staff("It was not over.", {}, {"reason": Kind.WORDS}),
    "escalate": _staff("Tell people beyond the owner.", {"reason": Kind.WORDS}, {"tell": Kind.STAFF_LIST}),
    "deescalate": _staff("Call it off.", {"reason": Kind.WORDS}),
    "link": _staff("Make it a case of a recurring problem.", {"problem": Kind.NAME}, {"title": Kind.WORDS}),
    "unlink": _staff("Undo a link.", {"problem": Kind.NAME}),
    "dismiss_alike": _staff("Say that it is not alike."),
    "merge": _staff("The same matter stands in another issue.", {"into": Kind.ISSUE}),
    "unmerge": _staff("Undo a merge."),
    "promise": _staff("Give the partner a date.", {"name": Kind.NAME, "due_in": Kind.SPAN}, {"what": Kind.WORDS}),
    "revise_promise": _staff(
        "Move a promised date, with the reason.",
        {"name": Kind.NAME, "due_in": Kind.SPAN, "reason": Kind.WORDS},
    ),
    "keep_promise": _staff("What was promised is done.", {"name": Kind.NAME}),
    "withdraw_promise": _staff("Take a date back.", {"name": Kind.NAME, "reason": Kind.WORDS}),
    "follow": _staff("Hear what changes, without owning.", {}, {"on": Kind.YES_NO}),
    "called": _staff("A partner reached this executive.", {}, {"note": Kind.WORDS}),
    "partner_comment": _partner("The partner writes.", {"text": Kind.WORDS}),
    "not_moving": _partner("The partner says that it stands still.", {"reason": _words(StuckReason)}),
    "answer": _partner('The partner answers "is it resolved?".', {"says": ("yes", "not yet")}),
    "still_fixed": _partner('The partner answers "is it still fixed?".', {"says": ("yes", "no")}),
    "satisfaction": _partner("The partner rates it, 1 to 5.", {"score": Kind.NUMBER}),
    "away": Verb(Kind.STAFF, {}, {"for": Kind.SPAN}, "Somebody is absent from now on."),
    "back": Verb(Kind.STAFF, {}, {}, "Somebody is here again."),
    "advance": Verb(Kind.SPAN, {}, {}, "Let time pass; what falls due meanwhile happens."),
    "expect": Verb(Kind.ISSUE, {}, {}, "Check how things stand now."),
}

CHECKS: Mapping[str, tuple[Field, str]] = {
    "state": (Kind.WORDS, "where the issue stands"),
    "owner": (Kind.STAFF, "who owns it; `nobody` when nobody does"),
    "offered_to": (Kind.STAFF, "to whom it is offered; `nobody` when to no person"),
    "team": (Kind.TEAM, "which team has it"),
    "category": (Kind.CATEGORY, "its kind"),
    "priority": (_words(Priority), "its priority"),
    "next_move": (Kind.WORDS, "whose move it is"),
    "close_reason": (_words(CloseReason), "how it ended"),
    "confirmed": (Kind.YES_NO, "whether its address was confirmed"),
    "escalated": (Kind.YES_NO, "whether people beyond owner and team were told"),
    "surprises": (Kind.NUMBER, "calls about which nobody was told first"),
    "reopened": (Kind.NUMBER, "how often it was opened again"),
    "problem": (Kind.NAME, "the problem it is linked to"),
    "alike": (Kind.NUMBER, "how many earlier issues were suggested as alike"),
    "event": (Kind.WORDS, "a kind of event that happened to it, or a list of them in this order"),
    "no_event": (Kind.WORDS, "a kind of event that never happened to it, or a list of them"),
    "notice": (Kind.WORDS, "a kind of notice that was told about it, or a list of them in this order"),
    "no_notice": (Kind.WORDS, "a kind of notice that was never told about it, or a list of them"),
    "to": (Kind.NAME, "with `notice` or `no_notice`: to whom"),
    "refused": (Kind.WORDS, "the code with which the last step about it was refused"),
}
"""What `expect` may look at, how it is written, and what it means."""
