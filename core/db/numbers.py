"""Counters of a tenant: gap-tolerant, never repeating, taken late in the transaction (44 tx/s taken first, 340 taken last)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import BigInteger, Column, Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import TenantModel, unique
from core.db.ids import uuid7
from core.db.session import ActorSession
from core.db.types import key_text


class Counter(TenantModel):
    """The last number given for a key (``customer.code``)."""

    __tablename__ = "core_counter"
    __table_args__ = (unique("key"),)

    key: Mapped[str] = mapped_column(key_text(100))
    value: Mapped[int] = mapped_column(BigInteger)


def reserve_numbers(session: ActorSession, key: str, count: int = 1) -> int:
    """Take ``count`` consecutive numbers of ``key``; the first is returned. Holds the counter's row until the commit."""
    connection = session.connection()
    insert: Any = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(Counter)
    statement = (
        insert.values(tenant_id=session.tenant_id, id=uuid7(), key=key, value=count)
        .on_conflict_do_update(
            index_elements=["tenant_id", "key"], set_={"value": cast(Table, Counter.__table__).c.value + count}
        )
        .returning(Counter.__table__.c.value)
    )
    last: int = connection.execute(statement).scalar_one()
    return last - count + 1


def taken_values(session: ActorSession, column: Column[Any], values: Sequence[str]) -> set[str]:
    """Which of ``values`` stand in ``column`` anywhere in the tenant, deleted and invisible rows included."""
    table = column.table
    query = select(column).where(table.c.tenant_id == session.tenant_id, column.in_(values))
    return set(session.connection().execute(query).scalars())
