"""What leaves when, together with what, and what a failure means: deliver on a real notice book (SQLite)."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from agents._deliver_rules import LEASE, TRY_AGAIN_AFTER, next_try
from agents.deliver import Needs, hear, sweep
from issue_stream.store.database import Database
from issue_stream.store.notices import SqlNoticeBook
from issue_stream.store.tables import metadata, notices
from notifiers.memory import KeepingCarrier
from schemas.digest import Digest
from schemas.envelope import CommandMessage
from schemas.errors import Permanent, Temporary
from schemas.issue import Issue
from schemas.letter import Letter, LetterFacts
from schemas.notices import Notice, NoticeKind, notice_key
from schemas.people import Contact, Directory, Partner
from schemas.policy import PolicyBook
from schemas.ports import Carrier, Told
from schemas.side_commands import RecordDelivery
from schemas.vocabulary import Audience, Channel
from tests.agents.desk_situations import SITUATIONS
from tests.builders import ISSUE, NOW, STAFF, after, an_id, policy_book

OWNED = after(None, *SITUATIONS["owned"])
MINUTE = timedelta(minutes=1)
HOLD = policy_book().current.notices.hold
LIMIT = policy_book().current.notices.per_person_a_day


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class House:
    """What deliver may read: one owned issue, its contact, all staff."""

    def __init__(self) -> None:
        self.reads = 0

    async def issues(self, ids: Sequence[str]) -> Mapping[str, Issue]:
        self.reads += 1
        return {one: OWNED for one in ids if one == ISSUE}

    async def issues_of(self, told: Sequence[Told]) -> Mapping[str, Issue]:
        return await self.issues(tuple({one.issue for one in told if one.issue}))

    async def texts(self, refs: Sequence[str]) -> Mapping[str, str]:
        return {ref: f"words of {ref}" for ref in refs}

    async def directory(self, knowing: Collection[str] = ()) -> Directory:  # noqa: ARG002 - always all
        return Directory(people={p.id: p for p in STAFF})

    async def partners(self, ids: Sequence[str]) -> Mapping[str, Partner]:
        known = Partner(id="nordlys", name="Nordlys Data", tier="gold")
        return {one: known for one in ids if one == known.id}

    async def contacts(self, ids: Sequence[str]) -> Mapping[str, Contact]:
        known = Contact(id="ida", partner="nordlys", name="Ida Example", email="ida@example.com")
        return {one: known for one in ids if one == known.id}

    def policies(self) -> PolicyBook:
        return policy_book()


class NoDigests:
    """A house in which no digest was made."""

    async def kept(self, _wanted: Sequence[tuple[str, date]]) -> Mapping[tuple[str, date], Digest]:
        return {}


class Failing:
    """A carrier that answers with these failures, one a letter, and then takes everything."""

    keeps_letters = False

    def __init__(self, *failures: Exception) -> None:
        self.failures, self.tried = list(failures), 0

    async def send(self, _letter: Letter) -> None:
        self.tried += 1
        if self.failures:
            raise self.failures.pop(0)


def plain(told: Sequence[Notice], facts: LetterFacts) -> Letter:
    """A letter that names what it was made from."""
    kinds = ",".join(notice.kind.value for notice in told)
    return Letter(
        key=told[0].key,
        to_address=facts.reader.address,
        subject=kinds,
        text=f"{kinds} for {facts.reader.id}",
        html="-",
        message_id=f"<{told[0].key}@example.com>",
    )


@dataclass
class Post:
    """Deliver with its surroundings."""

    db: Database
    carrier: Carrier
    clock: Clock = field(default_factory=Clock)
    house: House = field(default_factory=House)
    wished: list[CommandMessage] = field(default_factory=list)

    @property
    def needs(self) -> Needs:
        """What deliver is given."""

        async def wish(commands: Sequence[CommandMessage]) -> None:
            self.wished += commands

        book, carriers = SqlNoticeBook(self.db), {Channel.EMAIL: self.carrier}
        return Needs(book, self.house, NoDigests(), carriers, plain, wish, self.clock)  # type: ignore[arg-type]  # one read

    @property
    def sent(self) -> list[str]:
        """Recipient and kinds of the letters that left."""
        assert isinstance(self.carrier, KeepingCarrier)
        return [letter.text for letter in self.carrier.letters]

    async def rows(self) -> dict[str, tuple[str, int]]:
        """State and tries of each notice in the book, by kind and recipient."""
        async with self.db.read() as conn:
            found = await conn.execute(select(notices))
            return {f"{row.kind} {row.recipient}": (row.state, row.tries) for row in found}

    def deliveries(self) -> list[tuple[str, bool]]:
        """What the desk was told."""
        commands = [message.command for message in self.wished]
        return [(c.recipient, c.delivered) for c in commands if isinstance(c, RecordDelivery)]


@pytest_asyncio.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    """Deliver on an empty book, with a carrier that takes everything."""
    db = await Database.open(f"sqlite:///{tmp_path}/store.db")
    async with db.write() as conn:
        await conn.run_sync(metadata.create_all)
    yield Post(db, KeepingCarrier(remember=1000))
    await db.close()


def told(kind: NoticeKind, recipient: str = "mia", *, hold: bool = False, n: int = 0) -> Notice:
    """A notice about the issue; `n` tells two of one kind apart."""
    audiences = {"ida": Audience.PARTNER, "vera": Audience.EXECUTIVE, "cara": Audience.CHANNEL_MANAGER}
    event = an_id("event", kind, n)
    return Notice(
        key=notice_key(event, kind, recipient),
        kind=kind,
        audience=audiences.get(recipient, Audience.OWNER),
        recipient=recipient,
        issue=ISSUE,
        event=event,
        at=NOW,
        hold=hold,
    )


async def test_what_is_due_leaves_in_the_same_breath(post: Post) -> None:
    """R-01: the acknowledgement waits for nothing."""
    await hear(post.needs, [told(NoticeKind.ACKNOWLEDGED, "ida")])

    assert post.sent == ["acknowledged for ida"]
    assert await post.rows() == {"acknowledged ida": ("sent", 1)}


async def test_a_notice_heard_again_is_not_sent_again(post: Post) -> None:
    notice = told(NoticeKind.OFFER)
    await hear(post.needs, [notice, notice])
    await hear(post.needs, [notice])

    assert post.sent == ["offer for mia"]


async def test_several_changes_within_the_hold_are_one_letter(post: Post) -> None:
    """R-63: one message for one issue, however many changes."""
    kinds = (NoticeKind.REPLY, NoticeKind.DATE_CHANGED, NoticeKind.WAITING)
    await hear(post.needs, [told(kind, "ida", hold=True) for kind in kinds])
    assert not await sweep(post.needs)
    post.clock.now += HOLD
    await sweep(post.needs)

    assert len(post.sent) == 1
    assert {"reply", "date_changed", "waiting"} == set(post.sent[0].removesuffix(" for ida").split(","))
    assert sorted(state for state, _ in (await post.rows()).values()) == ["sent", "together", "together"]


async def test_a_channel_managers_news_waits_for_the_digest_but_a_must_know_does_not(post: Post) -> None:
    """R-16: at most one gathered message a day, unless it is a must-know."""
    await hear(post.needs, [told(NoticeKind.FOLLOWED_NEWS, "cara", hold=True), told(NoticeKind.ESCALATED, "cara")])
    post.clock.now += HOLD
    await sweep(post.needs)

    assert post.sent == ["escalated for cara"]
    assert (await post.rows())["followed_news cara"] == ("digest", 0)


async def test_news_beyond_the_daily_budget_waits_for_the_digest_and_offers_do_not(post: Post) -> None:
    """R-63: a budget per person and day; never for what somebody must act on."""
    await hear(post.needs, [told(NoticeKind.PARTNER_SAID, n=n) for n in range(LIMIT + 2)])
    await hear(post.needs, [told(NoticeKind.PARTNER_SAID, n=99), told(NoticeKind.OFFER), told(NoticeKind.LEAD_DECIDES)])

    assert len(post.sent) == LIMIT + 2
    assert set(post.sent[LIMIT:]) == {"offer for mia", "lead_decides for mia"}


async def test_a_new_day_has_a_new_budget(post: Post) -> None:
    await hear(post.needs, [told(NoticeKind.PARTNER_SAID, n=n) for n in range(LIMIT)])
    post.clock.now += timedelta(days=1)
    await hear(post.needs, [told(NoticeKind.PARTNER_SAID, n=99)])

    assert len(post.sent) == LIMIT + 1


async def test_a_partners_news_beyond_the_budget_is_gathered_and_never_lost(post: Post) -> None:
    await hear(post.needs, [told(NoticeKind.NO_PROGRESS, "ida", n=n) for n in range(LIMIT)])
    await hear(post.needs, [told(NoticeKind.REPLY, "ida", hold=True)])
    post.clock.now += HOLD
    await sweep(post.needs)
    assert (await post.rows())["reply ida"] == ("waiting", 0)
    post.clock.now += timedelta(days=1)
    await sweep(post.needs)

    assert post.sent[-1] == "reply for ida"


async def test_a_temporary_failure_is_tried_again_when_its_time_has_come(post: Post) -> None:
    post.carrier = Failing(Temporary("451 later"))
    await hear(post.needs, [told(NoticeKind.OFFER)])
    assert await post.rows() == {"offer mia": ("waiting", 1)}
    assert not await sweep(post.needs)
    post.clock.now += MINUTE
    await sweep(post.needs)

    assert await post.rows() == {"offer mia": ("sent", 2)}
    assert not post.wished


async def test_a_permanent_failure_becomes_a_fact_of_the_issue_at_once(post: Post) -> None:
    """The owner hears that the partner hears nothing."""
    post.carrier = Failing(Permanent("550 no such user"))
    await hear(post.needs, [told(NoticeKind.ACKNOWLEDGED, "ida")])

    assert await post.rows() == {"acknowledged ida": ("failed", 1)}
    assert post.deliveries() == [("ida", False)]


async def test_a_letter_that_never_leaves_fails_for_good_after_the_last_try(post: Post) -> None:
    post.carrier = Failing(*[Temporary("451 later")] * 6)
    await hear(post.needs, [told(NoticeKind.ACKNOWLEDGED, "ida")])
    for wait in TRY_AGAIN_AFTER:
        assert not post.wished
        post.clock.now += wait
        await sweep(post.needs)

    assert await post.rows() == {"acknowledged ida": ("failed", 6)}
    assert post.deliveries() == [("ida", False)]


async def test_a_failure_about_an_unreachable_reader_does_not_go_in_circles(post: Post) -> None:
    post.carrier = Failing(Permanent("550 no such user"))
    await hear(post.needs, [told(NoticeKind.UNREACHABLE)])

    assert not post.wished


async def test_a_must_know_that_arrived_is_recorded(post: Post) -> None:
    """R-12: told counts from delivery."""
    await hear(post.needs, [told(NoticeKind.MUST_KNOW, "vera"), told(NoticeKind.OFFER)])

    assert post.deliveries() == [("vera", True)]


async def test_a_server_that_is_away_is_not_tried_with_every_letter(post: Post) -> None:
    post.carrier = Failing(*[Temporary("away")] * 50)
    await hear(post.needs, [told(NoticeKind.OFFER, n=n) for n in range(20)])

    assert post.carrier.tried == 3


async def test_an_unknown_recipient_fails_visibly(post: Post) -> None:
    await hear(post.needs, [told(NoticeKind.REPLY, "nobody")])

    assert await post.rows() == {"reply nobody": ("failed", 1)}


async def test_what_a_crashed_worker_held_is_sent_when_its_lease_is_over(post: Post) -> None:
    """The Message-ID is made from the notice's key: the same letter is recognisable."""
    post.carrier = Failing(RuntimeError("the process died here"))
    with pytest.raises(RuntimeError):
        await hear(post.needs, [told(NoticeKind.OFFER)])
    post.carrier = KeepingCarrier(remember=10)
    assert not await sweep(post.needs)
    post.clock.now += LEASE
    await sweep(post.needs)

    assert [letter.message_id for letter in post.carrier.letters] == [f"<{told(NoticeKind.OFFER).key}@example.com>"]


async def test_a_batch_reads_each_kind_of_thing_once(post: Post) -> None:
    await hear(post.needs, [told(NoticeKind.OFFER, n=n) for n in range(50)])

    assert post.house.reads == 1
    assert len(post.sent) == 50


async def test_a_sign_in_link_is_kept_only_where_it_is_the_only_copy(post: Post) -> None:
    async def kept_text() -> list[str | None]:
        async with post.db.read() as conn:
            return list(await conn.scalars(select(notices.c.text).order_by(notices.c.key)))

    await hear(post.needs, [told(NoticeKind.SIGN_IN)])
    outbox = await kept_text()
    post.carrier = Failing()
    await hear(post.needs, [told(NoticeKind.SIGN_IN, n=1)])

    assert outbox == ["sign_in for mia"]
    assert sorted(x or "" for x in await kept_text()) == ["", "sign_in for mia"]


@pytest.mark.parametrize(("tries", "minutes"), [(1, 1), (2, 5), (3, 30), (4, 120), (5, 480), (6, None)])
def test_the_next_try_comes_later_each_time_and_then_never(tries: int, minutes: int | None) -> None:
    expected = timedelta(minutes=minutes) if minutes else None

    assert next_try(tries, Temporary("later")) == expected
    assert next_try(tries, Permanent("never")) is None
