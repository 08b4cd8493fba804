"""The Faust app of one process, on either carriage. Nothing happens at import; topics carry bytes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import faust

from issue_stream.carriage.settings import app_options
from issue_stream.settings import Settings
from schemas.topics import ISSUE_COMMANDS, ISSUE_EVENTS, ISSUE_NOTICES

if TYPE_CHECKING:
    from faust.types import TopicT

APP_ID = "issue-stream"


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics agents listen to."""

    commands: "TopicT[bytes]"
    events: "TopicT[bytes]"
    notices: "TopicT[bytes]"


def make_app(settings: Settings) -> faust.App:
    """An app that is not started yet."""
    return faust.App(APP_ID, **app_options(settings.broker, settings.var_dir))


def topics_of(app: faust.App) -> Topics:
    """Our topics on this app, as raw bytes: decoding happens inside the guard."""
    raw: dict[str, Any] = {
        "key_type": bytes,
        "key_serializer": "raw",
        "value_type": bytes,
        "value_serializer": "raw",
        "internal": True,
    }
    return Topics(
        commands=app.topic(ISSUE_COMMANDS.name, **raw),
        events=app.topic(ISSUE_EVENTS.name, **raw),
        notices=app.topic(ISSUE_NOTICES.name, **raw),
    )
