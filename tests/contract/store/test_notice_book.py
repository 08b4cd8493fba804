"""The notice book: nobody is told twice, news of one issue leaves together, everything has an end."""

import asyncio
from datetime import timedelta

from issue_stream.store import tables as t
from issue_stream.store.database import Database
from issue_stream.store.notices import SqlNoticeBook
from schemas.letter import Claimed, Entry, Letter, Mark, NoticeState
from schemas.notices import Notice, NoticeKind
from schemas.values import Instant
from schemas.vocabulary import Audience
from tests.builders import DAY, HOUR, NOW, an_id
from tests.contract.store.shelves import rows_of

LEASE = timedelta(minutes=2)


def notice(key: str, *, to: str = "mia", issue: str | None = "issue-1", at: Instant = NOW) -> Notice:
    return Notice(
        key=key,
        kind=NoticeKind.OFFER,
        audience=Audience.OWNER,
        recipient=to,
        issue=issue,
        event=an_id(key),
        at=at,
        figures={"step": 2},
        texts={"what": "t-what"},
    )


def entry(key: str, *, to: str = "mia", issue: str | None = "issue-1", due: Instant = NOW) -> Entry:
    return Entry(notice=notice(key, to=to, issue=issue), due_at=due)


def letter(key: str, text: str = "Hello") -> Letter:
    html = f"<p>{text}</p>" if text else ""
    return Letter(key=key, to_address="mia@example.com", subject="News", text=text, html=html, message_id=f"<{key}>")


def keys(claimed: tuple[Claimed, ...]) -> list[str]:
    return [each.notice.key for each in claimed]


def sent(key: str, at: Instant = NOW) -> Mark:
    return Mark(key=key, state=NoticeState.SENT, at=at, letter=letter(key), tries=1)


async def test_only_new_keys_are_new(db: Database) -> None:
    book = SqlNoticeBook(db)

    first = await book.add([entry("a"), entry("b"), entry("a")])
    second = await book.add([entry("b"), entry("c")])

    assert first == frozenset({"a", "b"})
    assert second == frozenset({"c"})
    assert await book.add([]) == frozenset()


async def test_of_two_workers_one_finds_a_notice_new(db: Database, other: Database) -> None:
    entries = [entry(f"n-{n}") for n in range(50)]

    new = await asyncio.gather(SqlNoticeBook(db).add(entries), SqlNoticeBook(other).add(entries))

    assert sorted([*new[0], *new[1]]) == sorted(f"n-{n}" for n in range(50))


async def test_a_claimed_notice_comes_back_as_it_was_put_in(db: Database) -> None:
    book = SqlNoticeBook(db)
    await book.add([entry("a")])

    assert await book.claim_due(NOW, 10, LEASE) == (Claimed(notice=notice("a"), tries=0),)


async def test_due_notices_are_claimed_oldest_first_and_not_before_their_time(db: Database) -> None:
    book = SqlNoticeBook(db)
    await book.add(
        [entry("b", issue="2"), entry("a", issue="1", due=NOW - HOUR), entry("c", issue="3", due=NOW + HOUR)]
    )

    assert keys(await book.claim_due(NOW, 10, LEASE)) == ["a", "b"]
    assert await book.claim_due(NOW, 10, LEASE) == ()
    assert keys(await book.claim_due(NOW + HOUR, 10, LEASE)) == ["a", "b", "c"]


async def test_news_of_one_issue_for_one_reader_leaves_together(db: Database) -> None:
    """Beyond the limit, and although it is not due yet."""
    book = SqlNoticeBook(db)
    later = NOW + HOUR
    await book.add(
        [
            entry("due"),
            entry("same", due=later),
            entry("other-issue", issue="issue-2", due=later),
            entry("other-reader", to="omar", due=later),
        ]
    )

    assert keys(await book.claim_due(NOW, 1, LEASE)) == ["due", "same"]


async def test_news_without_an_issue_leaves_alone(db: Database) -> None:
    book = SqlNoticeBook(db)
    await book.add([entry("due", issue=None), entry("later", issue=None, due=NOW + HOUR)])

    assert keys(await book.claim_due(NOW, 10, LEASE)) == ["due"]


async def test_a_notice_its_finder_holds_is_not_claimed_until_the_lease_ends(db: Database) -> None:
    book = SqlNoticeBook(db)
    await book.add([Entry(notice=notice("mine"), due_at=NOW, claimed_until=NOW + LEASE), entry("due")])

    assert keys(await book.claim_due(NOW, 10, LEASE)) == ["due"]
    assert keys(await book.claim_due(NOW + LEASE, 10, LEASE)) == ["due", "mine"]


async def test_of_two_that_claim_at_once_each_notice_goes_to_one(db: Database, other: Database) -> None:
    await SqlNoticeBook(db).add([entry(f"n-{n}", issue=f"issue-{n}") for n in range(40)])

    claims = await asyncio.gather(*(SqlNoticeBook(each).claim_due(NOW, 6, LEASE) for each in (db, other) * 4))

    claimed = [key for claim in claims for key in keys(claim)]
    assert len(claimed) == len(set(claimed)) > 0


async def test_a_sent_notice_keeps_its_letter_and_never_falls_due(db: Database) -> None:
    book = SqlNoticeBook(db)
    await book.add([entry("a"), entry("b")])
    await book.claim_due(NOW, 10, LEASE)

    await book.mark([sent("a"), Mark(key="b", state=NoticeState.TOGETHER, at=NOW, sent_with="a", tries=1)])

    assert await book.claim_due(NOW + DAY, 10, LEASE) == ()
    first, second = await rows_of(db, t.notices)
    assert (first["state"], first["sent_at"], first["address"], first["tries"]) == ("sent", NOW, "mia@example.com", 1)
    assert (first["subject"], first["text"], first["html"]) == ("News", "Hello", "<p>Hello</p>")
    assert (second["state"], second["sent_with"], second["text"]) == ("together", "a", None)
    assert {first["claimed_until"], second["claimed_until"]} == {None}


async def test_a_letter_without_words_is_kept_without_words(db: Database) -> None:
    """A sign-in link stays out of the book."""
    book = SqlNoticeBook(db)
    await book.add([entry("a")])

    await book.mark([Mark(key="a", state=NoticeState.SENT, at=NOW, letter=letter("a", text=""))])

    (row,) = await rows_of(db, t.notices)
    assert (row["text"], row["html"], row["subject"]) == (None, None, "News")


async def test_a_failure_is_tried_again_at_its_time_or_ends_with_its_reason(db: Database) -> None:
    book = SqlNoticeBook(db)
    await book.add([entry("again", issue="1"), entry("never", issue="2"), entry("held", issue="3")])
    await book.claim_due(NOW, 10, LEASE)

    await book.mark(
        [
            Mark(key="again", state=NoticeState.WAITING, at=NOW, tries=1, due_at=NOW + HOUR, failure="busy"),
            Mark(key="never", state=NoticeState.FAILED, at=NOW, tries=1, failure="no such mailbox"),
            Mark(key="held", state=NoticeState.DIGEST, at=NOW),
        ]
    )

    assert await book.claim_due(NOW + HOUR / 2, 10, LEASE) == ()
    assert await book.claim_due(NOW + HOUR, 10, LEASE) == (Claimed(notice=notice("again", issue="1"), tries=1),)
    found = {row["key"]: (row["state"], row["failure"], row["sent_at"]) for row in await rows_of(db, t.notices)}
    assert found == {
        "again": ("waiting", "busy", None),
        "never": ("failed", "no such mailbox", None),
        "held": ("digest", None, None),
    }


async def test_marking_nothing_is_nothing(db: Database) -> None:
    await SqlNoticeBook(db).mark([])

    assert await rows_of(db, t.notices) == []


async def test_messages_are_counted_for_each_reader_from_their_own_instant(db: Database) -> None:
    book = SqlNoticeBook(db)
    times = {"a": ("mia", -2), "b": ("mia", -1), "c": ("omar", -2), "d": ("mia", -1), "e": ("lena", -1)}
    await book.add([entry(key, to=who, issue=key) for key, (who, _) in times.items()])
    await book.mark([sent(key, NOW + hours * HOUR) for key, (_, hours) in times.items() if key != "d"])
    await book.mark([Mark(key="d", state=NoticeState.TOGETHER, at=NOW, sent_with="b")])

    since = {"mia": NOW - HOUR, "omar": NOW - 2 * HOUR, "lena": NOW, "nobody": NOW - HOUR}
    counted = await book.sent_since(since, 10)

    assert counted == {"mia": 1, "omar": 1}
    assert await book.sent_since({"mia": NOW - DAY}, 10) == {"mia": 2}
    assert await book.sent_since({"mia": NOW - DAY}, 1) == {"mia": 1}
    assert await book.sent_since({}, 10) == {}


async def test_the_outbox_page_reads_letters_newest_first(db: Database) -> None:
    book = SqlNoticeBook(db)
    await book.add([entry(key) for key in "abcd"])
    await book.mark([sent(key, NOW + n * HOUR) for n, key in enumerate("abc")])

    newest = await book.sent_box(2)
    older = await book.sent_box(2, before=newest[-1].sent_at)

    assert [[each.key for each in page] for page in (newest, older)] == [["c", "b"], ["a"]]
    assert (newest[0].address, newest[0].subject, newest[0].text) == ("mia@example.com", "News", "Hello")
