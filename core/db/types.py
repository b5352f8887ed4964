"""Column types: what Python holds on one side, what both engines store on the other."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

from core.decimals import PLACES

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""A JSON document; JSONB on PostgreSQL. For what is shown, never for what is filtered (architecture §3)."""


def key_text(length: int | None = None) -> TypeEngine[str]:
    """Text compared byte by byte on every engine: codes, sort keys and folded text never follow a database's collation."""
    plain: String = Text() if length is None else String(length)
    exact: String = Text(collation="C") if length is None else String(length, collation="C")
    return plain.with_variant(exact, "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: an aware datetime in UTC on the Python side. A naive value is refused, it would be a guess."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone: {value!r}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Money(TypeDecorator[int]):
    """Whole đồng in a BIGINT (SYS-17). A float, a bool or a Decimal is a programming error, not a rounding."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        if value is not None and type(value) is not int:
            raise TypeError(f"money is whole đồng (int), not {type(value).__name__}")
        return value


class Scaled(TypeDecorator[Decimal]):
    """A number with up to :data:`PLACES` decimals as a whole number of the smallest unit: exact on both engines, and its
    comparison is leakproof, which that of NUMERIC is not."""

    impl = BigInteger
    cache_ok = True

    @property
    def python_type(self) -> type[Decimal]:
        return Decimal

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value.scaleb(PLACES))

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-PLACES)


class PhoneNumber(TypeDecorator[str]):
    """A telephone number in E.164 (``+84912345678``), as :func:`core.phone.parse_phone` returns it."""

    impl = String(16)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is not None and not value.startswith("+"):
            raise ValueError(f"a phone number is stored in E.164, not as {value!r}")
        return value
