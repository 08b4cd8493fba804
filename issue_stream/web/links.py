"""Signed addresses: each names its purpose, whom it is for and what it opens; it expires and can be revoked.

A link holds no secret but its signature. Which contact may open it is checked against their `link_version` elsewhere;
here only what the link claims is signed and read.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from issue_stream.clock import utc_now
from issue_stream.web.settings import WebSettings
from schemas.errors import NotFound
from schemas.people import Contact
from schemas.ports import Now


class LinkExpired(NotFound):
    """The link was ours and is too old: its reader is offered a fresh one."""


@dataclass(frozen=True, slots=True)
class StatusClaim:
    """What a status or confirm link opens."""

    issue: str
    contact: str
    link_version: int


@dataclass(frozen=True, slots=True)
class FormClaim:
    """Whose form it is."""

    contact: str
    link_version: int


@dataclass(frozen=True, slots=True)
class SignedLinks:
    """Makes and reads links. The first key signs; all keys read, so that keys can be changed."""

    settings: WebSettings
    keys: Sequence[str]
    now: Now = utc_now

    @classmethod
    def of(cls, settings: WebSettings, now: Now = utc_now) -> "SignedLinks":
        """Links with the keys of these settings, oldest last; expects at least one."""
        return cls(settings, [key.get_secret_value() for key in settings.secret_keys], now)

    def status(self, issue: str, contact: Contact) -> str:
        """The partner's page of one issue."""
        return self._at("s", self.token("status", [issue, contact.id, contact.link_version]))

    def acknowledged(self, issue: str, contact: Contact) -> str:
        """The receipt of one issue."""
        return self._at("a", self.token("status", [issue, contact.id, contact.link_version]))

    def confirm(self, issue: str, contact: Contact) -> str:
        """Confirms that an address of the public form is theirs."""
        return self._at("c", self.token("confirm", [issue, contact.id, contact.link_version]))

    def form(self, contact: Contact) -> str:
        """The contact's own form."""
        return self._at("f", self.token("form", [contact.id, contact.link_version]))

    def staff_issue(self, number: int) -> str:
        """The issue's page for staff; needs a session."""
        return self._at("issues", str(number))

    def board(self) -> str:
        """What staff owe; needs a session."""
        return self._at("board", "").rstrip("/")

    def digest(self, day: date) -> str:
        """The reader's digest of that day; needs a session."""
        return self._at("digest", day.isoformat())

    def sign_in(self, token: str) -> str:
        """The one-time sign-in page."""
        return self._at("sign-in", token)

    def read_status(self, token: str) -> StatusClaim:
        """What a status or receipt link claims; raises NotFound, or LinkExpired when it was ours."""
        issue, contact, version = self.read("status", token, timedelta(days=self.settings.status_link_days))
        return StatusClaim(str(issue), str(contact), int(version))

    def read_confirm(self, token: str) -> StatusClaim:
        """What a confirm link claims; raises NotFound, or LinkExpired when it was ours."""
        issue, contact, version = self.read("confirm", token, timedelta(days=self.settings.status_link_days))
        return StatusClaim(str(issue), str(contact), int(version))

    def read_form(self, token: str) -> FormClaim:
        """What a form link claims; raises NotFound, or LinkExpired when it was ours."""
        contact, version = self.read("form", token, timedelta(days=self.settings.form_link_days))
        return FormClaim(str(contact), int(version))

    def token(self, purpose: str, claim: list[Any]) -> str:
        """A signed claim for one purpose; read for another purpose it is nothing."""
        return str(self._serializer(purpose).dumps(claim))

    def read(self, purpose: str, token: str, lives: timedelta) -> list[Any]:
        """The claim of a token; raises NotFound for a forged one, LinkExpired for an old one."""
        try:
            claim, made = self._serializer(purpose).loads(token, return_timestamp=True)
        except BadData as exc:
            raise NotFound("expected a link of ours, found another one") from exc
        if self.now() - made > lives:
            raise LinkExpired("This link has expired.")
        return list(claim)

    def _serializer(self, purpose: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(
            list(reversed(self.keys)),
            salt=f"issue-stream/{purpose}",
            signer=_Signer,
            signer_kwargs={"now": self.now, "digest_method": hashlib.sha256},
        )

    def here(self, address: str) -> str:
        """The address without its host: pages and redirects stay on the host they were opened on."""
        return address.removeprefix(self.settings.base_url)

    def _at(self, *parts: str) -> str:
        return "/".join((self.settings.base_url, *parts))


class _Signer(TimestampSigner):
    """The library's signer with our clock; the library offers its own as this method only."""

    def __init__(self, *keys: Any, now: Now, **more: Any) -> None:  # noqa: ANN401 - handed through
        super().__init__(*keys, **more)
        self._now = now

    def get_timestamp(self) -> int:
        """Seconds since 1970."""
        return int(self._now().timestamp())
