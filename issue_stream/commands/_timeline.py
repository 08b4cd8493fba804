"""An issue's events with their texts, for operators: everything that happened, and whether the partner saw it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.store import tables as t
from issue_stream.store.contents import read_texts
from schemas.envelope import EventMessage, decode_event
from schemas.partner_view import partner_line

_TEXTS = ("what", "summary", "text", "reason", "alternative", "note", "expected", "title", "cause")
"""Fields of events that hold a content id."""


@dataclass(frozen=True, slots=True)
class Step:
    """One event with its words."""

    message: EventMessage
    texts: dict[str, str]

    @property
    def seen_by_partner(self) -> bool:
        """Whether the partner has a line of it."""
        return partner_line(self.message) is not None

    @property
    def words(self) -> str:
        """Its texts and plain facts on one line."""
        event = self.message.event
        plain = event.model_dump(mode="json", exclude_defaults=True, exclude={"type", *self.texts})
        facts = [
            f"{key.replace('_', ' ')} {value}" for key, value in plain.items() if isinstance(value, str | int | float)
        ]
        return " · ".join([*self.texts.values(), *facts])

    def as_json(self) -> dict[str, object]:
        """As `show --json` says it."""
        message = self.message
        return {
            "version": message.version,
            "at": message.at,
            "kind": message.event.type,
            "by": message.by,
            "policy": message.policy,
            "partner_sees": self.seen_by_partner,
            "because": message.because,
            "event": message.event,
            "texts": self.texts,
        }


async def steps_of(conn: AsyncConnection, issue: str) -> list[Step]:
    """All of an issue's events with their texts, in order."""
    c = t.events.c
    bodies = (await conn.execute(select(c.body).where(c.issue_id == issue).order_by(c.version))).scalars()
    messages = [message for body in bodies if (message := decode_event(body)) is not None]
    texts = await read_texts(conn, [ref for message in messages for ref in _refs(message).values()])
    return [Step(m, {key: texts.get(ref, "(erased)") for key, ref in _refs(m).items()}) for m in messages]


def _refs(message: EventMessage) -> dict[str, str]:
    event = message.event
    found = {key: getattr(event, key, None) for key in _TEXTS}
    return {key: ref for key, ref in found.items() if isinstance(ref, str) and ref.startswith("t-")}
