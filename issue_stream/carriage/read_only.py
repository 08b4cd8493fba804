"""A look into the embedded log from another process while its owner runs: counts only, nothing is written or held."""

import sqlite3
from pathlib import Path

from issue_stream.carriage.schema import connect
from schemas.errors import Unavailable

SELECT = (
    "SELECT t.name, t.partitions, SUM(p.next), SUM(p.next - COALESCE(c.offset, 0)) FROM topic t"
    " JOIN part p ON p.topic = t.name LEFT JOIN committed c ON c.part = p.id AND c.team = ?"
    " GROUP BY t.name ORDER BY t.name"
)


def look(path: str, team: str) -> list[tuple[str, int, int, int]]:
    """(topic, partitions, records ever, records the group has not finished) of every topic; none without a log.

    Raises Unavailable when the file is no log or cannot be read.
    """
    if not Path(path).exists():
        return []
    try:
        connection = connect(path, read_only=True)
        try:
            rows = connection.execute(SELECT, (team,)).fetchall()
        finally:
            connection.close()
    except sqlite3.Error as exc:
        raise Unavailable("the embedded log", f"{exc}; check the disk and the rights of {path}") from exc
    return [(str(name), int(parts), int(end), int(lag)) for name, parts, end, lag in rows]
