"""What the record of changes calls custom fields, those that were deleted since included."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from core.db.session import ActorSession, with_deleted
from core.resources.columns import Shown
from core.resources.custom_fields.definitions import definition
from core.resources.custom_fields.models import CustomField
from core.resources.custom_fields.types import type_of

KINDS = frozenset({"money", "date"})
"""How values of custom fields stand in the record of changes is text that people read, but for these."""


def told_fields(session: ActorSession, entities: Collection[str]) -> dict[tuple[str, str], Shown]:
    """(table, name) → how the field reads."""
    with with_deleted(session) as reader:
        rows = reader.scalars(select(CustomField).where(CustomField.entity.in_(entities)))
        found = {(row.entity, field.name): field for row in rows if (field := definition(row))}
    kinds = {name: type_of(field).kind for name, field in found.items()}
    return {
        name: Shown(field.name, field.label, kinds[name] if kinds[name] in KINDS else "")
        for name, field in found.items()
    }
