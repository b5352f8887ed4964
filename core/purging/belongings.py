"""What belongs to an addon: the tables of its prefix, and the rows of the kernel's tables that name it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Column, ColumnElement, Connection, MetaData, Table, Text, inspect, or_, select, tuple_
from sqlalchemy import cast as cast_to

from core.db.base import Model

NAMING_COLUMNS: Mapping[str, str] = {
    "core_attachment": "entity",
    "core_audit": "entity",
    "core_comment": "entity",
    "core_counter": "key",
    "core_custom_field": "entity",
    "core_export": "resource",
    "core_group": "shipped_key",
    "core_group_permission": "permission",
    "core_group_view": "resource",
    "core_import": "resource",
    "core_job": "name",
    "core_job_dispatch": "name",
    "core_list_choice": "resource",
    "core_message": "entity",
    "core_message_text": "key",
    "core_notice_preference": "kind",
    "core_notification": "url",
    "core_reading": "entity",
    "core_saved_view": "resource",
    "core_setting": "key",
    "core_tenant_addon": "addon",
}
"""Kernel table → the column that says whose a row is: an addon's name, a table of it, ``addon.…`` or ``/addon/…``."""


def own_tables(connection: Connection, addon: str, known: Collection[str]) -> list[Table]:
    """The addon's tables as they stand in the database, dependencies first; whether or not its code is there.

    ``known`` names all addons: ``order_x`` is no table of ``order`` where there is an addon ``order_x``.
    """
    longer = tuple(f"{other}_" for other in known if other.startswith(f"{addon}_"))
    names = [
        name
        for name in inspect(connection).get_table_names()
        if (name == addon or name.startswith(f"{addon}_")) and not f"{name}_".startswith(longer)
    ]
    found = MetaData()
    found.reflect(connection, only=names)
    return [table for table in found.sorted_tables if table.name in names]


def foreign_dependents(connection: Connection, tables: Collection[Table]) -> list[str]:
    """Tables of others that link to these; dropping would tear them."""
    names = {table.name for table in tables}
    inspector = inspect(connection)
    return sorted(
        other
        for other in inspector.get_table_names()
        if other not in names and any(key["referred_table"] in names for key in inspector.get_foreign_keys(other))
    )


def kernel_rows(addon: str, tables: Collection[str]) -> list[tuple[Table, ColumnElement[bool]]]:
    """(kernel table, which of its rows go with the addon), what links before what is linked to."""
    doomed: dict[str, ColumnElement[bool]] = {}
    for table in Model.metadata.sorted_tables:
        if not table.name.startswith("core_"):
            continue
        reasons = [_linked(table, parent, doomed[parent.name]) for parent in _parents(table) if parent.name in doomed]
        if table.name in NAMING_COLUMNS:
            reasons.append(_names(table.columns[NAMING_COLUMNS[table.name]], addon, tables))
        if table.name == "core_job":  # the kernel's own jobs work on resources of addons: bulk actions, imports
            reasons.append(cast_to(table.columns["arguments"], Text).contains(f'"{addon}.', autoescape=True))
        if reasons:
            doomed[table.name] = or_(*reasons)
    dispatch, job = Model.metadata.tables["core_job_dispatch"], Model.metadata.tables["core_job"]
    doomed["core_job_dispatch"] |= dispatch.columns["id"].in_(select(job.columns["id"]).where(doomed["core_job"]))
    doomed["core_job_dispatch"] = doomed.pop("core_job_dispatch")  # last in, so first to go
    return [(Model.metadata.tables[name], condition) for name, condition in reversed(doomed.items())]


def _names(column: Column[str], addon: str, tables: Collection[str]) -> ColumnElement[bool]:
    starts = [column.startswith(f"{name}.", autoescape=True) for name in (addon, *tables)]
    return or_(column.in_([addon, *tables]), column.startswith(f"/{addon}/", autoescape=True), *starts)


def _parents(table: Table) -> list[Table]:
    return [key.referred_table for key in table.foreign_key_constraints if key.referred_table is not table]


def _linked(table: Table, parent: Table, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The rows that link to a parent's row that goes."""
    pairs = [
        (element.parent, element.column)
        for key in table.foreign_key_constraints
        if key.referred_table is parent
        for element in key.elements
    ]
    own, theirs = zip(*pairs, strict=True)
    return tuple_(*own).in_(select(*theirs).where(condition))
