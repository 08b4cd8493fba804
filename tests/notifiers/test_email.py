"""Letters handed to a real SMTP server on loopback: taken, refused for good, refused for now, cut off, silent."""

import asyncio
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
import pytest_asyncio
from aiosmtpd.smtp import SMTP, Envelope, Session

from notifiers.choose import choose_carriers, smtp_server
from notifiers.email import SmtpCarrier, SmtpServer, Tls, message_of
from notifiers.memory import KeepingCarrier
from schemas.errors import BadInput, DeliveryFailed, Permanent, Temporary
from schemas.letter import Letter
from schemas.vocabulary import Channel

LETTER = Letter(
    key="k1",
    to_address="ida@example.com",
    to_name="Ida Üxample",
    subject="[PIR-1042] Accepted by Mia - next update Thu 26 Nov, 17:00 CET",
    text="● Being worked on\n\nMia owns it.\n",
    html="<p>Mia owns it.</p>",
    message_id="<k1@issues.example.com>",
    references=("<thread-1@issues.example.com>",),
    headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
)


class Mailbox:
    """A server that answers as a test tells it."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.at_recipient = "250 OK"
        self.drops = 0
        self.waits = asyncio.Event()
        self.waits.set()
        self.sessions = 0

    def session(self, loop: asyncio.AbstractEventLoop) -> SMTP:
        """The protocol of one more connection."""
        self.sessions += 1
        return SMTP(self, enable_SMTPUTF8=True, loop=loop)

    async def handle_RCPT(self, *given: Any) -> str:  # noqa: ANN401, N802 - aiosmtpd's name
        _server, _session, envelope, address, _options = given
        envelope.rcpt_tos.append(address)
        return self.at_recipient

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        await self.waits.wait()
        if self.drops:
            self.drops -= 1
            server.transport.abort()
            return "451 gone"
        self.taken.append(bytes(envelope.content or b""))
        return "250 taken"


class Loopback:
    """The server's address and a carrier to it."""

    def __init__(self, box: Mailbox, port: int) -> None:
        self.box, self.port = box, port
        self.carrier = SmtpCarrier(self.server(timeout_s=5))

    def server(self, *, timeout_s: float) -> SmtpServer:
        """This server, as settings would name it."""
        return SmtpServer("127.0.0.1", self.port, "desk@example.com", "Partner desk", Tls.NONE, timeout_s=timeout_s)


@pytest_asyncio.fixture
async def mail() -> AsyncIterator[Loopback]:
    """A server on a free port of the loopback."""
    box = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: box.session(loop), "127.0.0.1", 0)
    there = Loopback(box, server.sockets[0].getsockname()[1])
    yield there
    box.waits.set()
    await there.carrier.close()
    server.close()
    await server.wait_closed()


async def _failure(carrier: SmtpCarrier) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as failed:
        await carrier.send(LETTER)
    return failed.value


async def test_a_taken_letter_arrives_with_both_parts_and_its_thread(mail: Loopback) -> None:
    await mail.carrier.send(LETTER)
    arrived = message_from_bytes(mail.box.taken[0], policy=default)
    plain, dressed = arrived.get_body(("plain",)), arrived.get_body(("html",))

    assert arrived["Message-ID"] == "<k1@issues.example.com>"
    assert arrived["References"] == arrived["In-Reply-To"] == "<thread-1@issues.example.com>"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived["X-Auto-Response-Suppress"] == "All"
    assert str(arrived["To"]) == "Ida Üxample <ida@example.com>"
    assert plain is not None
    assert "● Being worked on" in plain.get_content()
    assert dressed is not None


async def test_many_letters_share_a_connection(mail: Loopback) -> None:
    for _ in range(5):
        await mail.carrier.send(LETTER)

    assert len(mail.box.taken) == 5
    assert mail.box.sessions == 1


async def test_a_550_is_for_good_and_names_no_address(mail: Loopback) -> None:
    mail.box.at_recipient = "550 5.1.1 <ida@example.com> no such user"
    failure = await _failure(mail.carrier)

    assert isinstance(failure, Permanent)
    assert "550" in str(failure)
    assert "ida@" not in str(failure)


async def test_a_450_is_tried_again_later(mail: Loopback) -> None:
    mail.box.at_recipient = "450 4.2.0 greylisted, come back"
    failure = await _failure(mail.carrier)
    mail.box.at_recipient = "250 OK"
    await mail.carrier.send(LETTER)

    assert isinstance(failure, Temporary)
    assert len(mail.box.taken) == 1


async def test_a_server_that_hangs_up_in_the_middle_is_temporary(mail: Loopback) -> None:
    mail.box.drops = 2

    assert isinstance(await _failure(mail.carrier), Temporary)
    assert not mail.box.taken


async def test_a_connection_gone_stale_is_made_anew_at_once(mail: Loopback) -> None:
    await mail.carrier.send(LETTER)
    mail.box.drops = 1
    await mail.carrier.send(LETTER)

    assert len(mail.box.taken) == 2
    assert mail.box.sessions == 2


async def test_a_silent_server_runs_into_the_timeout(mail: Loopback) -> None:
    mail.box.waits.clear()
    carrier = SmtpCarrier(mail.server(timeout_s=0.2))
    failure = await _failure(carrier)
    await carrier.close()

    assert isinstance(failure, Temporary)
    assert "in time" in str(failure)


async def test_a_server_that_is_not_there_is_temporary() -> None:
    nowhere = SmtpServer("127.0.0.1", 1, "desk@example.com", tls=Tls.NONE, timeout_s=2)

    assert isinstance(await _failure(SmtpCarrier(nowhere)), Temporary)


async def test_a_server_without_tls_never_sees_a_letter_that_must_be_protected(mail: Loopback) -> None:
    insisting = SmtpServer("127.0.0.1", mail.port, "desk@example.com", tls=Tls.STARTTLS, timeout_s=2)

    assert isinstance(await _failure(SmtpCarrier(insisting)), Temporary)
    assert not mail.box.taken


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "News\r\nBcc: all@example.com"},
        {"to_address": "ida@example.com\nBcc: all@example.com"},
        {"to_name": "Ida\r\nBcc: all@example.com"},
        {"headers": {"X-Note": "a\nb"}},
        {"message_id": "<a>\r\nBcc: all@example.com"},
        {"to_address": "not an address"},
        {"to_address": ""},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_line_break_or_a_broken_address_is_refused_never_repaired(change: dict[str, object]) -> None:
    server = SmtpServer("127.0.0.1", 25, "desk@example.com")

    with pytest.raises(Permanent):
        message_of(LETTER.model_copy(update=change), server)


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [
        ("smtp://mail.example.com", 587, Tls.OFFERED),
        ("smtp://mail:1025?tls=none", 1025, Tls.NONE),
        ("smtp://user:p%40ss@mail.example.com:2525", 2525, Tls.STARTTLS),
        ("smtps://mail.example.com", 465, Tls.IMPLICIT),
    ],
)
def test_a_password_is_never_said_without_tls(url: str, port: int, tls: Tls) -> None:
    server = smtp_server(url, "Partner desk <desk@example.com>")

    assert server is not None
    assert (server.port, server.tls, server.sender) == (port, tls, "desk@example.com")


@pytest.mark.parametrize(
    "url", ["mail.example.com", "http://mail.example.com", "smtp://:s3cret@", "smtp://h?tls=maybe"]
)
def test_a_wrong_server_address_says_what_was_expected_and_no_password(url: str) -> None:
    with pytest.raises(BadInput) as wrong:
        smtp_server(url, "desk@example.com")

    assert "s3cret" not in str(wrong.value)


def test_without_a_mail_server_letters_stay_in_the_local_outbox() -> None:
    assert smtp_server("", "desk@example.com") is None
    assert isinstance(choose_carriers(None)[Channel.EMAIL], KeepingCarrier)
