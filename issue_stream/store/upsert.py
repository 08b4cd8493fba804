"""INSERT … ON CONFLICT for both dialects: one meaning, so that storing anything twice changes nothing."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, Table
from sqlalchemy.dialects import postgresql, sqlite

Insert = postgresql.Insert | sqlite.Insert


def insert_missing(dialect: str, table: Table) -> Insert:
    """Rows that are missing; a row that is there, by any unique rule, stays as it is."""
    if dialect == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def upsert(dialect: str, table: Table) -> Insert:
    """Rows by primary key: new ones are inserted, the others take every given value."""
    return _replacing(dialect, table, lambda _old, new: new)


def add_up(dialect: str, table: Table) -> Insert:
    """Rows by primary key whose values are added to what stands there."""
    return _replacing(dialect, table, lambda old, new: old + new)


def _replacing(dialect: str, table: Table, combine: Any) -> Insert:  # noqa: ANN401 - of two column expressions
    if dialect == "postgresql":
        into = postgresql.insert(table)
        return into.on_conflict_do_update(index_elements=_keys(table), set_=_values(table, into, combine))
    other = sqlite.insert(table)
    return other.on_conflict_do_update(index_elements=_keys(table), set_=_values(table, other, combine))


def _keys(table: Table) -> list[Column[Any]]:
    return list(table.primary_key.columns)


def _values(table: Table, into: Insert, combine: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    changing: Iterable[Column[Any]] = (column for column in table.columns if not column.primary_key)
    return {column.name: combine(column, into.excluded[column.name]) for column in changing}
