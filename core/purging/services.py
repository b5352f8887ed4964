"""Purging an addon: refuse, export, remove, all in one transaction of the owner; the files go after it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Connection,
    Select,
    Table,
    column,
    delete,
    exists,
    insert,
    select,
    update,
)
from sqlalchemy import table as table_named

from core.access.models import Group, GroupPermission
from core.audit import AuditEntry
from core.clock import now
from core.config import Config
from core.db.ids import uuid7
from core.db.migrations import chains, owner_connection, serving_role
from core.db.protect import append_only_tables, protect
from core.errors import DomainError
from core.i18n import translator
from core.manifest import KERNEL
from core.purging.archive import Archive, writing_archive
from core.purging.belongings import foreign_dependents, kernel_rows, own_tables
from core.registry import Registry
from core.tenancy.models import Tenant, TenantAddon

_ = translator(__name__)

FILE_FOLDERS = {"core_import": "imports", "core_export": "exports"}
"""Kernel table → folder of the data folder in which its files are named by the id of their row."""


@dataclass(frozen=True, slots=True)
class Purged:
    """What was removed: rows by table, and the archive that holds them all."""

    archive: Path
    rows: Mapping[str, int]
    files: int


def purge_addon(config: Config, registry: Registry, addon: str, known: Collection[str], folder: Path) -> Purged:
    """Export everything of ``addon`` into an archive in ``folder``, then drop its tables and what the kernel holds of it.

    ``known`` are the names of all addons of the deployment; the code of this one need not be there any more. DomainError, and
    nothing has happened: it is the kernel, has no data, is switched on somewhere, or others' tables link to its own.
    """
    path = folder / f"{addon}-{now():%Y%m%dT%H%M%SZ}.zip"
    with owner_connection(config) as connection:
        tables = own_tables(connection, addon, known)
        _refuse(connection, registry, addon, tables)
        doomed = kernel_rows(addon, [table.name for table in tables if table.name != f"{addon}_version"])
        _lift_walls(connection, [*tables, *(table for table, _condition in doomed)])
        _keep_groups(connection, addon)
        files = list(_files(connection, config.data, doomed))
        with writing_archive(path) as archive:
            rows = _export(connection, archive, tables, doomed)
            for file in files:
                archive.add_file(file, str(file.relative_to(config.data)))
            archive.add_about({"addon": addon, "at": now().isoformat(), "files": len(files)})
        _remove(connection, addon, tables, doomed)
        kernel = next(chain for chain in chains(registry) if chain.addon == KERNEL)
        protect(connection, kernel.tables, app_role=serving_role(config))
    for file in files:
        file.unlink(missing_ok=True)
    return Purged(path, rows, len(files))


def _refuse(connection: Connection, registry: Registry, addon: str, tables: Sequence[Table]) -> None:
    if addon == KERNEL:
        raise DomainError.of("kernel", _("The kernel cannot be purged."))
    switches = cast(Table, TenantAddon.__table__)
    _lift_walls(connection, [switches])
    mine = select(switches.c.tenant_id, switches.c.is_enabled).where(switches.c.addon == addon)
    rows = connection.execute(mine).all()
    if not tables and not rows:
        raise DomainError.of("no_data", _("There is nothing of %(name)s in this database.", name=addon))
    on = {tenant_id for tenant_id, is_enabled in rows if is_enabled}
    if on:
        tenants = connection.execute(select(Tenant.slug).where(Tenant.id.in_(on)).order_by(Tenant.slug)).scalars()
        message = _("%(name)s is switched on for %(tenants)s. Switch it off there first.", name=addon,
                    tenants=", ".join(tenants))  # fmt: skip
        raise DomainError.of("enabled", message)
    if others := foreign_dependents(connection, tables):
        message = _("Tables of others link to those of %(name)s: %(tables)s. Purge what they belong to first.", name=addon,
                    tables=", ".join(others))  # fmt: skip
        raise DomainError.of("needed", message)


def _lift_walls(connection: Connection, tables: Sequence[Table]) -> None:
    """Let the owner see and delete every tenant's rows for this transaction; ``protect`` puts the walls back."""
    if connection.dialect.name == "postgresql":
        for table in tables:
            connection.exec_driver_sql(f'ALTER TABLE "{table.name}" NO FORCE ROW LEVEL SECURITY')
        return
    for name in append_only_tables() & {table.name for table in tables}:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}_no_update")
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}_no_delete")


def _keep_groups(connection: Connection, addon: str) -> None:
    """A ready-made group that grants rights of other addons too becomes the business's own; the others go."""
    other = exists().where(
        GroupPermission.group_id == Group.id,
        GroupPermission.tenant_id == Group.tenant_id,
        GroupPermission.permission.not_like(f"{addon}.%"),
    )
    table = cast(Table, Group.__table__)
    mine = table.c.shipped_key.startswith(f"{addon}.", autoescape=True)
    connection.execute(update(table).where(mine, other).values(shipped_key=None))


def _files(connection: Connection, data: Path, doomed: Sequence[tuple[Table, ColumnElement[bool]]]) -> Iterator[Path]:
    """The files that no row will name any more."""
    conditions = {table.name: (table, condition) for table, condition in doomed}
    table, condition = conditions["core_attachment"]
    going = {(row.tenant_id, row.sha256) for row in connection.execute(select(table).where(condition))}
    staying = {(row.tenant_id, row.sha256) for row in connection.execute(select(table).where(~condition))}
    for tenant_id, sha256 in sorted(going - staying):
        yield from _existing(data / "files" / tenant_id.hex / sha256[:2] / sha256)
    for name, folder in FILE_FOLDERS.items():
        table, condition = conditions[name]
        for row in connection.execute(select(table.c.tenant_id, table.c.id).where(condition)):
            place = data / folder / row.tenant_id.hex
            yield from (file for file in sorted((place / row.id.hex).glob("*")) if file.is_file())
            yield from _existing(place / f"{row.id.hex}.xlsx")


def _existing(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path


def _export(
    connection: Connection,
    archive: Archive,
    tables: Sequence[Table],
    doomed: Sequence[tuple[Table, ColumnElement[bool]]],
) -> dict[str, int]:
    queries: list[tuple[str, Any]] = [(table.name, _as_stored(table)) for table in tables]
    queries += [(table.name, select(table).where(condition)) for table, condition in doomed]
    options = {"yield_per": 1_000}
    return {
        name: archive.add_rows(name, connection.execute(query, execution_options=options).mappings())
        for name, query in queries
    }


def _as_stored(reflected: Table) -> Select[Any]:
    """The rows as the driver gives them: the database does not know the types that the models had."""
    columns: list[ColumnClause[Any]] = [column(each.name) for each in reflected.columns]
    return select(*columns).select_from(table_named(reflected.name, *columns))


def _remove(
    connection: Connection, addon: str, tables: Sequence[Table], doomed: Sequence[tuple[Table, ColumnElement[bool]]]
) -> None:
    switches = cast(Table, TenantAddon.__table__)
    tenants = connection.execute(select(switches.c.tenant_id).where(switches.c.addon == addon)).scalars().all()
    for table, condition in doomed:
        connection.execute(delete(table).where(condition))
    for table in reversed(tables):
        table.drop(connection)
    for tenant_id in tenants:
        connection.execute(insert(cast(Table, AuditEntry.__table__)), _entry(tenant_id, addon))


def _entry(tenant_id: UUID, addon: str) -> dict[str, Any]:
    return {
        "tenant_id": tenant_id,
        "id": uuid7(),
        "at": now(),
        "user_name": "",
        "action": "purge",
        "entity": "core_tenant_addon",
        "changes": {"addon": [addon, None]},
    }
