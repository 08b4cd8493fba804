"""What a form of the issue's page gave, read into values: texts kept through the door, times in the reader's zone.

In: fields as typed. Out: values of the language. A fault is BadInput with the field's name; nothing is guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from issue_stream.intake.words import MAX_LINE, checked_text
from issue_stream.policies.spans import span_of
from issue_stream.store.pages_staff import History
from issue_stream.web.staff.guard import Viewer
from issue_stream.web.templates import zone_of
from issue_stream.web.uploads import KeptFile
from schemas.errors import BadInput
from schemas.issue import Issue
from schemas.people import Person
from schemas.values import FileRef, Instant, TextRef


@dataclass(frozen=True, slots=True)
class Asked:
    """One form about one issue."""

    viewer: Viewer
    history: History
    typed: Mapping[str, str]
    files: tuple[FileRef, ...] = ()
    kept: tuple[KeptFile, ...] = ()

    @property
    def issue(self) -> Issue:
        """The issue as the form's sender finds it now."""
        return self.history.issue

    def get(self, name: str) -> str:
        """A field as typed, ends trimmed; empty when missing."""
        return self.typed.get(name, "").strip()

    async def text(self, name: str) -> TextRef:
        """Words, kept; raises BadInput when there are none."""
        return await self.viewer.house.door.text(checked_text(name, self.get(name)))

    async def maybe_text(self, name: str) -> TextRef | None:
        """Words, kept, or None."""
        return await self.text(name) if self.get(name) else None

    async def line(self, name: str) -> TextRef:
        """One line of words, kept; raises BadInput for none or too many."""
        words = " ".join(checked_text(name, self.get(name)).split())
        if len(words) > MAX_LINE:
            expected, found = f"at most {MAX_LINE} characters", str(len(words))
            raise BadInput(name, expected=expected, found=found, todo="Shorten it.")
        return await self.viewer.house.door.text(words)

    def when(self, name: str) -> Instant:
        """A time in the reader's zone, or a span from now (4h, 2d); raises BadInput."""
        return moment_of(name, self.get(name), self.viewer.now, self.viewer.person.zone)

    def maybe_when(self, name: str) -> Instant | None:
        """The same, or None when nothing was given."""
        return self.when(name) if self.get(name) else None

    def day(self, name: str) -> date:
        """A day; raises BadInput."""
        return day_of(name, self.get(name))

    def person(self, name: str) -> Person:
        """A member of staff; raises BadInput."""
        found = self.history.staff.get(self.get(name))
        if found is None or not found.active:
            raise BadInput(name, expected="a colleague", found=self.get(name)[:60] or "none", todo="Choose one.")
        return found

    def one_of(self, name: str, known: list[str]) -> str:
        """One of several words; raises BadInput."""
        given = self.get(name)
        if given not in known:
            raise BadInput(name, expected="one of those listed", found=given[:60] or "none", todo="Choose one.")
        return given


def moment_of(name: str, written: str, now: Instant, zone: str) -> Instant:
    """A local time or a span from now as an instant; raises BadInput."""
    span = span_of(written)
    if span is not None:
        return now + span
    try:
        given = datetime.fromisoformat(written)
    except ValueError as exc:
        todo = "Choose a date and a time, or write a span such as 4h or 2d."
        raise BadInput(name, expected="a time", found=written[:60] or "none", todo=todo) from exc
    return given if given.tzinfo else given.replace(tzinfo=zone_of(zone))


def day_of(name: str, written: str) -> date:
    """A day; raises BadInput."""
    try:
        return date.fromisoformat(written)
    except ValueError as exc:
        found = written[:60] or "none"
        raise BadInput(name, expected="a day", found=found, todo="Choose a day.") from exc
