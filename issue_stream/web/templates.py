"""Pages as text: Jinja2 with everything escaped, strict about names, and a few filters for how we say things."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from schemas.vocabulary import State, WaitingFor, state_word

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"


class Pages:
    """Renders templates. `common` is what every page may use."""

    def __init__(self, common: Mapping[str, Any]) -> None:
        self._env = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._env.filters |= FILTERS
        self._env.globals |= {"static": static, "word_of": word_of, **common}

    def html(self, name: str, /, **values: Any) -> str:  # noqa: ANN401 - what the template names
        """A template as text."""
        return self._env.get_template(name).render(**values)

    def page(self, name: str, /, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401 - as above
        """A template as an answer."""
        return HTMLResponse(self.html(name, **values), status_code=status)


@cache
def static(name: str) -> str:
    """The address of a file of ours; changes with its content, so that it may be kept for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


def zone_of(name: str | None) -> ZoneInfo:
    """The zone of this name; UTC for an unknown one."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def said(at: datetime, zone: str | None) -> str:
    """An instant in the reader's zone, never ambiguous: Thu 26 Nov, 17:00 CET."""
    local = at.astimezone(zone_of(zone))
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M} {local.tzname() or 'UTC'}"


def moment(at: datetime | None, zone: str | None = "UTC") -> Markup:
    """An instant as a <time> element."""
    if at is None:
        return Markup("-")
    return Markup('<time datetime="{}">{}</time>').format(
        at.astimezone(UTC).isoformat(timespec="minutes"), said(at, zone)
    )


def relative(at: datetime | None, now: datetime) -> str:
    """In 40 min, 2 h late, 3 days ago: for a glance beside the exact time."""
    if at is None:
        return ""
    return f"in {span(at - now)}" if at > now else f"{span(now - at)} ago"


def span(length: timedelta) -> str:
    """A length in its largest unit."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return "under a minute"
    if minutes < 90:  # noqa: PLR2004 - an hour and a half reads better in minutes
        return f"{minutes} min"
    hours = round(minutes / 60)
    if hours < 36:  # noqa: PLR2004 - a day and a half reads better in hours
        return f"{hours} h"
    return f"{round(hours / 24)} days"


def money(amount: Decimal | None, currency: str = "") -> str:
    """64,000 EUR; cents only where there are some."""
    if amount is None:
        return ""
    whole = amount == amount.to_integral_value()
    return f"{amount:,.0f} {currency}".strip() if whole else f"{amount:,.2f} {currency}".strip()


def day(when: date | None) -> str:
    """Thu 26 Nov 2026."""
    return f"{when:%a} {when.day} {when:%b %Y}" if when is not None else ""


def paragraphs(text: str) -> Markup:
    """Somebody's words, escaped, with their paragraphs and line breaks."""
    parts = [part.strip("\n") for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]
    broken = (Markup("<br>").join(part.split("\n")) for part in parts)
    return Markup("").join(Markup('<p dir="auto">{}</p>').format(part) for part in broken)


def size_of(count: int) -> str:
    """A file's size: 640 bytes, 12 kB, 3.4 MB."""
    if count < 1000:  # noqa: PLR2004 - units of the SI
        return f"{count} bytes"
    return f"{count / 1e3:.0f} kB" if count < 1_000_000 else f"{count / 1e6:.1f} MB"  # noqa: PLR2004 - as above


def lower_first(sentence: str) -> str:
    """A sentence to go on with after a colon; I stays I."""
    return sentence if sentence.startswith("I ") else sentence[:1].lower() + sentence[1:]


def word_of(state: State, waiting_for: WaitingFor | None = None) -> Any:  # noqa: ANN401 - a named tuple for templates
    """How a state is said, marked and coloured: the one table of `schemas/vocabulary.py`."""
    return state_word(state, waiting_for)


FILTERS = {
    "moment": moment,
    "relative": relative,
    "money": money,
    "day": day,
    "paragraphs": paragraphs,
    "bytes": size_of,
    "lower_first": lower_first,
    "instant": datetime.fromisoformat,
    "calendar_day": date.fromisoformat,
}
