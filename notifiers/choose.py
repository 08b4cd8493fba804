"""Which carrier takes which channel, by settings: a mail server when one is named, the local outbox otherwise."""

from email.utils import parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from notifiers.email import SmtpCarrier, SmtpServer, Tls
from notifiers.memory import KeepingCarrier
from schemas.errors import BadInput
from schemas.ports import Carrier
from schemas.vocabulary import Channel

_PORTS = {"smtp": 587, "smtps": 465}


def choose_carriers(smtp: SmtpServer | None) -> dict[Channel, Carrier]:
    """A carrier for each channel. Without a server, letters count as sent once the notice book holds them."""
    email: Carrier = SmtpCarrier(smtp) if smtp is not None else KeepingCarrier()
    return {Channel.EMAIL: email}


def smtp_server(url: str, mail_from: str) -> SmtpServer | None:
    """The server of `smtp[s]://user:password@host:port?tls=starttls|offered|none`; None for an empty address.

    smtps means TLS from the first byte. smtp with a user insists on STARTTLS before the password is said; without a
    user it takes TLS when it is offered. Raises BadInput; its text never repeats the password.
    """
    if not url:
        return None
    found = urlsplit(url)
    if found.scheme not in _PORTS or not found.hostname:
        raise BadInput(
            "smtp_url",
            expected="smtp://host:port or smtps://host:port",
            found=f"{found.scheme or 'nothing'}://...",
            todo="Correct ISSUE_STREAM_SMTP_URL, or leave it empty to keep letters in the local outbox.",
        )
    name, sender = sender_of(mail_from)
    return SmtpServer(
        host=found.hostname,
        port=found.port or _PORTS[found.scheme],
        sender=sender,
        sender_name=name,
        tls=_tls(found.scheme, parse_qs(found.query).get("tls", [""])[0], has_user=bool(found.username)),
        user=unquote(found.username or ""),
        password=unquote(found.password or ""),
    )


def sender_of(mail_from: str) -> tuple[str, str]:
    """Name and address of `Name <address>`; the domain of the address also names Message-IDs. Raises BadInput."""
    name, address = parseaddr(mail_from)
    if address.count("@") != 1 or not all(address.split("@")):
        raise BadInput(
            "mail_from",
            expected="Name <address@domain>",
            found=f"{mail_from[:60]!r}",
            todo="Correct ISSUE_STREAM_MAIL_FROM.",
        )
    return name, address


def _tls(scheme: str, wanted: str, *, has_user: bool) -> Tls:
    if scheme == "smtps":
        return Tls.IMPLICIT
    if not wanted:
        return Tls.STARTTLS if has_user else Tls.OFFERED
    if wanted not in {Tls.STARTTLS, Tls.OFFERED, Tls.NONE}:
        raise BadInput(
            "smtp_url", expected="tls=starttls, offered or none", found=f"tls={wanted[:20]}", todo="Choose one of them."
        )
    return Tls(wanted)
