"""How instants, days, amounts and people's parts are said in letters: one function each, used by every template.

Times are said in the reader's zone with the zone beside them; names of days and months never depend on the machine's
locale. Nothing here knows what a letter is about.
"""

from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from schemas.vocabulary import Audience, DeclineReason, StuckReason

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def moment(at: datetime, zone: str) -> str:
    """Thu 26 Nov, 17:00 CET. An unknown zone is said in UTC, and says so."""
    local = at.astimezone(zone_of(zone))
    return f"{_short(local)}, {local:%H:%M} {_abbreviation(local)}"


def day(on: date) -> str:
    """Thu 26 Nov 2026: a day far away needs its year."""
    return f"{_short(on)} {on.year}"


def zone_of(zone: str) -> tzinfo:
    """The zone of this name; UTC when there is none."""
    return _zone(zone)


def amount(blocked: Decimal, currency: str) -> str:
    """48,500 EUR; cents only where there are some."""
    said = f"{blocked:,.0f}" if blocked == blocked.to_integral_value() else f"{blocked:,.2f}"
    return f"{said} {currency}".strip()


def ordinal(n: int) -> str:
    """second, third, then 4th."""
    return {1: "first", 2: "second", 3: "third"}.get(n, f"{n}th")


def counted(n: int, one: str, many: str) -> str:
    """1 issue, 2 issues."""
    return f"{n} {one if n == 1 else many}"


def parts(told: str) -> str:
    """Parts in an issue (comma separated audiences) as a partner reads them: never names."""
    words = [_PARTS[Audience(part)] for part in told.split(",") if part]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words) or "the people responsible"


def said(reason: str) -> str:
    """A reason from a list, as a sentence's end; an unknown one as it stands."""
    return _REASONS.get(reason, reason.replace("_", " "))


def one_line(words: str) -> str:
    """Words without line breaks and control characters: they may stand in a subject or a sentence."""
    plain = words if words.isprintable() else "".join(c if c.isprintable() else " " for c in words)
    return " ".join(plain.split())


def news(event: str) -> str:
    """What happened, for somebody who follows."""
    return NEWS.get(event, event.replace("-", " ").capitalize())


NEWS = {
    "raised": "Raised",
    "sender-confirmed": "Raised and confirmed",
    "triaged": "A new issue of a kind you hear of",
    "priority-set": "Priority changed",
    "accepted": "It has an owner",
    "replied": "We wrote to the partner",
    "comment-added": "The partner wrote",
    "note-added": "A note was added",
    "wait-started": "It is waiting",
    "resolved": "Resolved, to be confirmed",
    "cannot-be-done": "We told the partner that we cannot do this",
    "resolution-denied": "The partner says: not solved yet",
    "closed": "Closed",
    "reopened": "Open again",
    "problem-linked": "Linked to a recurring problem",
    "merged-into": "Merged into another issue",
    "executive-contacted": "The partner called an executive",
    "followed": "You follow this issue now",
}

_PARTS = {
    Audience.PARTNER: "your colleagues",
    Audience.OWNER: "the owner",
    Audience.TEAM: "the team",
    Audience.LEAD: "the owner's lead",
    Audience.CHANNEL_MANAGER: "your channel manager",
    Audience.EXECUTIVE: "the head of the channel",
}

_REASONS: dict[str, str] = {
    DeclineReason.NOT_MY_REGION: "it is not their region",
    DeclineReason.NOT_MY_PRODUCT: "it is not their product",
    DeclineReason.NOT_MY_AUTHORITY: "they may not decide it",
    DeclineReason.NO_CAPACITY: "they have no time for it",
    DeclineReason.NEED_INFORMATION: "they need to know more first",
    StuckReason.NO_UPDATE: "there was no update",
    StuckReason.DEADLINE: "a deadline is near",
    StuckReason.AGAIN: "it happened again",
    StuckReason.WRONG_PERSON: "it is with the wrong person",
}


def _short(on: date) -> str:
    return f"{DAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]}"


def _abbreviation(local: datetime) -> str:
    """CET, or UTC+3 where the zone has no letters of its own (tzdata says "+03" then)."""
    name = local.tzname() or "UTC"
    if name[0] not in "+-":
        return name
    sign, hours, minutes = name[0], name[1:3].lstrip("0") or "0", name[3:5]
    return f"UTC{sign}{hours}{':' + minutes if minutes not in {'', '00'} else ''}"


@lru_cache(maxsize=512)
def _zone(zone: str) -> tzinfo:
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
