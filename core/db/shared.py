"""Tables outside the tenants: none but the kernel's own, and those that a manifest names (``shared_tables``).

Neither the scope nor row security stands before such a table, so one that an author made by mistake must not boot.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Table

from core.db.base import Model
from core.db.scope import is_tenant_table
from core.manifest import KERNEL, BootError, BootProblem
from core.problem_codes import Code
from core.registry import Registry


def check_shared_tables(registry: Registry) -> None:
    """Raise BootError where models and manifests disagree about which tables lie outside the tenants."""
    if problems := list(_problems(registry)):
        raise BootError(problems)


def _problems(registry: Registry) -> Iterator[BootProblem]:
    outside = set()
    for found in registry.subclasses(Model):
        table = getattr(found.obj, "__table__", None)
        if found.addon == KERNEL or not isinstance(table, Table) or is_tenant_table(table):
            continue
        outside.add(table.name)
        if table.name not in registry.shared_tables:
            message = "Its rows would belong to no tenant: everybody reads and writes them."
            fix = "Derive the model from TenantModel, or name the table in shared_tables of the manifest."
            yield BootProblem(found.obj.__module__, table.name, message, fix, Code.SHARED_TABLE)
    for name in sorted(registry.shared_tables - outside):
        message = "No model outside the tenants has this table."
        yield BootProblem("shared_tables", name, message, "Remove the name, or correct it.", Code.SHARED_TABLE)
