"""Links, sessions, keys: each opens what it should, for as long as it should, and is not itself stored."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from issue_stream.store import access
from issue_stream.store import tables as t
from issue_stream.store.access import KeptAnswer
from issue_stream.store.database import Database
from issue_stream.store.people import add_partner
from schemas.errors import NotFound
from tests.builders import NOW
from tests.contract.store.shelves import NORDLYS, hire, rows_of

LATE = NOW + timedelta(minutes=15)


async def _link(db: Database) -> str:
    await hire(db)
    async with db.write() as conn:
        return await access.make_sign_in_link(conn, "mia", NOW)


async def _use(db: Database, token: str, at: object = NOW) -> str | None:
    async with db.write() as conn:
        return await access.use_sign_in_link(conn, token, at)  # type: ignore[arg-type]  # the default is an instant


async def test_a_link_signs_in_once(db: Database) -> None:
    token = await _link(db)

    assert [await _use(db, token), await _use(db, token)] == ["mia", None]


async def test_of_two_that_use_a_link_at_once_one_is_signed_in(db: Database, other: Database) -> None:
    token = await _link(db)

    used = await asyncio.gather(*(_use(each, token) for each in (db, other) * 3))

    assert sorted(used, key=str) == [None] * 5 + ["mia"]


async def test_an_expired_or_forged_link_signs_nobody_in(db: Database) -> None:
    token = await _link(db)

    assert await _use(db, token, LATE) is None
    assert await _use(db, token + "x") is None


async def test_a_session_lives_until_it_ends(db: Database) -> None:
    await hire(db)
    async with db.write() as conn:
        opened = await access.open_session(conn, "mia", NOW)
        running = await access.session_of(conn, opened.token, NOW + timedelta(hours=11))
        expired = await access.session_of(conn, opened.token, NOW + timedelta(hours=12))
        await access.end_session(conn, opened.token, NOW)
        ended = await access.session_of(conn, opened.token, NOW)

    assert running is not None
    assert (running.staff_id, running.csrf, running.expires_at) == ("mia", opened.csrf, NOW + timedelta(hours=12))
    assert expired is ended is None


async def test_sessions_differ_and_so_do_their_form_tokens(db: Database) -> None:
    await hire(db)
    async with db.write() as conn:
        first, second = [await access.open_session(conn, "mia", NOW) for _ in range(2)]

    assert first.token != second.token
    assert len({first.csrf, second.csrf, first.token, second.token}) == 4


async def test_somebody_who_left_has_no_session(db: Database) -> None:
    await hire(db)
    async with db.write() as conn:
        opened = await access.open_session(conn, "mia", NOW)
        await conn.execute(update(t.staff).where(t.staff.c.id == "mia").values(active=False))

        assert await access.session_of(conn, opened.token, NOW) is None


async def test_signing_out_everywhere_ends_sessions_and_links_of_one_person(db: Database) -> None:
    token = await _link(db)
    async with db.write() as conn:
        mine = [await access.open_session(conn, "mia", NOW) for _ in range(2)]
        theirs = await access.open_session(conn, "omar", NOW)
        ended = await access.end_sessions_of(conn, "mia", NOW)
        left = [await access.session_of(conn, each.token, NOW) for each in (*mine, theirs)]

    assert ended == 2
    assert [each.staff_id if each else None for each in left] == [None, None, "omar"]
    assert await _use(db, token) is None


async def test_a_key_opens_until_it_is_revoked(db: Database) -> None:
    async with db.write() as conn:
        await add_partner(conn, NORDLYS)
        made, secret = await access.make_api_key(conn, "their portal", "nordlys", NOW)
        service, _ = await access.make_api_key(conn, "our shop", None, NOW)
        found = await access.api_key_of(conn, secret)
        forged = await access.api_key_of(conn, secret[:-1])
        await access.revoke_api_key(conn, made.id, LATE)
        revoked = await access.api_key_of(conn, secret)
        with pytest.raises(NotFound, match="expected the id of a key in use"):
            await access.revoke_api_key(conn, made.id, LATE)
        listed = {key.id: key for key in await access.list_api_keys(conn)}

    assert found == made
    assert forged is revoked is None
    assert listed[made.id].revoked_at == LATE
    assert listed[service.id] == service


async def test_nothing_that_opens_anything_is_stored(db: Database) -> None:
    token = await _link(db)
    async with db.write() as conn:
        opened = await access.open_session(conn, "mia", NOW)
        _, secret = await access.make_api_key(conn, "a portal", None, NOW)

    stored = str([await rows_of(db, table) for table in (t.sign_in_links, t.sessions, t.api_keys)])
    assert not [shown for shown in (token, opened.token, secret) if shown in stored]


async def test_the_first_answer_to_a_repeated_request_counts(db: Database) -> None:
    first = KeptAnswer("key-1", "order 7", "hash", "issue-1", 1001)
    second = KeptAnswer("key-1", "order 7", "another hash", "issue-2", 1002)
    elsewhere = KeptAnswer("key-2", "order 7", "hash", "issue-3", 1003)

    async with db.write() as conn:
        kept = [await access.keep_answer(conn, each, NOW) for each in (first, second, elsewhere)]
        unknown = await access.kept_answer(conn, "key-1", "order 8")

    assert kept == [first, first, elsewhere]
    assert unknown is None
