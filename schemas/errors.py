"""The one family of errors: what a person, an operator or the guard must do next decides the class.

    IssueStreamError
    ├── BadInput            tell the person; names the field, what was expected, found and to do
    ├── Refused             a normal "no" of the desk, with a reason
    ├── NotFound            same face as NotAllowed to partners, so that nothing can be probed
    ├── NotAllowed
    ├── Undecodable         dead letter, never retried
    ├── Unavailable         something of ours is away: retry, the offset stays
    ├── DeliveryFailed
    │   ├── Temporary       retry as the decision says
    │   └── Permanent       a visible fact on the issue
    └── PolicyInvalid       refuse to start, or keep the old policy; file and line

Anything else that is raised is a bug: retried a few times, then dead-lettered, counted and alarmed.
"""


class IssueStreamError(Exception):
    """Base of every error that issue-stream raises on purpose."""


class BadInput(IssueStreamError):
    """What a person or a program gave cannot be used."""

    def __init__(self, field: str, *, expected: str, found: str, todo: str) -> None:
        self.field, self.expected, self.found, self.todo = field, expected, found, todo
        super().__init__(f"{field}: expected {expected}, found {found}. {todo}")


class Refused(IssueStreamError):
    """The desk said no; `code` is stable for programs, the text is for people."""

    def __init__(self, code: str, text: str) -> None:
        self.code, self.text = code, text
        super().__init__(text)


class NotFound(IssueStreamError):
    """There is no such thing, or none that this reader may know of."""


class NotAllowed(IssueStreamError):
    """The reader is known and may not do this; the text says who may."""


class Undecodable(IssueStreamError):
    """Bytes on a topic that are no message of ours: dead letter, never retried."""


class Unavailable(IssueStreamError):
    """A part of our own (database, log, broker) does not answer: try the same thing again later."""

    def __init__(self, part: str, cause: str, *, retry_after_s: float = 5.0) -> None:
        self.part, self.cause, self.retry_after_s = part, cause, retry_after_s
        super().__init__(
            f"{part} does not answer ({cause}); nothing was lost, it is tried again in {retry_after_s:g} s"
        )


class DeliveryFailed(IssueStreamError):
    """A notice did not reach its recipient."""


class Temporary(DeliveryFailed):
    """Worth another try."""


class Permanent(DeliveryFailed):
    """Never worth another try; the owner is told that the recipient cannot be reached."""


class PolicyInvalid(IssueStreamError):
    """The policy cannot be executed; every fault is a line `file:line: what was found, what is allowed`."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))
