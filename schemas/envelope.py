"""The one shape in which wishes and facts travel: CloudEvents 1.0 in structured JSON (source: CloudEvents spec).

Bytes come in and go out; a message that is no message of ours raises `Undecodable` and says what was found. Ids are
deterministic (architecture §2.3): delivering anything twice changes nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID, uuid5

import orjson
from pydantic import AliasChoices, Field, TypeAdapter, ValidationError

from schemas.commands import Command
from schemas.errors import Undecodable
from schemas.events import Event
from schemas.values import Actor, Because, Identifier, Instant, Value

COMMAND_PREFIX, EVENT_PREFIX = "issue-stream.command.", "issue-stream.event."
VERSION = ".v1"
MAX_MESSAGE_BYTES = 256_000
"""No command or event of ours comes near it: texts are content ids. Larger is a mistake or an attack."""


class _Envelope(Value):
    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: str = Field(default="issue-stream", max_length=120)
    issue: Annotated[Identifier, Field(validation_alias=AliasChoices("subject", "issue"))]
    at: Annotated[Instant, Field(validation_alias=AliasChoices("time", "at"))]
    by: Actor
    because: Because | None = None


class CommandMessage(_Envelope):
    """A wish on its way. `expects_version` refuses it when the issue has moved on since the wisher looked."""

    command: Annotated[Command, Field(validation_alias=AliasChoices("data", "command"))]
    expects_version: int | None = None


class EventMessage(_Envelope):
    """A fact. `version` counts from 1 per issue; `cause` is the command's id; `policy` the version that decided."""

    event: Annotated[Event, Field(validation_alias=AliasChoices("data", "event"))]
    version: Annotated[int, Field(ge=1, validation_alias=AliasChoices("issueversion", "version"))]
    cause: UUID
    policy: str = ""


_COMMAND = TypeAdapter(CommandMessage)
_EVENT = TypeAdapter(EventMessage)
_Message = TypeVar("_Message", CommandMessage, EventMessage)


def encode_command(message: CommandMessage) -> bytes:
    """JSON bytes of a wish; `decode_command` is its inverse."""
    document = _document(message, COMMAND_PREFIX, message.command)
    if message.expects_version is not None:
        document["expects_version"] = message.expects_version
    return orjson.dumps(document)


def encode_event(message: EventMessage) -> bytes:
    """JSON bytes of a fact; `decode_event` is its inverse."""
    document = _document(message, EVENT_PREFIX, message.event)
    document |= {"issueversion": message.version, "cause": str(message.cause), "policy": message.policy}
    return orjson.dumps(document)


def decode_command(value: bytes | None) -> CommandMessage:
    """The wish in these bytes; raises Undecodable."""
    return _validated(_COMMAND, _parsed(value, COMMAND_PREFIX))


def decode_event(value: bytes | None, hears: frozenset[str] | None = None) -> EventMessage | None:
    """The fact in these bytes, or None when its type is not among `hears` (not validated then); raises Undecodable."""
    document = _parsed(value, EVENT_PREFIX)
    if hears is not None and document["type"][len(EVENT_PREFIX) : -len(VERSION)] not in hears:
        return None
    return _validated(_EVENT, document)


@lru_cache(maxsize=16)
def event_kind(value: bytes) -> str | None:
    """The type of the fact in these bytes, None when they cannot be read. Each agent asks it of the same message."""
    try:
        kind: str = _parsed(value, EVENT_PREFIX)["type"]
    except Undecodable:
        return None
    return kind[len(EVENT_PREFIX) : -len(VERSION)]


def event_id(cause: UUID, ordinal: int) -> UUID:
    """The id of the n-th event of a command, from 0."""
    return uuid5(cause, f"event:{ordinal}")


def reaction_id(event: UUID, step: str, ordinal: int = 0) -> UUID:
    """The id of a command that an agent wishes because of an event; the same event gives the same wish."""
    return uuid5(event, f"{step}:{ordinal}")


def timer_command_id(issue: str, deadline: str, ref: str, due_at: datetime) -> UUID:
    """The id of the command that a due timer wishes; one for one due instant, however often it is claimed."""
    return uuid5(_TIMERS, f"{issue}|{deadline}|{ref}|{due_at.timestamp():.3f}")


_TIMERS = UUID("6f1e0f0e-5b0f-4f0c-9a41-2f3d1a6f9c10")


def _document(message: CommandMessage | EventMessage, prefix: str, body: Value) -> dict[str, Any]:
    kind: str = body.type  # type: ignore[attr-defined]  # every member of both unions has it
    document: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(message.id),
        "source": message.source,
        "type": f"{prefix}{kind}{VERSION}",
        "subject": message.issue,
        "time": message.at.isoformat(),
        "datacontenttype": "application/json",
        "by": message.by.model_dump(mode="json"),
        "data": body.model_dump(mode="json", exclude_defaults=True) | {"type": kind},
    }
    if message.because is not None:
        document["because"] = message.because.model_dump(mode="json", exclude_defaults=True)
    return document


def _parsed(value: bytes | None, prefix: str) -> dict[str, Any]:
    if not value:
        raise Undecodable("expected a CloudEvents message, found an empty one; the sender must be mended")
    if len(value) > MAX_MESSAGE_BYTES:
        raise Undecodable(f"expected at most {MAX_MESSAGE_BYTES} bytes, found {len(value)}; put texts into the store")
    try:
        document = orjson.loads(value)
    except orjson.JSONDecodeError as exc:
        raise Undecodable(f"expected JSON, found something else ({exc}); replay it once the sender is mended") from exc
    kind = document.get("type") if isinstance(document, Mapping) else None
    if not (isinstance(kind, str) and kind.startswith(prefix) and kind.endswith(VERSION)):
        raise Undecodable(
            f"expected type {prefix}…{VERSION}, found {str(kind)[:80]!r}; a newer writer needs a newer reader"
        )
    body = document.get("data")
    inside = body.get("type") if isinstance(body, Mapping) else None
    if inside != kind[len(prefix) : -len(VERSION)]:
        raise Undecodable(
            f"expected the body of {kind[:80]}, found type {str(inside)[:80]!r}; its sender must be mended"
        )
    return dict(document)


def _validated(adapter: TypeAdapter[_Message], document: dict[str, Any]) -> _Message:
    try:
        return adapter.validate_python(document)
    except ValidationError as exc:
        raise Undecodable(_faults(exc)) from exc


def _faults(exc: ValidationError) -> str:
    """Where and what, never the values: they may be a partner's words."""
    places = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in exc.errors(include_input=False, include_url=False)]
    return f"expected a message of a known type and version, found faults at {'; '.join(places[:5])[:600]}"
