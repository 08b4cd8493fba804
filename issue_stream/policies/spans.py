"""How a policy writes spans of time: in `30m`, `4h`, `2d`, `1w`; out a timedelta, and back into words."""

import re
from datetime import timedelta

UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
WORDS = {"w": "week", "d": "day", "h": "hour", "m": "minute"}
LONGEST = timedelta(weeks=520)
"""Ten years: a longer span in a policy is a slip of the finger."""

_SPAN = re.compile(r"([1-9][0-9]{0,6})([mhdw])", re.ASCII)


def span_of(written: object) -> timedelta | None:
    """The span that was written, or None when it is none of ours."""
    found = _SPAN.fullmatch(written) if isinstance(written, str) else None
    if found is None:
        return None
    span = int(found[1]) * UNITS[found[2]]
    return span if span <= LONGEST else None


def span_words(span: timedelta) -> str:
    """For people: the largest unit that divides it, "90 minutes", "2 days"."""
    for unit, word in WORDS.items():
        count, rest = divmod(span, UNITS[unit])
        if not rest and count:
            return f"{count} {word}" + ("s" if count > 1 else "")
    return f"{span.total_seconds():g} seconds"
