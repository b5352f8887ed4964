"""Writing the audit trail: in the flush that makes the change, so nobody has to remember and nothing changes without a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from flask import g, has_request_context
from sqlalchemy import event, insert, inspect

from core.audit.models import AuditEntry
from core.clock import now
from core.db.field_values import CustomFields
from core.db.ids import uuid7
from core.db.mixins import Audited, SoftDelete
from core.db.session import ActorSession

KERNEL_FIELDS = frozenset({
    "tenant_id", "id", "created_at", "updated_at", "created_by_id", "updated_by_id", "deleted_by_id", "version",
    "search_text", "sort_name",
})  # fmt: skip
"""Columns the kernel fills by itself: their changes say nothing."""


CREATED_AS = "audit_created_as"
"""Key of ``session.info``: what the making of rows is called instead of "create" while it is set (an import: "import")."""

AS_STAMPED = "audit_as_stamped"
"""Key of ``session.info``: names of users by id. While it is set, what the system makes is recorded at the moment and under
the name of its own stamps: for business that happened elsewhere before (demonstration data)."""


RECORDED = "recorded_changes"
"""Entries that wait for the commit to be told (``session.info``): id, entity, entity_id, action, fields, cause."""

CAUSE = "audit_cause"
"""Key of ``session.info``: what the changes that are made meanwhile come of. It is told with them (``ChangesRecorded``)."""


def record(
    session: ActorSession,
    action: str,
    *,
    entity: str,
    entity_id: UUID | None = None,
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Write an entry for something that is no field change: a log-in, an export, a switch of an addon."""
    entry = _entry(session, action, entity, entity_id, dict(changes or {}))
    session.add(AuditEntry(**entry))
    _await_commit(session, [entry])


def record_bulk(
    session: ActorSession,
    model: type[Audited],
    diffs: Mapping[UUID, Mapping[str, tuple[Any, Any]]],
    *,
    action: str = "update",
) -> None:
    """Write the entries of a bulk change: id → field → (old, new)."""
    hidden = KERNEL_FIELDS.union(model.__audit_exclude__)
    entity: str = model.__tablename__  # type: ignore[attr-defined]
    rows = [
        _entry(
            session,
            action,
            entity,
            id,
            {f: [_plain(old), _plain(new)] for f, (old, new) in diff.items() if f not in hidden},
        )
        for id, diff in diffs.items()
    ]
    if rows:
        session.execute(insert(AuditEntry), rows)
        _await_commit(session, rows)


@event.listens_for(ActorSession, "before_flush")
def _record_flush(session: ActorSession, flush_context: object, instances: object) -> None:
    entries = [_entry_of(session, row, "create") for row in session.new if isinstance(row, Audited)]
    entries += [
        _entry_of(session, row, _action(row))
        for row in session.dirty
        if isinstance(row, Audited) and session.is_modified(row)
    ]
    entries += [
        _entry_of(session, row, "purge" if isinstance(row, SoftDelete) else "delete")
        for row in session.deleted
        if isinstance(row, Audited)
    ]
    if told := [entry for entry in entries if entry is not None]:
        session.execute(insert(AuditEntry), told)
        _await_commit(session, told)


def _action(row: Any) -> str:
    if isinstance(row, SoftDelete):
        history = inspect(row).attrs.deleted_at.history
        if history.has_changes():
            return "delete" if row.deleted_at else "restore"
    return "update"


def _entry_of(session: ActorSession, row: Any, action: str) -> dict[str, Any] | None:
    """The entry of a row about to be written; None for a change that says nothing."""
    changes = _diff(row, action)
    if not changes and action == "update":
        return None
    told = session.info.get(CREATED_AS, action) if action == "create" else action
    entry = _entry(session, told, row.__tablename__, row.id, changes)
    if action == "create" and AS_STAMPED in session.info and session.actor.is_system:
        names: Mapping[UUID, str] = session.info[AS_STAMPED]
        entry["at"], entry["user_id"] = row.created_at or entry["at"], row.created_by_id
        entry["user_name"] = names.get(row.created_by_id, entry["user_name"])
    return entry


@cache
def _told_fields(model: type[Any]) -> tuple[str, ...]:
    hidden = KERNEL_FIELDS.union(model.__audit_exclude__, {"deleted_at"})
    return tuple(attribute.key for attribute in inspect(model).column_attrs if attribute.key not in hidden)


def _diff(row: Any, action: str) -> dict[str, list[Any]]:
    changes: dict[str, list[Any]] = {}
    if action == "create":
        given = row.__dict__
        changes = {key: [None, _plain(given[key])] for key in _told_fields(row.__class__) if given.get(key) is not None}
    else:
        attributes = inspect(row).attrs
        for key in _told_fields(row.__class__):
            old, new = _sides(attributes[key].history, action)
            if old != new:
                changes[key] = [old, new]
    if isinstance(row, CustomFields):
        changes |= row.custom_changes
        row.custom_changes.clear()
    return changes


def _sides(history: Any, action: str) -> tuple[Any, Any]:
    current = history.added or history.unchanged
    new = _plain(current[0]) if current else None
    if action in {"delete", "purge"}:
        return new, None
    return (_plain(history.deleted[0]) if history.deleted else None, new) if history.has_changes() else (new, new)


def _plain(value: Any) -> Any:
    """The value as JSON can hold it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    return value


def _await_commit(session: ActorSession, entries: Iterable[Mapping[str, Any]]) -> None:
    waiting = session.info.setdefault("after_commit", {}).setdefault(RECORDED, [])
    cause = session.info.get(CAUSE)
    waiting += [
        (each["id"], each["entity"], each["entity_id"], each["action"], frozenset(each["changes"]), cause)
        for each in entries
    ]


def _entry(
    session: ActorSession, action: str, entity: str, entity_id: UUID | None, changes: dict[str, Any]
) -> dict[str, Any]:
    actor = session.actor
    return {
        "id": uuid7(),
        "at": now(),
        "user_id": actor.user_id,
        "user_name": actor.name,
        "action": action,
        "entity": entity,
        "entity_id": entity_id,
        "changes": changes,
        "request_id": g.get("request_id") if has_request_context() else None,
    }
