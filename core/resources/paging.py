"""Keyset paging by (sort column, id): a page costs the same at row 50 and at row 200,000, and no insert shifts it.

NULL counts as smallest. No NULLS FIRST or LAST is ever written, so that one index serves both directions on both engines: a
list is walked in two segments instead, the rows with a value and those without.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, literal, tuple_
from sqlalchemy.types import TypeDecorator, TypeEngine

from core.decimals import MAX_DECIMAL

MAX_CURSOR_LENGTH = 1_500
"""Characters; the longest sort key has 400."""

BIGINT = range(-(2**63), 2**63)


class BadCursor(ValueError):
    """A position that this list never gave out."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list: the row at it, and how many rows of the list were shown up to and including it."""

    value: Any
    id: UUID
    shown: int

    def encode(self, sort: str) -> str:
        """Text for a URL. It holds the sort, so that a position in another order is recognised."""
        parts = [sort, _plain(self.value), self.id.hex, self.shown]
        return base64.urlsafe_b64encode(json.dumps(parts, ensure_ascii=False).encode()).rstrip(b"=").decode()

    @classmethod
    def decode(cls, text: str, sort: str, type_: TypeEngine[Any]) -> Cursor:
        """The position that :meth:`encode` wrote for the same sort. BadCursor for anything else."""
        try:
            raw = base64.b64decode(text[:MAX_CURSOR_LENGTH] + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            of_sort, value, id, shown = json.loads(raw)
            if of_sort != sort or type(shown) is not int or shown not in BIGINT:
                raise BadCursor
            return cls(None if value is None else _parse(value, python_type(type_)), UUID(hex=id), max(0, shown))
        except (ValueError, TypeError, AttributeError, ArithmeticError, RecursionError, binascii.Error) as error:
            raise BadCursor(text) from error


def python_type(type_: TypeEngine[Any]) -> type[Any]:
    """What a column's values are in Python; a TypeDecorator that does not say it has those of what it decorates."""
    if isinstance(type_, TypeDecorator) and "python_type" not in vars(type(type_)):
        return type_.impl_instance.python_type
    return type_.python_type


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int) else str(value)


def _parse(value: Any, type_: type[Any]) -> Any:
    reader = _READERS.get(type_)
    if reader is None:
        raise BadCursor(type_.__name__)
    return reader(value)


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise BadCursor
    value.encode()  # a lone surrogate is a ValueError
    return value


def _integer(value: Any) -> int:
    if type(value) is not int or value not in BIGINT:
        raise BadCursor
    return value


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None or not 2 < moment.year < 9998:
        raise BadCursor
    return moment


def _decimal(value: Any) -> Decimal:
    number = Decimal(value)
    if not number.is_finite() or abs(number) >= MAX_DECIMAL:
        raise BadCursor
    return number


_READERS: dict[type[Any], Callable[[Any], Any]] = {
    str: _text,
    int: _integer,
    bool: lambda value: bool(_integer(int(value))),
    datetime: _moment,
    date: date.fromisoformat,
    Decimal: _decimal,
    UUID: lambda value: UUID(hex=value),
}


@dataclass(frozen=True, slots=True, eq=False)
class Ordering:
    """What a list is sorted by, and the record's id, which parts equal values.

    Where the value lies in another table, ``join`` adds that to a statement, and ``value_id`` is the record's id there: an
    index serves only a pair of one table.
    """

    value: ColumnElement[Any]
    id: ColumnElement[UUID]
    is_nullable: bool
    value_id: ColumnElement[UUID] | None = None
    join: Callable[[Select[Any]], Select[Any]] = field(default=lambda statement: statement)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the list that one index scan serves, and the order within it."""

    criterion: ColumnElement[bool]
    order: tuple[ColumnElement[Any], ...]


def segments(by: Ordering, *, descending: bool, at: Cursor | None) -> list[Segment]:
    """What follows ``at`` (or the whole list) in this direction, in the order in which it is walked."""
    with_value = [descending, not descending] if by.is_nullable else [True]
    if at is not None:
        current = at.value is not None
        with_value = with_value[with_value.index(current) :] if current in with_value else []
    return [_segment(by, valued, descending, at if nth == 0 else None) for nth, valued in enumerate(with_value)]


def _segment(by: Ordering, valued: bool, descending: bool, at: Cursor | None) -> Segment:
    id = by.id if by.value_id is None or not valued else by.value_id
    criterion: ColumnElement[bool] = by.value.is_not(None) if valued else by.value.is_(None)
    if not by.is_nullable and at is None:
        criterion = literal(True)
    if at is not None:
        criterion = and_(criterion, _beyond(by.value, id, descending, at))
    order = (by.value.desc(), id.desc()) if descending else (by.value.asc(), id.asc())
    return Segment(criterion, order)


def _beyond(column: ColumnElement[Any], id: ColumnElement[UUID], descending: bool, at: Cursor) -> ColumnElement[bool]:
    if at.value is None:
        return id < at.id if descending else id > at.id
    here = tuple_(column, id)
    there = tuple_(literal(at.value, column.type), literal(at.id, Uuid()))
    return here < there if descending else here > there
