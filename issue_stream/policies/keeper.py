"""The policy in force: read once, reloaded when its file changes, with the earlier ones that escalations are pinned to.

In: a file, or none for the packaged policy. Out: `current()` and `book()`, cheap enough for every batch. A file with
faults never replaces a policy: the old one stays in force and `faults` says why. It never touches the database itself.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from issue_stream.policies.loader import DEFAULT_NAME, default_text, load_policy
from schemas.errors import PolicyInvalid
from schemas.policy import Policy, PolicyBook

_Stamp = tuple[int, int]


class PolicyTexts(Protocol):
    """Where the texts of all policies that ever decided something are kept."""

    async def read(self) -> Mapping[str, str]:
        """Texts by version, the newest few."""

    async def keep(self, version: str, text: str) -> None:
        """Keep one; the same version twice is one."""


class PolicyKeeper:
    """Holds the policy of one process. Raises PolicyInvalid when the first one cannot be executed."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file
        self.faults: tuple[str, ...] = ()
        self.is_kept = False
        self._stamp = _stamp(file)
        self._text = _text(file)
        self._current = load_policy(self._text, self.name)
        self._earlier: dict[str, Policy] = {}
        self._book = PolicyBook(current=self._current)

    @property
    def name(self) -> str:
        """How the file is called in messages."""
        return self.file.name if self.file is not None else DEFAULT_NAME

    @property
    def text(self) -> str:
        """The text of the policy in force."""
        return self._text

    def current(self) -> Policy:
        """The policy in force."""
        return self._current

    def book(self) -> PolicyBook:
        """The policy in force and the pinned ones."""
        return self._book

    def reload_if_changed(self) -> bool:
        """Take a changed file; True when another policy is in force now. Costs one `stat` when nothing changed."""
        stamp = _stamp(self.file)
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            text = _text(self.file)
            policy = load_policy(text, self.name)
        except PolicyInvalid as exc:
            self.faults = exc.faults
            return False
        self.faults = ()
        return self._replace(text, policy)

    def _replace(self, text: str, policy: Policy) -> bool:
        if policy.version == self._current.version:
            return False
        self._earlier[self._current.version] = self._current
        self._text, self._current, self.is_kept = text, policy, False
        self._book = PolicyBook(current=policy, earlier=dict(self._earlier))
        return True

    async def remember(self, texts: PolicyTexts) -> None:
        """Keep the text in force and learn the earlier ones, so that pinned versions mean the same after a restart."""
        if self.is_kept:
            return
        text, version = self._text, self._current.version
        for earlier, words in (await texts.read()).items():
            if earlier != version and earlier not in self._earlier:
                self._learn(earlier, words)
        await texts.keep(version, text)
        self.is_kept = version == self._current.version
        self._book = PolicyBook(current=self._current, earlier=dict(self._earlier))

    def _learn(self, version: str, text: str) -> None:
        """Leaves out a text that this release can no longer read: what was pinned to it follows the current policy."""
        try:
            self._earlier[version] = load_policy(text, version)
        except PolicyInvalid:
            return


def _stamp(file: Path | None) -> _Stamp | None:
    """What changes when the file does: time and size; None without a file."""
    if file is None:
        return None
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _text(file: Path | None) -> str:
    if file is None:
        return default_text()
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError as exc:
        raise PolicyInvalid((f"{file.name}:1: this is not UTF-8 text ({exc.reason}); save it as UTF-8",)) from exc
    except OSError as exc:
        said = f"{file.name}:1: the file cannot be read ({exc.strerror}); check ISSUE_STREAM_POLICY_FILE and its rights"
        raise PolicyInvalid((said,)) from exc
