"""Reading and writing the values of custom fields. A change is told with the record's own, and moves its version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.access.models import User
from core.clock import now
from core.db.field_values import TYPED, CustomFields, FieldValue
from core.db.session import ActorSession
from core.resources.custom_fields.definitions import Definition, definitions_of
from core.resources.custom_fields.types import type_of

COLUMNS = ("text", *TYPED)
BLANK = dict.fromkeys(COLUMNS)
EMPTY: tuple[Any, ...] = (None, "", False, [])


@dataclass(frozen=True, slots=True)
class Value:
    """A value; of a link to a user also his name, and the name of his account."""

    value: Any
    user: str | None = None
    username: str | None = None


NOTHING = Value(None)


def name_of_user(name: str) -> str:
    """The attribute under which a record carries the name of the user in its custom field ``name``."""
    return f"user_of_{name}"


def load_values(
    session: ActorSession, model: type[CustomFields], ids: Sequence[UUID], fields: Sequence[Definition]
) -> dict[UUID, dict[str, Value]]:
    """The values of these fields: record → name → value. One statement."""
    values = model.__field_values__
    columns = [getattr(values, name) for name in COLUMNS]
    query = select(values.record_id, values.field_id, User.name.label("user"), User.username, *columns)
    query = query.outerjoin(User, User.id == values.user_id)
    query = query.where(values.record_id.in_(list(ids)), values.field_id.in_([field.id for field in fields]))
    rows: dict[UUID, dict[UUID, list[Any]]] = {}
    for row in session.execute(query.order_by(values.position)):
        rows.setdefault(row.record_id, {}).setdefault(row.field_id, []).append(row)
    return {
        id: {
            field.name: Value(type_of(field).value([row._mapping for row in found]), found[0].user, found[0].username)
            for field in fields
            if (found := by_field.get(field.id))
        }
        for id, by_field in rows.items()
    }


def attach_values(session: ActorSession, records: Sequence[Any], fields: Sequence[Definition]) -> None:
    """Put the values on the records, as attributes with the fields' names, for forms and pages to read."""
    if not records or not fields:
        return
    found = load_values(session, type(records[0]), [record.id for record in records], fields)
    for record in records:
        _attach(record, found.get(record.id, {}), fields)


def _attach(record: Any, values: Mapping[str, Value], fields: Iterable[Definition]) -> None:
    for field in fields:
        value = values.get(field.name, NOTHING)
        setattr(record, field.name, value.value)
        setattr(record, name_of_user(field.name), value.user)


def set_values(session: ActorSession, record: Any, fields: Sequence[Definition], values: Mapping[str, Any]) -> None:
    """Give the record these values (name → value); fields that are not named keep theirs. The flush is the caller's."""
    if record.custom_changes:
        session.flush()  # rows of an earlier call wait
    named = [field for field in fields if field.name in values]
    present = _rows_of(session, record, named)
    for field in named:
        value = None if values[field.name] in EMPTY else values[field.name]
        rows = present.get(field.id, [])
        old = [_columns(row) for row in rows]
        new = [] if value is None else [{**BLANK, **row} for row in type_of(field).rows(value)]
        if old != new:
            record.custom_changes[field.name] = [_told(session, field, old), _told(session, field, new)]
            _write(session, record, field, rows, new)
        setattr(record, field.name, value)
    if record.custom_changes and record not in session.new:
        record.updated_at = now()  # the record itself is written: its version moves, and a stale one is refused


def merge_values(session: ActorSession, kept: Any, other: Any) -> None:
    """Take over from ``other``, which is being merged into ``kept``, what ``kept`` has no value of."""
    fields = definitions_of(session, kept.__tablename__)
    found = load_values(session, type(kept), [kept.id, other.id], fields)
    own, more = found.get(kept.id, {}), found.get(other.id, {})
    set_values(session, kept, fields, {name: each.value for name, each in more.items() if name not in own})


def _rows_of(session: ActorSession, record: Any, fields: Sequence[Definition]) -> dict[UUID, list[FieldValue]]:
    if record in session.new or not fields:
        return {}
    values = type(record).__field_values__
    query = select(values).where(values.record_id == record.id, values.field_id.in_([field.id for field in fields]))
    found: dict[UUID, list[FieldValue]] = {}
    with session.no_autoflush:
        for row in session.scalars(query.order_by(values.position)):
            found.setdefault(row.field_id, []).append(row)
    return found


def _columns(row: FieldValue) -> dict[str, Any]:
    return {name: getattr(row, name) for name in COLUMNS}


def _write(
    session: ActorSession, record: Any, field: Definition, rows: Sequence[FieldValue], new: Sequence[Mapping[str, Any]]
) -> None:
    """Make the field's rows hold ``new``: those that are there are changed, the rest is added or removed."""
    for position, columns in enumerate(new):
        if position < len(rows):
            for name, value in columns.items():
                setattr(rows[position], name, value)
        else:
            made = type(record).__field_values__
            session.add(made(record_id=record.id, field_id=field.id, position=position, **columns))
    for row in rows[len(new) :]:
        session.delete(row)


def _told(session: ActorSession, field: Definition, rows: Sequence[Mapping[str, Any]]) -> Any:
    def name_of(id: UUID) -> str:
        with session.no_autoflush:
            return session.scalar(select(User.name).where(User.id == id)) or str(id)

    return type_of(field).told(field, type_of(field).value(rows), name_of) if rows else None
