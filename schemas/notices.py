"""What somebody is told: a frozen value from `inform` or `digest` to `deliver`.

A notice holds no words and no address: texts are content ids, the recipient is an id that `deliver` looks up, links are
signed when it is rendered. Its key is deterministic: nobody is told the same fact twice on the same channel.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated
from uuid import UUID, uuid5

import orjson
from pydantic import AliasChoices, Field, ValidationError

from schemas.errors import Undecodable
from schemas.values import Identifier, Instant, Scalar, TextRef, Value
from schemas.vocabulary import Audience, Channel

NOTICE_TYPE = "issue-stream.notice.v1"


class NoticeKind(StrEnum):
    """What a notice says; each has a template for every audience that may hear it."""

    ACKNOWLEDGED = "acknowledged"
    CONFIRM_ADDRESS = "confirm_address"
    OWNED = "owned"
    REPLY = "reply"
    NO_PROGRESS = "no_progress"
    WAITING = "waiting"
    MOVING_AGAIN = "moving_again"
    RESOLVED = "resolved"
    CANNOT_DO = "cannot_do"
    CLOSED = "closed"
    REOPENED = "reopened"
    STILL_FIXED = "still_fixed"
    HEARD_YOU = "heard_you"
    MERGED = "merged"
    DATE_CHANGED = "date_changed"
    OFFER = "offer"
    TRIAGE_NEEDED = "triage_needed"
    LEAD_DECIDES = "lead_decides"
    HAND_OVER_OUTCOME = "hand_over_outcome"
    PARTNER_SAID = "partner_said"
    ESCALATED = "escalated"
    DEESCALATED = "deescalated"
    UPDATE_MISSED = "update_missed"
    PROMISE_MISSED = "promise_missed"
    UNREACHABLE = "unreachable"
    REFUSAL_REVIEW = "refusal_review"
    FOLLOWED_NEWS = "followed_news"
    MUST_KNOW = "must_know"
    DIGEST = "digest"
    SIGN_IN = "sign_in"


class Notice(Value):
    """One thing told to one recipient. `hold` lets it wait to be sent together with other news of the same issue.

    `version` is the issue's after the fact that is told; 0 when no fact is.
    """

    key: Annotated[str, Field(max_length=120)]
    kind: NoticeKind
    audience: Audience
    recipient: Identifier
    channel: Channel = Channel.EMAIL
    issue: Identifier | None = None
    event: UUID | None = None
    version: int = 0
    at: Instant
    hold: bool = False
    figures: Mapping[str, Scalar] = Field(default_factory=dict)
    texts: Mapping[str, TextRef] = Field(default_factory=dict)


class _Carried(Value):
    id: str
    type: str
    notice: Annotated[Notice, Field(validation_alias=AliasChoices("data", "notice"))]


def notice_key(event: UUID, kind: NoticeKind, recipient: str, channel: Channel = Channel.EMAIL) -> str:
    """The same fact for the same recipient on the same channel always has this key."""
    return str(uuid5(event, f"{kind}|{recipient}|{channel}"))


def encode_notice(notice: Notice) -> bytes:
    """CloudEvents JSON bytes of a notice; `decode_notice` is its inverse."""
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": notice.key,
            "source": "issue-stream",
            "type": NOTICE_TYPE,
            "subject": notice.issue or notice.recipient,
            "time": notice.at.isoformat(),
            "datacontenttype": "application/json",
            "data": notice.model_dump(mode="json", exclude_defaults=True),
        }
    )


def decode_notice(value: bytes | None) -> Notice:
    """The notice in these bytes; raises Undecodable."""
    try:
        carried = _Carried.model_validate(orjson.loads(value or b""))
    except (orjson.JSONDecodeError, ValidationError) as exc:
        raise Undecodable("expected a notice of ours, found something else; its sender must be mended") from exc
    if carried.type != NOTICE_TYPE:
        raise Undecodable(f"expected type {NOTICE_TYPE}, found {carried.type[:80]!r}")
    return carried.notice
