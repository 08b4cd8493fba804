"""What a rehearsal prints: one mapping for each fact, each notice and each refusal, in the order they came true.

In: events as they are announced, notices as their place in the book changes, answers of the desk. Out: lines. It looks
things up in memory and changes nothing.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from issue_stream.rehearsal.memory import MemoryHouse
from schemas.digest import Digest
from schemas.envelope import CommandMessage, EventMessage
from schemas.letter import NoticeState
from schemas.notices import Notice, NoticeKind
from schemas.partner_view import partner_line
from schemas.people import Person
from schemas.ports import Now
from schemas.values import Actor, Because
from schemas.vocabulary import ActorKind, Audience, Role

Line = dict[str, Any]
"""`at, issue, kind, name, to, audience, because` and a few more; docs/reference/scenarios.md names them all."""

_HOW = {
    NoticeState.SENT: "letter",
    NoticeState.TOGETHER: "together",
    NoticeState.DIGEST: "waits_for_digest",
    NoticeState.FAILED: "failed",
}
_AUDIENCES = {
    Role.EXECUTIVE: Audience.EXECUTIVE,
    Role.CHANNEL_MANAGER: Audience.CHANNEL_MANAGER,
    Role.LEAD: Audience.LEAD,
}
_ADDRESSEES = ("owner", "to", "lead", "executive", "who", "recipient", "staff", "told")
"""Fields of events that name whom the fact is about, the first that is filled."""


class Report:
    """The lines so far. `take` hands over those that were not taken yet."""

    def __init__(self, house: MemoryHouse, now: Now) -> None:
        self._house, self._now = house, now
        self._lines: list[Line] = []
        self._reasons: dict[UUID, tuple[str, Because | None]] = {}
        self.told: dict[str, list[tuple[str, str]]] = {}
        self.happened: dict[str, list[str]] = {}
        self.refused: dict[str, str] = {}
        self.digest_of: Callable[[str, date], Digest | None] = lambda _reader, _day: None

    def take(self) -> list[Line]:
        """The lines since the last call."""
        taken, self._lines = self._lines, []
        return taken

    def event(self, message: EventMessage) -> None:
        """A fact."""
        event = message.event
        self._reasons[message.id] = (event.type, message.because)
        self.happened.setdefault(message.issue, []).append(event.type)
        audience = Audience.PARTNER.value if partner_line(message) is not None else "staff"
        line = self._line(message.issue, "event", event.type, addressee(event), audience)
        because = _because(message.because) or _by_whom(message.by, event.type)
        self._lines.append(line | {"because": because, "version": message.version, "by": message.by.id})

    def notice(self, notice: Notice, state: NoticeState, reason: str) -> None:
        """A notice that left, waits for a digest, or failed for good."""
        if notice.issue is not None and state in {NoticeState.SENT, NoticeState.TOGETHER}:
            self.told.setdefault(notice.issue, []).append((notice.kind.value, notice.recipient))
        line = self._line(notice.issue, "notice", notice.kind.value, notice.recipient, notice.audience.value)
        kind, because = self._reasons.get(notice.event, ("", None)) if notice.event else ("", None)
        said = _because(because) or {"rule": kind or "digest", "sentence": _told_by(kind)}
        more: Line = {"because": said | ({"event": kind} if kind else {}), "how": _HOW.get(state, state.value)}
        if reason:
            more["failure"] = reason
        if notice.figures:
            more["figures"] = dict(notice.figures)
        if notice.kind is NoticeKind.DIGEST:
            more["digest"] = self._digest(notice)
        self._lines.append(line | more)

    def _digest(self, notice: Notice) -> Line | None:
        """The numbers of a digest and the issues of its lines."""
        made = self.digest_of(notice.recipient, date.fromisoformat(str(notice.figures["day"])))
        if made is None:
            return None
        number = self._house.book.current.number
        counted = {name: getattr(made, name).count for name in _COUNTED}
        return {"quiet": made.is_quiet, **counted, "lines": [number(line.number) for line in made.lines]}

    def refusals(self, wishes: Sequence[CommandMessage]) -> None:
        """Answers of the desk that somebody who wished something reads."""
        for message in wishes:
            outcome = self._house.answers[message.id]
            if message.by.kind in {ActorKind.AGENT, ActorKind.TIMER}:
                continue
            self.refused[message.issue] = outcome.refusal
            if outcome.refusal:
                audience = self._audience(message.by)
                line = self._line(message.issue, "notice", "refusal", message.by.id, audience)
                because = {"rule": outcome.refusal, "sentence": outcome.text, "wish": message.command.type}
                self._lines.append(line | {"because": because, "how": "answer"})

    def _line(self, issue: str | None, kind: str, name: str, to: str | None, audience: str) -> Line:
        found = self._house.issues.get(issue) if issue else None
        number = self._house.book.current.number(found.number) if found else None
        at = self._now().isoformat()
        return {"at": at, "issue": number, "kind": kind, "name": name, "to": to, "audience": audience}

    def _audience(self, by: Actor) -> str:
        if by.kind is not ActorKind.STAFF:
            return Audience.PARTNER.value
        person: Person | None = self._house.people.person(by.id)
        return _AUDIENCES.get(person.role, Audience.TEAM).value if person else Audience.TEAM.value


_COUNTED = ("surprises", "may_call", "broken", "growing", "resolved_early", "changed", "at_risk", "held_back")


def addressee(event: object) -> str | None:
    """Whom a fact is about: an id, several joined by commas, or None."""
    offer = getattr(event, "offer", None)
    if offer is not None:
        return str(offer.to or offer.team)
    for name in _ADDRESSEES:
        found = getattr(event, name, None)
        if found:
            return ", ".join(found) if isinstance(found, tuple) else str(found)
    return None


def _because(because: Because | None) -> Line | None:
    return because.model_dump(mode="json", exclude_defaults=True) if because is not None else None


def _by_whom(by: Actor, kind: str) -> Line:
    if by.kind is ActorKind.TIMER:
        return {"rule": "deadline", "sentence": f"A deadline passed, so {kind} became true."}
    return {"rule": by.kind.value, "sentence": f"{by.name or by.id} wished it."}


def _told_by(kind: str) -> str:
    return f"{kind} became true, and they must hear it." if kind else "Their morning has come."
