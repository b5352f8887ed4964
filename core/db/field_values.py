"""Where the values of custom fields lie: beside each model that has any, a table of its own with typed columns.

What the fields are, and how a value becomes rows, is the matter of ``core.resources.custom_fields``.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from core.db.base import TenantModel, link, to
from core.db.types import key_text

TYPED = ("key", "number", "day", "user_id")
"""The columns that lists filter and sort by: all of types whose comparison row security can trust (architecture §3)."""

ONE_VALUE = ("tenant_id", "record_id", "field_id", "position")


class FieldValue(TenantModel):
    """A value of a custom field of one record; a field of several choices has a row for each, numbered by ``position``.

    One column holds it, as the field's type says. No value is no row. It is read beside its record only, so whoever may
    see the record may see it; and it goes with it, and with its field, for good.
    """

    __abstract__ = True

    position: Mapped[int] = mapped_column(default=0)
    text: Mapped[str | None] = mapped_column(Text)
    key: Mapped[str | None] = mapped_column(key_text(200))
    number: Mapped[int | None] = mapped_column(BigInteger)
    day: Mapped[date | None]

    @declared_attr
    def field_id(cls) -> Mapped[UUID]:
        return link("core_custom_field", ondelete="CASCADE", index=False)

    @declared_attr
    def user_id(cls) -> Mapped[UUID | None]:
        return link("core_user", index=False)

    record_id: Any


class CustomFields:
    """A model whose records can have fields that each tenant adds. Their values lie in ``<table>_field_value``."""

    __field_values__: ClassVar[type[FieldValue]]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        table: Any = cls.__dict__.get("__table__")
        if isinstance(table, Table):
            cls.__field_values__ = _values_beside(cls, table)

    @property
    def custom_changes(self) -> dict[str, list[Any]]:
        """Changes of custom fields that wait for the flush: name → [old, new], as the record of changes tells them."""
        changes: dict[str, list[Any]] = self.__dict__.setdefault("_custom_changes", {})
        return changes


def _values_beside(model: type[Any], table: Table) -> type[FieldValue]:
    name = f"{table.name}_field_value"
    record_id = link(table.name, ondelete="CASCADE", index=False, unseen=True, stays=True)  # who writes it holds it
    indexes = [_index(name, column) for column in TYPED]
    content = {
        "__module__": model.__module__,
        "__doc__": f"The custom fields' values of {table.name}.",
        "__tablename__": name,
        "__table_args__": (UniqueConstraint(*ONE_VALUE, name=f"uq_{name}"), *indexes),
        "__annotations__": {"record_id": Mapped[UUID]},
        "record_id": record_id,
        "record": to(record_id, argument=model),
    }
    return type(f"{model.__name__}FieldValue", (FieldValue,), content)


def _index(table: str, column: str) -> Index:
    """Of one field's values, in their order; rows of other types are left out."""
    there: Column[Any] = Column(column)
    name = f"ix_{table}_{column}"
    filled = there.is_not(None)
    columns = ("tenant_id", "field_id", column, "record_id")
    return Index(name, *columns, sqlite_where=filled, postgresql_where=filled)
