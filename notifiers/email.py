"""Letters as e-mail, handed to any SMTP server.

In: a letter. Out: nothing, or Temporary (worth another try) or Permanent (never). One connection is kept and made anew
when the server has closed it. Addresses and words never reach a log or an error text: codes and the server's own
sentence without the address do. A header with a line break is refused, never repaired.
"""

import asyncio
import re
import ssl
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum

import aiosmtplib

from schemas.errors import DeliveryFailed, Permanent, Temporary
from schemas.letter import Letter

PERMANENT_FROM = 500
"""SMTP reply codes: 4xx may be tried again, 5xx may not (RFC 5321 §4.2.1)."""

_AT_LOGIN = frozenset({530, 534, 535, 538})
"""Codes about our own login or encryption: the letter is fine, an operator must mend the settings."""


class Tls(StrEnum):
    """How the connection is protected: from the first byte, after STARTTLS, when it is offered, or not at all."""

    IMPLICIT = "implicit"
    STARTTLS = "starttls"
    OFFERED = "offered"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where letters are handed over. `sender` is the From address, `timeout_s` counts for each step."""

    host: str
    port: int
    sender: str
    sender_name: str = ""
    tls: Tls = Tls.STARTTLS
    user: str = ""
    password: str = ""
    timeout_s: float = 20.0
    trusted: ssl.SSLContext | None = None


class SmtpCarrier:
    """Hands letters to one server, one after the other."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._one_at_a_time = asyncio.Lock()
        self._connection: aiosmtplib.SMTP | None = None

    @property
    def keeps_letters(self) -> bool:
        """The recipient has a copy."""
        return False

    async def send(self, letter: Letter) -> None:
        """Returns once the server has taken the letter; raises Temporary or Permanent."""
        message = message_of(letter, self._server)
        async with self._one_at_a_time:
            reused = self._connection is not None and self._connection.is_connected
            try:
                await self._hand_over(message)
            except aiosmtplib.SMTPServerDisconnected as exc:
                if not reused:
                    raise Temporary("the mail server closed the connection") from exc
                await self._again(message)

    async def close(self) -> None:
        """Say goodbye to the server."""
        async with self._one_at_a_time:
            await self._drop()

    async def _again(self, message: EmailMessage) -> None:
        """A kept connection had gone stale: one try on a fresh one. The Message-ID makes a double recognisable."""
        await self._drop()
        try:
            await self._hand_over(message)
        except aiosmtplib.SMTPServerDisconnected as exc:
            raise Temporary("the mail server closed the connection") from exc

    async def _hand_over(self, message: EmailMessage) -> None:
        try:
            connection = await self._connected()
            await connection.send_message(message)
        except aiosmtplib.SMTPServerDisconnected:
            await self._drop()
            raise
        except (aiosmtplib.SMTPException, OSError, ValueError) as exc:
            failure = failure_of(exc)
            if not isinstance(exc, aiosmtplib.SMTPRecipientsRefused):
                await self._drop()
            raise failure from exc

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._connection is not None and self._connection.is_connected:
            return self._connection
        server = self._server
        self._connection = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            timeout=server.timeout_s,
            use_tls=server.tls is Tls.IMPLICIT,
            start_tls=None if server.tls is Tls.OFFERED else server.tls is Tls.STARTTLS,
            tls_context=server.trusted,
            username=server.user or None,
            password=server.password or None,
        )
        await self._connection.connect()
        return self._connection

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def message_of(letter: Letter, server: SmtpServer) -> EmailMessage:
    """The letter as a message; raises Permanent when an address or a header cannot be one (line breaks, no domain)."""
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = _address(server.sender_name, server.sender)
        message["To"] = _address(letter.to_name, letter.to_address)
        message["Subject"] = _one_header(letter.subject)
        message["Message-ID"] = _one_header(letter.message_id)
        if letter.references:
            message["In-Reply-To"] = _one_header(letter.references[-1])
            message["References"] = " ".join(map(_one_header, letter.references))
        for name, value in letter.headers.items():
            message[_one_header(name)] = _one_header(value)
    except (ValueError, IndexError, MessageError) as exc:
        raise Permanent(f"an address or a header of this letter cannot be sent ({type(exc).__name__})") from exc
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def failure_of(exc: Exception) -> DeliveryFailed:
    """What an error of the server or the network means for the letter."""
    if isinstance(exc, aiosmtplib.SMTPRecipientsRefused) and exc.recipients:
        return failure_of(exc.recipients[0])
    if isinstance(exc, aiosmtplib.SMTPResponseException):
        said = f"{exc.code} {_without_addresses(exc.message)}"
        if exc.code >= PERMANENT_FROM and exc.code not in _AT_LOGIN:
            return Permanent(said)
        return Temporary(said)
    if isinstance(exc, (aiosmtplib.SMTPTimeoutError, TimeoutError)):
        return Temporary("the mail server did not answer in time")
    if isinstance(exc, aiosmtplib.SMTPNotSupported):
        return Temporary("the mail server lacks what the settings ask for (TLS, login or UTF-8 addresses)")
    return Temporary(f"the mail server cannot be reached ({type(exc).__name__})")


def _address(name: str, address: str) -> Address:
    """An address of one mailbox; a ValueError names neither."""
    _one_header(name + address)
    return Address(display_name=name, addr_spec=address)


def _one_header(value: str) -> str:
    if re.search(r"[\r\n\x00]", value):
        raise ValueError("expected one line, found a line break")
    return value


def _without_addresses(said: str) -> str:
    """A server's sentence often repeats the address; logs and facts must not hold it."""
    return re.sub(r"\S+@\S+", "<address>", " ".join(said.split()))[:200]
