"""Which records can have custom fields, and how many have a value."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from core.db.field_values import CustomFields
from core.db.session import ActorSession
from core.resources.base import Resource, all_resources
from core.resources.custom_fields.models import CustomField
from core.tenancy.addons import enabled_addons


def extensible_resources(session: ActorSession) -> dict[str, Resource[Any]]:
    """The resources whose records can have custom fields, by table, as far as their addon is enabled."""
    enabled = enabled_addons(session)
    found: dict[str, Resource[Any]] = {}
    for resource in all_resources().values():
        if issubclass(resource.model, CustomFields) and resource.addon in enabled:
            found.setdefault(resource.entity, resource)
    return found


def count_records(session: ActorSession, field: CustomField, choice: str | None = None) -> int:
    """How many records have a value of the field, or this choice; deleted ones count, for they may come back."""
    resource = extensible_resources(session).get(field.entity)
    if resource is None:
        return 0
    values = resource.model.__field_values__
    where = [values.field_id == field.id, *([values.key == choice] if choice is not None else [])]
    return session.scalar(select(func.count(values.record_id.distinct())).where(*where)) or 0


def keys_ever_used(session: ActorSession) -> set[str]:
    """The keys of all custom fields of the tenant, deleted ones included: they may come back."""
    table = CustomField.__table__
    query = select(table.c.key).where(table.c.tenant_id == session.tenant_id)
    return set(session.connection().execute(query).scalars())
