"""What went wrong in a database driver, in our words: the one place that knows drivers' error codes.

In: an exception of SQLAlchemy, aiosqlite or asyncpg. Out: `Unavailable` when the database is away, locked, full or has
undone a transaction. A broken rule of the schema (`IntegrityError`) and a mistake in SQL stay what they are.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from asyncpg import InterfaceError as PostgresClientError  # type: ignore[import-untyped]  # it ships no types
from asyncpg import PostgresError
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from schemas.errors import Unavailable

PART = "the database"

_SQLITE_CAUSES = {
    5: "another process holds its lock; end it, or wait",
    6: "another process holds its lock; end it, or wait",
    8: "its file may not be written; check the rights of the folder",
    10: "its disk does not read or write; check the disk",
    13: "its disk is full; free some space",
    14: "its file cannot be opened; check the folder and its rights",
    15: "another process holds its lock; end it, or wait",
}
"""By SQLite's primary result code: https://www.sqlite.org/rescode.html."""

_POSTGRES_CAUSES = {
    "40001": "two transactions met",
    "40P01": "two transactions met",
    "55P03": "another transaction holds a lock",
    "57014": "a statement took too long",
    "58030": "its disk does not read or write; check the disk",
    "25006": "it takes no writes at present; is it a standby?",
    "53100": "its disk is full; free some space",
    "53200": "it has no memory left",
    "53300": "it has no connection left; raise max_connections or lower ISSUE_STREAM_DATABASE_POOL",
}
"""By SQLSTATE: https://www.postgresql.org/docs/15/errcodes-appendix.html."""

_POSTGRES_AWAY = ("08", "57P", "53", "28", "3D")
"""Connection lost, shut down or starting, out of resources, no entry, no such database: none heals by asking anew."""

_AWAY = "it cannot be reached; is it running, and is the address right?"


@contextmanager
def opening() -> Iterator[None]:
    """Around making a connection: whatever the driver or the network says means that the database is away."""
    with answering():
        try:
            yield
        except (OSError, TimeoutError, PostgresError, PostgresClientError) as exc:
            raise Unavailable(PART, _postgres_cause(getattr(exc, "sqlstate", None)) or _AWAY) from exc


@contextmanager
def answering() -> Iterator[None]:
    """Around statements: away, locked, full and undone become Unavailable, everything else passes."""
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as exc:
        cause = cause_of(exc)
        if cause is None:
            raise
        raise Unavailable(PART, cause) from exc
    except PoolTimeoutError as exc:
        raise Unavailable(PART, "all its connections are busy; raise ISSUE_STREAM_DATABASE_POOL") from exc
    except ConnectionError as exc:
        raise Unavailable(PART, _AWAY) from exc


def cause_of(exc: DBAPIError) -> str | None:
    """Why the database does not answer, for a person; None when the fault is ours."""
    code = getattr(exc.orig, "sqlite_errorcode", None)
    if code is not None:
        return _SQLITE_CAUSES.get(code & 0xFF)
    cause = _postgres_cause(getattr(exc.orig, "sqlstate", None))
    return _AWAY if cause is None and exc.connection_invalidated else cause


def _postgres_cause(state: str | None) -> str | None:
    if state is None:
        return None
    return _POSTGRES_CAUSES.get(state) or (_AWAY if state.startswith(_POSTGRES_AWAY) else None)
