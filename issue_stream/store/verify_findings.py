"""What an audit finds: one check with how many rows it saw and which of them are wrong."""

from dataclasses import dataclass, field

NAMED = 100
"""Wrong rows that a check names; beyond it says how many more there are."""


@dataclass(frozen=True, slots=True)
class Check:
    """One sum of the audit; `wrong` is empty when it is right."""

    name: str
    counted: int
    wrong: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.wrong


@dataclass(slots=True)
class Findings:
    """A check in the making; keeps few names however much is wrong."""

    name: str
    counted: int = 0
    _named: list[str] = field(default_factory=list)
    _more: int = 0

    def add(self, row: str) -> None:
        """One wrong row."""
        if len(self._named) < NAMED:
            self._named.append(row)
        else:
            self._more += 1

    def check(self) -> Check:
        """The check as it stands."""
        more = (f"… and {self._more} more",) if self._more else ()
        return Check(self.name, self.counted, (*self._named, *more))
