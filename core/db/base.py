"""The models' base, and the two lines that make a link: ``link()`` the column, ``to()`` the relationship.

Every business table derives from :class:`TenantModel`. Its key is (tenant_id, id); every foreign key and unique constraint
between such tables carries tenant_id, so that a row can never point at another tenant's row, on any engine.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar, cast
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Table,
    UniqueConstraint,
    Uuid,
    and_,
    event,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, foreign, mapped_column, relationship, remote

from core.db.actor import Actor
from core.db.types import Json, UtcDateTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    """Base of every table. Derive from it directly only for tables outside the tenants, each with its reason."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        UUID: Uuid(),
        datetime: UtcDateTime(),
        date: Date(),
        dict[str, Any]: Json,
        list[Any]: Json,
        list[str]: Json,
    }


class TenantModel(Model):
    """A row of one tenant. ``tenant_id`` and ``id`` (UUIDv7) are stamped when the object enters the session.

    There is no foreign key to the tenant itself: every insert would lock that one row, and the scope, row security and
    composite keys already hold the tenant's rows together.
    """

    __abstract__ = True
    __append_only__: ClassVar[bool] = False
    __derived__: ClassVar[tuple[str, ...]] = ()
    """Columns that follow from rows of other tables, written by ``core.db.bulk.set_derived`` alone."""

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-20)
    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-19)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        """The visibility rule: which rows ``actor`` may see, or None for all of the tenant.

        The kernel adds it to every statement; the system is never asked. It follows from ``actor`` alone and is kept for equal
        actors: no moment and no setting may be in it. Write own and shared rows as
        ``id IN (SELECT … UNION ALL …)``, departments as OR (architecture §3).
        """
        return None


def link(
    target: str, *, ondelete: str = "RESTRICT", index: bool = True, unseen: bool = False, stays: bool = False
) -> MappedColumn[Any]:
    """A column that points at a row of ``target`` (a table name) within the tenant.

    The composite foreign key, and an index led by tenant_id, are added when the table is built. ``ondelete`` is RESTRICT or
    CASCADE; SET NULL is refused because it would null tenant_id with it. Nullable follows the annotation.
    A user can only link rows that he may see; ``unseen`` lifts that for a declared exception (the referrer, CUS-005).
    When two records are merged, what links to the one that goes links to the other one afterwards
    (``core.db.references``); ``stays`` keeps rows that tell of that very record.
    """
    if ondelete not in {"RESTRICT", "CASCADE"}:
        raise ValueError(f"link({target!r}): ondelete is RESTRICT or CASCADE, not {ondelete}")
    return mapped_column(info={"link": target, "ondelete": ondelete, "index": index, "unseen": unseen, "stays": stays})


def link_to_any(kind: str, *, stays: bool = False) -> MappedColumn[Any]:
    """A column with the id of a record of whatever table; the column ``kind`` of the same row holds the table's name.

    There is no foreign key. It moves like a :func:`link` when records are merged, unless it ``stays``.
    """
    return mapped_column(info={"record_of": kind, "stays": stays})


def bare_id(reason: str) -> MappedColumn[Any]:
    """A column of ids that point at no record of a tenant, or shall not follow it; ``reason`` says why."""
    return mapped_column(info={"bare": reason})


def to(column: Any, **options: Any) -> Any:
    """The relationship along a :func:`link` column; only the id column is marked foreign, tenant_id just has to match."""

    def join() -> ColumnElement[bool]:
        table = cast(Table, made.parent.local_table)
        local = table.c[column.column.name]
        target = table.metadata.tables[local.info["link"]]
        return and_(foreign(local) == remote(target.c.id), table.c.tenant_id == remote(target.c.tenant_id))

    made = relationship(primaryjoin=join, uselist=False, **options)
    return made


def unique(*columns: str) -> UniqueConstraint:
    """A unique constraint within the tenant, deleted rows included."""
    return UniqueConstraint("tenant_id", *columns)


def index(*columns: str) -> Index:
    """An index within the tenant: tenant_id, the columns, and id last so that it also serves keyset pages."""
    tail = () if columns[-1] == "id" else ("id",)
    return Index(None, "tenant_id", *columns, *tail)


@event.listens_for(Table, "after_parent_attach")
def _add_links(table: Table, metadata: MetaData) -> None:
    """Give each link column its composite foreign key and index, now that the table has all its columns; and columns that say
    so an index of the rows where they are filled.
    """
    if metadata is not Model.metadata:
        return  # a copy brings its constraints along
    _check_ids(table)
    links: list[Column[Any]] = [column for column in table.columns if "link" in column.info]
    for column in links:
        target = column.info["link"]
        table.append_constraint(
            ForeignKeyConstraint(
                ["tenant_id", column.name],
                [f"{target}.tenant_id", f"{target}.id"],
                ondelete=column.info["ondelete"],
                name=f"fk_{table.name}_{column.name}",
            )
        )
        if column.info["index"]:
            Index(f"ix_{table.name}_{column.name}", table.c.tenant_id, column, table.c.id)
    for column in table.columns:
        if column.info.get("index_of_filled"):
            filled = column.is_not(None)
            name = f"ix_{table.name}_{column.name}"
            Index(name, table.c.tenant_id, column, table.c.id, sqlite_where=filled, postgresql_where=filled)


def _check_ids(table: Table) -> None:
    """Every id of a tenant's table says what it is, so that a merge of records cannot miss one."""
    is_a_tenants = "tenant_id" in table.primary_key.columns
    for column in table.columns if is_a_tenants else ():
        is_own = column.name in {"tenant_id", "id"}
        if isinstance(column.type, Uuid) and not is_own and not {"link", "record_of", "bare"} & column.info.keys():
            told = "link(table), link_to_any(column that names the table) or bare_id(reason)"
            raise TypeError(f"{table.name}.{column.name}: a column of ids says what they point at: {told}")
