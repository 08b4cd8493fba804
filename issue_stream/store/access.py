"""Who may come in: sign-in links, sessions, API keys, and the answers kept for repeated requests.

In: tokens as they were shown to somebody. Out: whom they stand for, or None. Only hashes are stored: who reads the
database cannot sign in. A token is 256 random bits, so a plain SHA-256 is enough; nothing here is a password.
"""

import hashlib
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from issue_stream.store import tables as t
from issue_stream.store.upsert import insert_missing
from schemas.errors import NotFound
from schemas.values import Instant

LINK_LIVES = timedelta(minutes=15)
"""Long enough to find the letter, short enough that an old mailbox opens nothing."""

SESSION_LIVES = timedelta(hours=12)
"""A working day."""

KEY_PREFIX = "isk_"
"""Makes a leaked key recognisable to scanners."""


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session just opened: its token goes into the cookie and is never seen again."""

    token: str
    csrf: str
    expires_at: Instant


@dataclass(frozen=True, slots=True)
class Session:
    """A running session of somebody active."""

    staff_id: str
    csrf: str
    expires_at: Instant


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of a partner, or of a service that may act for every partner when `partner` is None."""

    id: str
    name: str
    partner: str | None
    made_at: Instant
    revoked_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What was answered to a request with an Idempotency-Key. `scope` is the key's owner; the hash is the request's."""

    scope: str
    key: str
    request_hash: str
    issue_id: str
    number: int


async def make_sign_in_link(conn: AsyncConnection, staff_id: str, now: Instant, lives: timedelta = LINK_LIVES) -> str:
    """The token of a link that signs this person in once, while it lives."""
    token = secrets.token_urlsafe(32)
    row = {"token_hash": _hashed(token), "staff_id": staff_id, "expires_at": now + lives}
    await conn.execute(t.sign_in_links.insert().values(row))
    return token


async def use_sign_in_link(conn: AsyncConnection, token: str, now: Instant) -> str | None:
    """Whom the link signs in; None when it is unknown, expired or used. Of two at once, one gets it."""
    c = t.sign_in_links.c
    unused = and_(c.token_hash == _hashed(token), c.used_at.is_(None), c.expires_at > now)
    used = update(t.sign_in_links).where(unused).values(used_at=now).returning(c.staff_id)
    staff_id: str | None = (await conn.execute(used)).scalar()
    return staff_id


async def open_session(
    conn: AsyncConnection, staff_id: str, now: Instant, lives: timedelta = SESSION_LIVES
) -> NewSession:
    """A new session that ends by itself."""
    token = secrets.token_urlsafe(32)
    opened = NewSession(token=token, csrf=_hashed(f"csrf:{token}"), expires_at=now + lives)
    row = {"token_hash": _hashed(token), "staff_id": staff_id, "csrf": opened.csrf}
    await conn.execute(t.sessions.insert().values(row | {"made_at": now, "expires_at": opened.expires_at}))
    return opened


async def session_of(conn: AsyncConnection, token: str, now: Instant) -> Session | None:
    """The session behind a cookie; None when it is unknown, expired or revoked, or its person no longer active."""
    c = t.sessions.c
    running = and_(c.token_hash == _hashed(token), c.expires_at > now, c.revoked_at.is_(None), t.staff.c.active)
    wanted = select(c.staff_id, c.csrf, c.expires_at).join(t.staff, t.staff.c.id == c.staff_id).where(running)
    row = (await conn.execute(wanted)).first()
    return Session(staff_id=row.staff_id, csrf=row.csrf, expires_at=row.expires_at) if row else None


async def end_session(conn: AsyncConnection, token: str, now: Instant) -> None:
    """Sign out; an unknown token changes nothing."""
    c = t.sessions.c
    ended = update(t.sessions).where(c.token_hash == _hashed(token), c.revoked_at.is_(None)).values(revoked_at=now)
    await conn.execute(ended)


async def end_sessions_of(conn: AsyncConnection, staff_id: str, now: Instant) -> int:
    """Sign this person out everywhere, unused links included; how many sessions that ended."""
    c, links = t.sessions.c, t.sign_in_links.c
    unused = and_(links.staff_id == staff_id, links.used_at.is_(None))
    await conn.execute(update(t.sign_in_links).where(unused).values(used_at=now))
    running = and_(c.staff_id == staff_id, c.revoked_at.is_(None), c.expires_at > now)
    ended = await conn.execute(update(t.sessions).where(running).values(revoked_at=now))
    return int(ended.rowcount)


async def make_api_key(conn: AsyncConnection, name: str, partner: str | None, now: Instant) -> tuple[ApiKey, str]:
    """A new key and its secret, which is shown once."""
    secret = KEY_PREFIX + secrets.token_urlsafe(32)
    made = ApiKey(id=f"key-{uuid4().hex[:12]}", name=name, partner=partner, made_at=now)
    row = {"id": made.id, "key_hash": _hashed(secret), "name": name, "partner_id": partner, "made_at": now}
    await conn.execute(t.api_keys.insert().values(row))
    return made, secret


async def api_key_of(conn: AsyncConnection, secret: str) -> ApiKey | None:
    """The key behind a secret; None when it is unknown or revoked."""
    c = t.api_keys.c
    row = (await conn.execute(select(t.api_keys).where(c.key_hash == _hashed(secret), c.revoked_at.is_(None)))).first()
    return _api_key(row) if row else None


async def list_api_keys(conn: AsyncConnection) -> list[ApiKey]:
    """Every key, newest first, revoked ones included."""
    c = t.api_keys.c
    return [_api_key(row) for row in await conn.execute(select(t.api_keys).order_by(c.made_at.desc(), c.id))]


async def revoke_api_key(conn: AsyncConnection, key_id: str, now: Instant) -> None:
    """The key opens nothing from now on; raises NotFound when there is none that still did."""
    c = t.api_keys.c
    revoked = update(t.api_keys).where(c.id == key_id, c.revoked_at.is_(None)).values(revoked_at=now)
    if not (await conn.execute(revoked)).rowcount:
        raise NotFound(f"expected the id of a key in use, found {key_id}; list the keys first")


async def kept_answer(conn: AsyncConnection, scope: str, key: str) -> KeptAnswer | None:
    """What was answered to this key of this owner before, or None."""
    c = t.idempotency_keys.c
    row = (await conn.execute(select(t.idempotency_keys).where(c.scope == scope, c.key == key))).first()
    return KeptAnswer(row.scope, row.key, row.request_hash, row.issue_id, row.number) if row else None


async def keep_answer(conn: AsyncConnection, answer: KeptAnswer, now: Instant) -> KeptAnswer:
    """Keep the answer; gives back the one that counts, which is another's when two requests raced."""
    row = asdict(answer) | {"at": now}
    await conn.execute(insert_missing(conn.dialect.name, t.idempotency_keys).values(row))
    return await kept_answer(conn, answer.scope, answer.key) or answer


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _api_key(row: Row[Any]) -> ApiKey:
    return ApiKey(id=row.id, name=row.name, partner=row.partner_id, made_at=row.made_at, revoked_at=row.revoked_at)
