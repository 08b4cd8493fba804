"""Golden examples: one message of every kind under `schemas/examples/<kind>/v1.json`, with every field filled.

`python -m tests.schemas.make_examples` writes those that are missing and never touches one that exists: messages of
this form are on disks and topics of others, and must decode for ever.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import orjson

from schemas.commands import Command
from schemas.envelope import CommandMessage, EventMessage, encode_command, encode_event
from schemas.events import Event
from schemas.notices import Notice, NoticeKind, encode_notice
from schemas.values import Actor, Alike, Because, Blocked, FileRef, Offer, Value
from schemas.vocabulary import (
    ActorKind,
    Audience,
    CloseReason,
    DeadlineKind,
    DeclineReason,
    Intake,
    Priority,
    StuckReason,
    WaitingFor,
)

EXAMPLES = Path(__file__).parents[2] / "schemas" / "examples"
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LATER = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)

BY_FIELD: dict[str, Any] = {
    "accept_by": LATER,
    "alike": (Alike(issue="issue-7", problem="problem-2", score=0.62, words="text:shared-words"),),
    "also_tell": ("contact-9",),
    "alternative": "text:alternative",
    "assume_at": LATER,
    "audience": Audience.EXECUTIVE,
    "before_due": False,
    "blocked": Blocked(deal="text:deal", by=date(2026, 3, 6), amount=Decimal("48000.50"), currency="EUR"),
    "by_hand": True,
    "catch_by": LATER,
    "category": "deal_registration",
    "cause": "text:cause",
    "confirmed": False,
    "contact": "contact-3",
    "deadline": DeadlineKind.LADDER_STEP,
    "decide_by": LATER,
    "delivered": True,
    "done_means": "The registration is approved.",
    "due_at": LATER,
    "executive": "vera",
    "expected": "text:expected",
    "files": (FileRef(content="file:1", name="quote.pdf", media_type="application/pdf", size=12345),),
    "first_step": "Look the registration up.",
    "fixed": False,
    "handed_over_by": "mia",
    "heat": 0.4,
    "in_a_row": 2,
    "intake": Intake.PUBLIC_FORM,
    "into": "issue-5",
    "into_number": 1005,
    "ladder": "fast",
    "late": True,
    "lead": "lena",
    "lead_name": "Lena Example",
    "next_update_at": LATER,
    "not_ours": True,
    "not_told": "text:addresses",
    "note": "text:note",
    "notice": "notice-key",
    "number": 1042,
    "offer": Offer(
        to="mia",
        to_name="Mia Example",
        team="deal_desk",
        made_at=AT,
        accept_by=LATER,
        why_you="Fewest open issues.",
        first_step="Look the registration up.",
        done_means="The registration is approved.",
        handed_over_by="omar",
    ),
    "on": True,
    "owner": "mia",
    "owner_name": "Mia Example",
    "partner": "nordlys",
    "previous": "issue-2",
    "priority": Priority.HIGH,
    "problem": "problem-2",
    "promise": "promise-1",
    "pulled": True,
    "reason": "text:reason",
    "recipient": "vera",
    "ref": "3",
    "region": "north",
    "review_at": LATER,
    "review_on": date(2026, 4, 1),
    "rule": "must-know:big_deal",
    "score": 0.62,
    "since": date(2026, 2, 20),
    "solved": True,
    "staff": "cara",
    "step": 2,
    "still_fixed_at": LATER,
    "suggested": ("leads", "relationship"),
    "summary": "text:summary",
    "sure": 0.83,
    "team": "deal_desk",
    "tell": ("lena",),
    "text": "text:words",
    "tier": "gold",
    "title": "text:title",
    "to": "omar",
    "to_name": "Omar Example",
    "told": ("lena", "vera"),
    "told_first": True,
    "what": "text:what",
    "who": "omar",
    "why": "answered",
    "why_you": "Fewest open issues.",
}

BY_KIND: dict[tuple[str, str], Any] = {
    ("wait", "on"): WaitingFor.THIRD_PARTY,
    ("wait-started", "on"): WaitingFor.THIRD_PARTY,
    ("decline", "reason"): DeclineReason.NO_CAPACITY,
    ("declined", "reason"): DeclineReason.NO_CAPACITY,
    ("not-moving", "reason"): StuckReason.DEADLINE,
    ("not-moving-said", "reason"): StuckReason.DEADLINE,
    ("close", "reason"): CloseReason.NOT_OURS,
    ("closed", "reason"): CloseReason.CONFIRMED,
    ("give-satisfaction", "score"): 4,
    ("satisfaction-given", "score"): 4,
}

COMMANDS: tuple[type[Value], ...] = get_args(get_args(Command)[0])
EVENTS: tuple[type[Value], ...] = get_args(get_args(Event)[0])


def kind_of(model: type[Value]) -> str:
    """The type word of a command or event."""
    return str(model.model_fields["type"].default)


def filled(model: type[Value], **other: object) -> Any:  # noqa: ANN401 - any member of two unions
    """One of this kind with every field given; a new field needs a line in BY_FIELD."""
    kind = kind_of(model)
    fields = {name: BY_KIND.get((kind, name), BY_FIELD[name]) for name in model.model_fields if name != "type"}
    return model.model_validate(fields | other)


def because() -> Because:
    """Why an agent did it."""
    return Because(
        rule="offer:least-load",
        sentence="Mia has the fewest open issues.",
        inputs={"load": 2, "skill": True},
        otherwise="With two more open issues Omar would have been asked.",
        policy="abc123abc123",
    )


def a_command(command: Any) -> CommandMessage:  # noqa: ANN401 - as above
    """The command in its envelope, all fields given."""
    return CommandMessage(
        id=UUID("7b0e5d4c-2f52-4e4b-9a51-0c5f2a7c9d01"),
        issue="issue-1",
        at=AT,
        by=Actor(kind=ActorKind.STAFF, id="mia", name="Mia Example"),
        because=because(),
        command=command,
        expects_version=4,
    )


def an_event(event: Any) -> EventMessage:  # noqa: ANN401 - as above
    """The event in its envelope, all fields given."""
    return EventMessage(
        id=UUID("7b0e5d4c-2f52-4e4b-9a51-0c5f2a7c9d02"),
        issue="issue-1",
        at=AT,
        by=Actor(kind=ActorKind.AGENT, id="assign"),
        because=because(),
        event=event,
        version=5,
        cause=UUID("7b0e5d4c-2f52-4e4b-9a51-0c5f2a7c9d01"),
        policy="abc123abc123",
    )


def a_notice() -> Notice:
    """A notice with every field given."""
    return Notice(
        key="7b0e5d4c-2f52-4e4b-9a51-0c5f2a7c9d03",
        kind=NoticeKind.MUST_KNOW,
        audience=Audience.EXECUTIVE,
        recipient="vera",
        issue="issue-1",
        event=UUID("7b0e5d4c-2f52-4e4b-9a51-0c5f2a7c9d02"),
        at=AT,
        hold=True,
        figures={"step": 2},
        texts={"reason": "text:reason"},
    )


def examples() -> Iterator[tuple[str, bytes]]:
    """Every kind with the bytes of its example."""
    for model in COMMANDS:
        yield kind_of(model), encode_command(a_command(filled(model)))
    for model in EVENTS:
        yield kind_of(model), encode_event(an_event(filled(model)))
    yield "notice", encode_notice(a_notice())


def write_missing(folder: Path, wanted: Iterable[tuple[str, bytes]]) -> list[Path]:
    """The files that did not exist and do now."""
    written = []
    for kind, message in wanted:
        path = folder / kind / "v1.json"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(orjson.dumps(orjson.loads(message), option=orjson.OPT_INDENT_2) + b"\n")
            written.append(path)
    return written


if __name__ == "__main__":
    for made in write_missing(EXAMPLES, examples()):
        print(made)
