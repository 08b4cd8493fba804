"""A carrier that keeps letters: the local outbox, the rehearsal and tests use it.

With no mail server configured a letter counts as sent once the notice book holds it; this carrier takes every letter
and, when asked to, remembers the last ones. It must never grow without bound.
"""

from collections import deque

from schemas.letter import Letter


class KeepingCarrier:
    """Takes every letter. `remember` letters are kept in `letters`, oldest first; 0 keeps none but the book's."""

    def __init__(self, remember: int = 0) -> None:
        self.letters: deque[Letter] = deque(maxlen=remember)

    @property
    def keeps_letters(self) -> bool:
        """The book's copy is the only one."""
        return True

    async def send(self, letter: Letter) -> None:
        """Taken at once."""
        self.letters.append(letter)
