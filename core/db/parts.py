"""What hangs on a row by links: its parts, which go with it (CASCADE), and what refers to it and so keeps it (RESTRICT)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import Connection, Table, select

from core.db.base import TenantModel

EXTENSION = "banyan_links_to"

Ids = Mapping[str, Collection[UUID]]
"""Ids of rows by their tables."""


@dataclass(frozen=True, slots=True)
class LinkTo:
    """A link of ``model`` to some table: the attribute ``name``."""

    model: type[TenantModel]
    name: str

    @property
    def table(self) -> Table:
        table = self.model.__table__
        assert isinstance(table, Table)
        return table

    @property
    def attribute(self) -> Any:
        return getattr(self.model, self.name)


def links_to(table: str, ondelete: str) -> Sequence[LinkTo]:
    """The links to ``table`` of the models that are loaded: those with ``ondelete`` CASCADE, or with RESTRICT."""
    known: dict[tuple[str, str], list[LinkTo]] | None = current_app.extensions.get(EXTENSION)
    if known is None:
        known = current_app.extensions[EXTENSION] = _all_links()
    return known.get((table, ondelete), ())


def _all_links() -> dict[tuple[str, str], list[LinkTo]]:
    from core.kernel import current_kernel

    found: dict[tuple[str, str], list[LinkTo]] = {}
    for each in current_kernel().registry.subclasses(TenantModel):
        table = getattr(each.obj, "__table__", None)
        for column in table.columns if isinstance(table, Table) else ():
            if column.info.get("link"):
                found.setdefault((column.info["link"], column.info["ondelete"]), []).append(
                    LinkTo(each.obj, column.key)
                )
    return found


def ids_below(connection: Connection, tenant_id: UUID, table: str, ids: Collection[UUID]) -> Ids:
    """These rows and all that would go with them, whoever may see it."""
    found: dict[str, set[UUID]] = {table: set(ids)}
    waiting = [(table, set(ids))]
    while waiting:
        above, parents = waiting.pop()
        for link in links_to(above, "CASCADE"):
            columns = link.table.c
            query = select(columns.id).where(columns.tenant_id == tenant_id, columns[link.name].in_(parents))
            known = found.setdefault(link.table.name, set())
            if fresh := set(connection.execute(query).scalars()) - known:
                known |= fresh
                waiting.append((link.table.name, fresh))
    return {name: rows for name, rows in found.items() if rows}


def tables_that_keep(connection: Connection, tenant_id: UUID, doomed: Ids) -> list[str]:
    """The tables in which rows that stay refer to rows that shall go."""
    found: dict[str, None] = {}
    for name, ids in doomed.items():
        for link in links_to(name, "RESTRICT"):
            columns = link.table.c
            query = select(columns.id).where(
                columns.tenant_id == tenant_id,
                columns[link.name].in_(ids),
                columns.id.not_in(doomed.get(link.table.name, ())),
            )
            if connection.execute(query.limit(1)).first():
                found[link.table.name] = None
    return list(found)
