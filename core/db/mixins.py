"""What a model can be by inheriting: stamped, audited, soft-deleted, versioned, searchable, sortable, numbered.

The columns stand here; ``flush.py`` fills them at every flush, so that no service has to remember.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from core.db.base import link
from core.db.types import PhoneNumber, key_text
from core.phone import search_form

SEARCH_CAP = 2_000
"""Ids the search function returns at most; above it a fragment is common and the page walks its sort index instead."""


class Stamped:
    """When and by whom a row was made and last changed (UTC; a null user is the system)."""

    created_at: Mapped[datetime] = mapped_column(sort_order=90)
    updated_at: Mapped[datetime] = mapped_column(sort_order=91)

    @declared_attr
    def created_by_id(cls) -> Mapped[UUID | None]:
        return link("core_user", index=False)

    @declared_attr
    def updated_by_id(cls) -> Mapped[UUID | None]:
        return link("core_user", index=False)


class Audited(Stamped):
    """Every change becomes a row of field diffs in the append-only audit table, in the same flush (SYS-18)."""

    __audit_exclude__: ClassVar[tuple[str, ...]] = ()


class SoftDelete:
    """Deleting moves the row to the recycle bin: ``session.delete`` sets ``deleted_at``, the scope hides the row.

    An index of the deleted rows alone serves the bin's page and its emptying.
    """

    deleted_at: Mapped[datetime | None] = mapped_column(sort_order=92, info={"index_of_filled": True})

    @declared_attr
    def deleted_by_id(cls) -> Mapped[UUID | None]:
        return link("core_user", index=False)


class Versioned:
    """Optimistic lock: a write from a stale copy raises Conflict and loses nothing."""

    version: Mapped[int] = mapped_column(sort_order=93)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class Searchable:
    """A folded text of the fields in ``__search__``: lower case, no marks, đ→d; found by any fragment."""

    __search__: ClassVar[tuple[str, ...]]

    search_text: Mapped[str] = mapped_column(key_text(), default="", sort_order=94)

    def search_terms(self) -> list[str]:
        """The texts that find this row; override to add what is not a plain field. A phone is found by any spelling."""
        columns = self.__table__.columns  # type: ignore[attr-defined]
        values = {field: value for field in self.__search__ if (value := getattr(self, field))}
        return [
            search_form(value) if field in columns and isinstance(columns[field].type, PhoneNumber) else str(value)
            for field, value in values.items()
        ]


class Sortable:
    """A key in Vietnamese alphabetical order for the field in ``__sort__``; by given or full name as the tenant chooses.

    ``__sort_by__`` decides instead of the tenant: names of things (departments) are always read from their first word.
    """

    __sort__: ClassVar[str] = "name"
    __sort_by__: ClassVar[Literal["given", "full"] | None] = None

    sort_name: Mapped[str] = mapped_column(key_text(400), default="", sort_order=95)


@dataclass(frozen=True, slots=True)
class Numbering:
    """How a model gets its human code: ``KH000123``. Prefix and digits are settings of the addon, or fixed."""

    column: str
    prefix: str = ""
    prefix_setting: str | None = None
    digits: int = 6
    digits_setting: str | None = None


class Numbered:
    """A row without a code takes the next number of the tenant, late in the transaction; a typed code stays."""

    __number__: ClassVar[Numbering]
