"""Rows of any model, made by its columns: for tests that need some row and no particular one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from sqlalchemy import JSON, Column, Enum, String, Table, TypeDecorator, inspect
from sqlalchemy.exc import SQLAlchemyError

from core.clock import local_today, now
from core.db import mixins
from core.db.base import Model, TenantModel
from core.db.ids import uuid7
from core.db.session import ActorSession
from core.db.types import PhoneNumber, Scaled
from core.errors import DomainError
from core.resources.paging import python_type


class CannotMake(Exception):
    """No row of this model can be made by its columns alone; the message says why."""


class Seeder:
    """Makes rows in one business. ``people`` are employees that links to one may name; ``marker`` begins every text."""

    def __init__(self, session: ActorSession, people: Sequence[UUID], marker: str = "") -> None:
        self.session = session
        self.marker = marker
        self.made: dict[str, list[UUID]] = {"core_user": list(people)}
        """Table → ids of its rows."""

    def make(self, model: type[TenantModel], count: int) -> list[UUID]:
        """``count`` rows of ``model``, or fewer where its rows exclude each other; what they link to is made before.

        Raises CannotMake where there is none.
        """
        table = cast(Table, model.__table__)
        made = self.made.setdefault(table.name, [])
        reason: Exception | None = None
        while len(made) < count:
            row, reason = self._add(model, len(made), with_all=True)
            if row is None:
                row, reason = self._add(model, len(made), with_all=False)
            if row is None:
                break
            made.append(row)
        if not made:
            told = str(getattr(reason, "orig", None) or reason)
            raise CannotMake(f"{table.name}: {type(reason).__name__}: {told}")
        return made

    def add(self, model: type[TenantModel], **values: Any) -> UUID:
        """One more row with these values, the others by columns. Raises CannotMake."""
        made = self.made.setdefault(str(model.__tablename__), [])
        row, reason = self._add(model, len(made), with_all=True, **values)
        if row is None:
            raise CannotMake(f"{model.__tablename__}: {type(reason).__name__}: {reason}")
        made.append(row)
        return row

    def _add(
        self, model: type[TenantModel], number: int, *, with_all: bool, **values: Any
    ) -> tuple[UUID, None] | tuple[None, Exception]:
        """A row in a savepoint of its own; ``with_all`` fills the links that may be empty too."""
        try:
            with self.session.begin_nested():
                row = model(**{**self._values(model, number, with_all, values), **values})
                self.session.add(row)
                self.session.flush()
                return row.id, None
        except (SQLAlchemyError, DomainError, CannotMake, TypeError, ValueError, AttributeError) as error:
            return None, error

    def _values(self, model: type[TenantModel], number: int, with_all: bool, given: Collection[str]) -> dict[str, Any]:
        mapper = inspect(model)
        stamped = {
            name for each in model.__mro__ if each.__module__ == mixins.__name__ for name in each.__annotations__
        }
        values: dict[str, Any] = {}
        for column in mapper.columns:
            key = mapper.get_property_by_column(column).key
            if key in {"tenant_id", "id"} or key in stamped or key in given:
                continue
            if "link" in column.info:
                if not column.nullable or (with_all and column.info["link"] != cast(Table, model.__table__).name):
                    values[key] = self._linked(column.info["link"], number)
            elif not column.nullable and column.default is None and column.server_default is None:
                values[key] = value_for(column, number, self.marker)
        return values

    def _linked(self, table: str, number: int) -> UUID:
        """Row ``number`` of the table that is linked to; one is made where there is none."""
        rows = self.made.get(table) or self.make(model_of(table), 1)
        return rows[number % len(rows)]


def model_of(table: str) -> type[TenantModel]:
    """The model of a tenant table."""
    for mapper in Model.registry.mappers:
        if mapper.local_table is not None and getattr(mapper.local_table, "name", "") == table:
            return cast(type[TenantModel], mapper.class_)
    raise CannotMake(f"no model has the table {table}")


def value_for(column: Column[Any], number: int, marker: str = "") -> Any:
    """A value of the column's type, different for each number where the type allows it."""
    kind = column.type
    if isinstance(kind, PhoneNumber):
        return f"+84912{number:06}"
    if isinstance(kind, Scaled):
        return Decimal(number)
    if isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    if isinstance(kind, JSON):
        return []
    if isinstance(kind, Enum):
        return (kind.enum_class and next(iter(kind.enum_class))) or kind.enums[0]
    if isinstance(kind, String):
        text = f"{marker}{column.name} {number}"
        return text if kind.length is None or len(text) <= kind.length else str(number)[-kind.length :]
    made: dict[type, Any] = {
        bool: False,
        int: number,
        float: float(number),
        Decimal: Decimal(number),
        date: local_today(),
        datetime: now(),
        time: time(8),
        UUID: uuid7(),
        str: f"{marker}{column.name} {number}",
        bytes: str(number).encode(),
    }
    try:
        return made[python_type(kind)]
    except (KeyError, NotImplementedError):
        raise CannotMake(f"{column}: no value of the type {kind!r} can be thought up") from None
