"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class InstantColumn(TypeDecorator[datetime]):
    """An aware UTC datetime: `timestamptz` on PostgreSQL, microseconds since 1970 on SQLite (which has no zones)."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The native type where there is one."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401 - the driver's type
        """To the driver; refuses an instant without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("expected an instant with a zone, found one without")
        if dialect.name == "postgresql":
            return value
        return self.microseconds(value)

    @staticmethod
    def microseconds(instant: datetime) -> int:
        """As SQLite keeps it."""
        return (instant - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401 - the driver's type
        """From the driver, always in UTC."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            given: datetime = value
            return given.astimezone(UTC)
        microseconds: int = value
        return _EPOCH + microseconds * _MICROSECOND
