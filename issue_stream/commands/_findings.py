"""What `doctor` finds: the name of a check, how it stands, what was found, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """How a check stands. AWAY is a part that does not answer; ADVICE never fails."""

    OK = "ok"
    ADVICE = "advice"
    WRONG = "wrong"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `doctor`."""

    name: str
    standing: Standing
    found: str
    todo: str = ""


def fine(name: str, found: str) -> Finding:
    """Nothing to do."""
    return Finding(name, Standing.OK, found)


def wrong(name: str, found: str, todo: str) -> Finding:
    """It will not work like this."""
    return Finding(name, Standing.WRONG, found, todo)


def advice(name: str, found: str, todo: str) -> Finding:
    """It works, and could be better or safer."""
    return Finding(name, Standing.ADVICE, found, todo)


def away(name: str, found: str, todo: str) -> Finding:
    """A part that does not answer."""
    return Finding(name, Standing.AWAY, found, todo)
