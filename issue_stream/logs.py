"""Structured logs: short fixed phrases with fields, rate-limited, without partners' words, addresses or secrets.

Call `set_up` once at a process edge. Standard library loggers of the libraries go through the same pipe.
"""

import logging
import sys
import time
from collections.abc import Callable
from typing import Any

import structlog

FORBIDDEN_FIELDS = frozenset({"body", "text", "words", "email", "address", "token", "password", "key_value", "subject"})
"""Fields that could hold a partner's words or a secret: dropped wherever they come from."""

LINES_A_MINUTE = 60
"""How often one logger may say one phrase: aiokafka says hundreds a second while the broker is away."""


def set_up(level: str, form: str) -> None:
    """Log to stderr as lines for people (`console`) or machines (`json`)."""
    shared: list[Callable[..., Any]] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        drop_forbidden,
    ]
    last: Any = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=False,
            exception_formatter=structlog.dev.plain_traceback,  # the default prints locals: they hold partners' words
        )
    )
    shown = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.format_exc_info, last]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=shown))
    handler.addFilter(RateLimit(time.monotonic))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for loud in ("faust", "mode", "aiokafka", "uvicorn.access", "sqlalchemy", "kafka", "tantivy"):
        logging.getLogger(loud).setLevel(max(logging.WARNING, getattr(logging, level.upper())))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def drop_forbidden(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - structlog's shape
    """The same line without fields that may hold words, addresses or secrets."""
    return {key: value for key, value in event.items() if key not in FORBIDDEN_FIELDS}


class RateLimit(logging.Filter):
    """At most LINES_A_MINUTE of one phrase of one logger; the next line let through counts what was held back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock
        self._said: dict[tuple[str, str], tuple[float, int, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this line is said."""
        phrase = (record.name, str(record.msg)[:80])
        now = self._clock()
        since, said, held = self._said.get(phrase, (now, 0, 0))
        if now - since >= 60:  # noqa: PLR2004 - a minute
            since, said = now, 0
        if said >= LINES_A_MINUTE:
            self._said[phrase] = (since, said, held + 1)
            return False
        if held:
            record.held_back = held
        self._said[phrase] = (since, said + 1, 0)
        return True
