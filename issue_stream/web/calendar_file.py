"""One instant as a calendar file (RFC 5545): lines end with CRLF and are folded at 75 bytes."""

from dataclasses import dataclass
from datetime import UTC, datetime

LONGEST_LINE = 75
"""Bytes of a line without its end (RFC 5545, 3.1)."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something a quarter of an hour long; the texts are ASCII of our own."""

    uid: str
    at: datetime
    summary: str
    url: str


def calendar(event: Event, now: datetime) -> str:
    """The whole file."""
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//issue-stream//EN",
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"DTSTAMP:{_stamp(now)}",
        f"DTSTART:{_stamp(event.at)}",
        "DURATION:PT15M",
        f"SUMMARY:{event.summary}",
        f"URL:{event.url}",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    )
    return "\r\n".join(map(_folded, lines))


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _folded(line: str) -> str:
    """A long line goes on behind a blank on the next."""
    first, rest = line[:LONGEST_LINE], line[LONGEST_LINE:]
    width = LONGEST_LINE - 1
    return "\r\n ".join((first, *(rest[at : at + width] for at in range(0, len(rest), width))))
