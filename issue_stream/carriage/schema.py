"""The tables of the embedded log, and how its connections are opened."""

import sqlite3
from pathlib import Path

VERSION = 1
"""Of the tables below; a file of another version is not touched."""

TABLES = """
CREATE TABLE IF NOT EXISTS topic (
    name TEXT PRIMARY KEY, partitions INTEGER NOT NULL, retention_s REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS part (
    id INTEGER PRIMARY KEY, topic TEXT NOT NULL, number INTEGER NOT NULL, next INTEGER NOT NULL DEFAULT 0,
    UNIQUE (topic, number)
);
CREATE TABLE IF NOT EXISTS record (
    part INTEGER NOT NULL, offset INTEGER NOT NULL, at REAL NOT NULL, key BLOB, value BLOB, headers TEXT,
    PRIMARY KEY (part, offset)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS committed (
    team TEXT NOT NULL, part INTEGER NOT NULL, offset INTEGER NOT NULL, PRIMARY KEY (team, part)
) WITHOUT ROWID;
"""

BUSY_MS = 5_000
"""How long a statement waits for another process that looks into the same file."""


def connect(path: str, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection in autocommit mode; transactions begin where we say. May be used from any one thread at a time."""
    target = f"{Path(path).absolute().as_uri()}?mode=ro" if read_only else path
    connection = sqlite3.connect(target, uri=read_only, check_same_thread=False, isolation_level=None)
    try:
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        if not read_only:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")  # a commit that was confirmed survives a power cut
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def prepare(connection: sqlite3.Connection) -> None:
    """Make the tables in a new file; raises sqlite3.DatabaseError for a file of another version."""
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found not in {0, VERSION}:
        raise sqlite3.DatabaseError(
            f"expected a log of version {VERSION}, found version {found}; a newer program made it"
        )
    connection.executescript(TABLES)
    connection.execute(f"PRAGMA user_version={VERSION}")
