"""The Faust app of one process, on either carriage. Nothing happens at import; topics carry bytes."""

import faust

from issue_stream.carriage.settings import app_options
from issue_stream.settings import Settings

APP_ID = "issue-stream"


def make_app(settings: Settings) -> faust.App:
    """An app that is not started yet."""
    return faust.App(APP_ID, **app_options(settings.broker, settings.var_dir))
