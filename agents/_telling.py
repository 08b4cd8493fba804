"""One piece of news and how it is built from a fact: values for `_hearings.py` and `inform.py`. Pure.

Partners' news is made by `partner_news` only: its texts and figures come from the partner's line of the event (the
allow-list of `schemas/partner_view.py`) and from figures named here one by one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agents._parties import Parties, Party
from schemas.envelope import EventMessage
from schemas.notices import NoticeKind
from schemas.partner_view import partner_line
from schemas.values import Instant, Scalar, TextRef

RECEIPTS = frozenset({NoticeKind.ACKNOWLEDGED, NoticeKind.CONFIRM_ADDRESS})
"""Notices that go to the very one who acted: they are what the act asked for."""


@dataclass(frozen=True, slots=True)
class Told:
    """One kind of notice for some people; `hold` lets it be gathered with other news of the issue."""

    kind: NoticeKind
    to: Party
    hold: bool = False
    figures: Mapping[str, Scalar] = field(default_factory=dict)
    texts: Mapping[str, TextRef] = field(default_factory=dict)


def partner_news(message: EventMessage, kind: NoticeKind, to: Party, *, hold: bool = True, **figures: Scalar) -> Told:
    """News for the partner out of the event's allow-listed line, and figures a caller names."""
    line = partner_line(message)
    texts: dict[str, TextRef] = {}
    if line is not None:
        texts = _texts(text=line.text, second=line.second)
        figures = dict(line.figures) | {"files": len(line.files)} | figures
    return Told(kind, to, hold, figures, texts)


def staff_news(
    message: EventMessage, parties: Parties, kind: NoticeKind, to: Party, *, hold: bool = False, **more: Scalar
) -> Told:
    """News for staff: who did what, and figures a caller names."""
    return Told(kind, to, hold, {"what": message.event.type, "who": who_did(message, parties)} | more)


def with_texts(news: Told, **texts: TextRef | None) -> Told:
    """The same news with texts of the issue; absent ones are left out."""
    return Told(news.kind, news.to, news.hold, news.figures, {**news.texts, **_texts(**texts)})


def who_did(message: EventMessage, parties: Parties) -> str:
    """The name of the actor; empty for agents and timers."""
    person = parties.directory.person(message.by.id)
    return message.by.name or (person.name if person else "")


def name_of(who: str | None, parties: Parties) -> str:
    """The name of a member of staff; empty when unknown."""
    person = parties.directory.person(who)
    return person.name if person else ""


def when(at: Instant | None) -> str | None:
    """An instant as a figure."""
    return at.isoformat() if at is not None else None


def _texts(**texts: TextRef | None) -> dict[str, TextRef]:
    return {name: ref for name, ref in texts.items() if ref is not None}
