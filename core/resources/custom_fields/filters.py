"""Filters of custom fields: the kernel's own, asked of the value's rows instead of a column of the record."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from core.db.session import ActorSession
from core.decimals import PLACES, format_decimal, parse_decimal
from core.resources.filters import (
    NONE,
    BooleanFilter,
    ChoiceFilter,
    Filter,
    NumberFilter,
    PeriodFilter,
    TextFilter,
    UserFilter,
)


@dataclass(frozen=True, eq=False)
class ValueFilter(Filter):
    """Records of ``model`` with a row among ``values`` (an alias) of the field for which the comparison holds, or with none."""

    model: Any = None
    values: Any = None
    field_id: UUID | None = None

    def criterion(self, value: Any, session: ActorSession) -> ColumnElement[bool]:
        several = isinstance(value, list)
        wanted = [each for each in (value if several else [value]) if each not in (None, NONE)]
        found: list[ColumnElement[bool]] = []
        if wanted:
            compared = self.compare(wanted if several else wanted[0], session)
            found.append(self.model.id.in_(self._records(compared)))
        if len(wanted) < (len(value) if several else 1):
            found.append(~self._records(self.values.record_id == self.model.id).exists())
        return or_(*found)

    def _records(self, *where: ColumnElement[bool]) -> Any:
        return select(self.values.record_id).where(self.values.field_id == self.field_id, *where)


@dataclass(frozen=True, eq=False)
class ValueTextFilter(ValueFilter, TextFilter):
    """A fragment of a text."""


@dataclass(frozen=True, eq=False)
class ValueNumberFilter(ValueFilter, NumberFilter):
    """At least, at most."""


@dataclass(frozen=True, eq=False)
class ValueDecimalFilter(ValueNumberFilter):
    """The same with decimals."""

    def bound(self, text: str) -> Any:
        return parse_decimal(text)

    def shown(self, bound: Any) -> str:
        return format_decimal(bound)

    def args(self, value: Any) -> list[tuple[str, str]]:
        return super().args([None if bound is None else format_decimal(bound) for bound in value])

    def compare(self, value: Any, session: ActorSession) -> ColumnElement[bool]:
        return super().compare([bound if bound is None else _scaled(bound) for bound in value], session)


@dataclass(frozen=True, eq=False)
class ValuePeriodFilter(ValueFilter, PeriodFilter):
    """From, to."""


@dataclass(frozen=True, eq=False)
class ValueBooleanFilter(ValueFilter, BooleanFilter):
    """Yes has a row, no has none."""

    def criterion(self, value: Any, session: ActorSession) -> ColumnElement[bool]:
        return super().criterion(True if value else NONE, session)

    def compare(self, value: Any, session: ActorSession) -> ColumnElement[bool]:
        return self.column.is_not(None)  # type: ignore[no-any-return]


@dataclass(frozen=True, eq=False)
class ValueChoiceFilter(ValueFilter, ChoiceFilter):
    """Any of the choices."""


@dataclass(frozen=True, eq=False)
class ValueUserFilter(ValueFilter, UserFilter):
    """An employee, or nobody."""


def _scaled(bound: Decimal) -> int:
    return int(bound.scaleb(PLACES))
