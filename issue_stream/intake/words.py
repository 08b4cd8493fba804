"""What somebody tells us when they raise an issue, checked before anything is stored.

Texts come in as typed; out come texts without control characters, within limits, and dates that can be. Faults are
BadInput with the field's name, what was expected, what was found and what to do.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from schemas.commands import MAX_FILES
from schemas.errors import BadInput
from schemas.people import Contact, Partner
from schemas.values import FileRef
from schemas.vocabulary import Intake

MAX_WORDS = 20_000
"""Characters of one text: some eight pages. Longer belongs into a file."""
MAX_LINE = 200
"""Characters of a deal's name or a summary."""
MAX_ALSO_TELL = 10
OLDEST = timedelta(days=3650)
LARGEST_AMOUNT = Decimal("1e12")

_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of text around and can make a line read as another; letters carry their own."""


@dataclass(frozen=True, slots=True)
class RaiseWords:
    """The five answers and who gives them. `partner` is None while nobody knows whose address it is."""

    what: str
    contact: Contact
    intake: Intake
    partner: Partner | None = None
    since: date | None = None
    blocked_deal: str = ""
    blocked_by: date | None = None
    blocked_amount: Decimal | None = None
    also_tell: tuple[str, ...] = ()
    files: tuple[FileRef, ...] = ()
    confirmed: bool = True
    category: str | None = None
    previous: str | None = None


def checked(words: RaiseWords, today: date) -> RaiseWords:
    """The same words, cleaned; raises BadInput for the first fault."""
    faults = all_faults(words, today)
    if faults:
        raise faults[0]
    return _cleaned(words)


def all_faults(words: RaiseWords, today: date) -> list[BadInput]:
    """Every fault, so that a form can show all at once; empty when the words can be used."""
    found = [_text_fault("what", words.what), _line_fault("blocked_deal", words.blocked_deal)]
    found += [_since_fault(words.since, today), _amount_fault(words.blocked_amount)]
    found += [_tell_fault(words.also_tell), _files_fault(words.files)]
    return [fault for fault in found if fault is not None]


def clean_text(text: str) -> str:
    """Without control and direction-turning characters; line breaks and tabs stay; ends trimmed."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in text if c in "\n\t" or not (c in _BIDI or unicodedata.category(c) in {"Cc", "Cs", "Co"}))
    return "".join(kept).strip()


def checked_text(field: str, text: str) -> str:
    """One cleaned text of at least a character and at most MAX_WORDS; raises BadInput."""
    fault = _text_fault(field, text)
    if fault is not None:
        raise fault
    return clean_text(text)


def summary_of(what: str) -> str:
    """The one plain line that stands on every surface until somebody writes a better one: the first sentence."""
    first = next((line.strip() for line in what.splitlines() if line.strip()), "")
    end = min((i for i in (first.find(mark) for mark in (". ", "? ", "! ")) if i > 0), default=len(first))
    line = first[: end + 1].strip()
    return line if len(line) <= MAX_LINE else line[: MAX_LINE - 1].rstrip() + "…"


def _cleaned(words: RaiseWords) -> RaiseWords:
    return RaiseWords(
        what=clean_text(words.what),
        contact=words.contact,
        intake=words.intake,
        partner=words.partner,
        since=words.since,
        blocked_deal=clean_text(words.blocked_deal),
        blocked_by=words.blocked_by,
        blocked_amount=words.blocked_amount,
        also_tell=tuple(dict.fromkeys(address.strip().lower() for address in words.also_tell if address.strip())),
        files=words.files,
        confirmed=words.confirmed,
        category=words.category,
        previous=words.previous,
    )


def _text_fault(field: str, text: str) -> BadInput | None:
    length = len(clean_text(text))
    if length == 0:
        return BadInput(field, expected="some words", found="none", todo="Say in a sentence what stands in the way.")
    if length > MAX_WORDS:
        todo = "Shorten it, or attach the long part as a file."
        return BadInput(field, expected=f"at most {MAX_WORDS} characters", found=str(length), todo=todo)
    return None


def _line_fault(field: str, text: str) -> BadInput | None:
    length = len(clean_text(text))
    if length <= MAX_LINE:
        return None
    return BadInput(field, expected=f"at most {MAX_LINE} characters", found=str(length), todo="Shorten it.")


def _since_fault(since: date | None, today: date) -> BadInput | None:
    if since is None or today - OLDEST <= since <= today + timedelta(days=1):
        return None
    todo = "Choose the day on which it began, or leave it empty."
    return BadInput("since", expected="a day that is not in the future", found=since.isoformat(), todo=todo)


def _amount_fault(amount: Decimal | None) -> BadInput | None:
    if amount is None or (amount.is_finite() and 0 <= amount <= LARGEST_AMOUNT):
        return None
    todo = "Write the amount as a plain number, such as 48000."
    return BadInput("blocked_amount", expected="a number from 0 to 1,000,000,000,000", found=str(amount), todo=todo)


def _tell_fault(addresses: tuple[str, ...]) -> BadInput | None:
    if len(addresses) > MAX_ALSO_TELL:
        todo = "Name the most important ones; the others can be forwarded the mail."
        return BadInput("also_tell", expected=f"at most {MAX_ALSO_TELL}", found=str(len(addresses)), todo=todo)
    for address in addresses:
        if address.strip() and not is_address(address.strip()):
            todo = "Write it like name@example.com, one per line."
            return BadInput("also_tell", expected="e-mail addresses", found=address.strip()[:80], todo=todo)
    return None


def is_address(address: str) -> bool:
    """Whether this could be an e-mail address: one @, a dot behind it, no blanks or control characters."""
    local, at, domain = address.partition("@")
    plain = all(c.isprintable() and not c.isspace() and c not in '<>,;"()' for c in address)
    return bool(at and local and "." in domain.strip(".") and "@" not in domain and plain and len(address) <= 200)  # noqa: PLR2004 - column width


def _files_fault(files: tuple[FileRef, ...]) -> BadInput | None:
    if len(files) <= MAX_FILES:
        return None
    todo = "Send the most important ones now and the others as comments, or put them into one archive."
    return BadInput("files", expected=f"at most {MAX_FILES} files", found=str(len(files)), todo=todo)
