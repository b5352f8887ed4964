"""Entries of the audit trail as people read them: names instead of ids, labels instead of columns and codes.

Names are read under the reader's own scope, with his recycle bin: of a record that he may not see the entry tells what
it holds itself, and no link leads there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy import literal, select

from core.audit.kinds import KIND_WORDS, TONES, Kind, all_actions, find_kind
from core.audit.models import AuditEntry
from core.clock import to_local
from core.dates import format_date
from core.db.base import TenantModel
from core.db.mixins import SoftDelete
from core.db.session import ActorSession, with_deleted
from core.i18n import translator
from core.kernel import current_session
from core.resources.columns import Shown, text_of
from core.resources.custom_fields.definitions import PREFIX
from core.resources.custom_fields.telling import told_fields
from core.resources.links import history_url, may_call
from core.resources.paths import Paths

_ = translator(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """One field that changed: empty texts where there was, or is, nothing."""

    label: str
    old: str
    new: str

    def __str__(self) -> str:
        if not self.old or not self.new:
            return f"{self.label}: {self.new or '—'}" if self.new else f"{self.label}: {self.old} → —"
        return f"{self.label}: {self.old} → {self.new}"


@dataclass(frozen=True, slots=True)
class Told:
    """An entry in words. ``endpoint`` is the record's page, where the record still is and the reader may see it."""

    id: UUID
    entity: str
    entity_id: UUID | None
    who: str
    action: str
    tone: str
    kind: str
    icon: str
    record: str
    endpoint: str
    is_deleted: bool
    lines: tuple[Line, ...]

    @property
    def url(self) -> str:
        """The record's page; empty where there is none for the reader."""
        return url_for(self.endpoint, id=self.entity_id) if self.endpoint else ""

    @property
    def history_url(self) -> str:
        """Everything that was done to the record; empty for an entry that is about none."""
        return history_url(current_session(), self.entity, self.entity_id) if self.entity_id else ""


@dataclass(frozen=True, slots=True)
class _Name:
    text: str
    is_deleted: bool


Names = Mapping[tuple[str, UUID], _Name]


def tell_ids(session: ActorSession, ids: Collection[UUID]) -> dict[UUID, Told]:
    """The entries with these ids, in words."""
    return {each.id: each for each in tell(session, session.scalars(select(AuditEntry).where(AuditEntry.id.in_(ids))))}


def tell(session: ActorSession, entries: Iterable[AuditEntry]) -> Iterator[Told]:
    """The entries in words: one statement for the names of each table that they speak of."""
    listed = list(entries)
    names, added = _read_names(session, listed), _added_fields(session, listed)
    actions = all_actions()
    for entry in listed:
        kind = find_kind(entry.entity)
        name = names.get((entry.entity, entry.entity_id)) if entry.entity_id else None
        yield Told(
            entry.id,
            entry.entity,
            entry.entity_id,
            who_of(entry),
            str(actions.get(entry.action, entry.action.replace("_", " ").capitalize())),
            TONES.get(entry.action, "grey"),
            str(KIND_WORDS.get(entry.entity, kind.one)),
            kind.icon,
            name.text if name else _own_name(kind, entry),
            kind.endpoint if name and not name.is_deleted and may_call(session, kind.endpoint) else "",
            bool(name and name.is_deleted),
            tuple(_lines(kind, entry, names, added)),
        )


def lines_by_entry(session: ActorSession, entries: Sequence[AuditEntry]) -> dict[UUID, tuple[Line, ...]]:
    """What changed in each entry, for the discussion beside a record."""
    names, added = _read_names(session, entries), _added_fields(session, entries)
    return {entry.id: tuple(_lines(find_kind(entry.entity), entry, names, added)) for entry in entries}


def name_of(session: ActorSession, entity: str, id: UUID) -> str:
    """What the record is called; the kind with the beginning of the id where the reader may not see it."""
    kind = find_kind(entity)
    if kind.model is not None and kind.title_path:
        with with_deleted(session) as reader:
            for _id, name in _names_in(reader, kind.model, kind.title_path, {id}):
                return name.text
    return f"{kind.one} {str(id)[-8:]}"


def who_of(entry: AuditEntry) -> str:
    """Whose name the entry bears."""
    return entry.user_name if entry.user_id else str(_("The system"))


def _own_name(kind: Kind, entry: AuditEntry) -> str:
    """The record's name as the entry itself has it: that of a deleted row, or of one the reader may not see."""
    old, new = _sides(entry.changes.get(kind.title_path))
    return str(new or old or "")


def _added_fields(session: ActorSession, entries: Iterable[AuditEntry]) -> Mapping[tuple[str, str], Shown]:
    """The custom fields that the entries speak of."""
    entities = {entry.entity for entry in entries if any(name.startswith(PREFIX) for name in entry.changes)}
    return told_fields(session, entities) if entities else {}


def _lines(kind: Kind, entry: AuditEntry, names: Names, added: Mapping[tuple[str, str], Shown]) -> Iterator[Line]:
    order = {field: at for at, field in enumerate(kind.fields)}  # PostgreSQL keeps no order of keys
    for field, sides in sorted(entry.changes.items(), key=lambda change: order.get(change[0], len(order))):
        shown = added.get((entry.entity, field)) or kind.shown(field)
        target = _target(kind, field, entry)
        old, new = (_text(value, shown, target, names) for value in _sides(sides))
        if old or new:
            yield Line(str(shown.label), old, new)


def _target(kind: Kind, field: str, entry: AuditEntry) -> str:
    """The table whose ids stand in the field; empty for a field that holds none."""
    target = kind.links.get(field, "")
    if target.startswith("@"):
        old, new = _sides(entry.changes.get(target[1:]))
        return str(new or old or "")
    return target


def _sides(sides: Any) -> tuple[Any, Any]:
    """Old and new; an addon may have recorded something else, which is then the new value."""
    return (sides[0], sides[1]) if isinstance(sides, list) and len(sides) == 2 else (None, sides)


def _text(value: Any, shown: Shown, target: str, names: Names) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, list):
        return ", ".join(_text(each, shown, target, names) for each in value)
    if isinstance(value, dict):
        return "; ".join(f"{shown.labels.get(key, key)}: {each}" for key, each in value.items())
    if target:
        id = _as_uuid(value)
        name = names.get((target, id)) if id else None
        return name.text if name else str(_("(not visible)"))
    if shown.labels and value in shown.labels:
        return str(shown.labels[value])
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    return _by_kind(value, shown.kind)


def _by_kind(value: Any, kind: str) -> str:
    """JSON's text of a moment or a day is read again; what is none any more stands as it is."""
    try:
        if kind == "datetime":
            return f"{to_local(datetime.fromisoformat(value)):%d/%m/%Y %H:%M}"
        if kind == "date":
            return format_date(date.fromisoformat(value))
        return text_of(value, kind)
    except (TypeError, ValueError):
        return str(value)


def _as_uuid(value: Any) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None


def _read_names(session: ActorSession, entries: Iterable[AuditEntry]) -> Names:
    """Names of the records that the entries are about and of those that changed fields point at."""
    wanted: dict[str, set[UUID]] = {}
    for entry in entries:
        if entry.entity_id:
            wanted.setdefault(entry.entity, set()).add(entry.entity_id)
        kind = find_kind(entry.entity)
        for field in kind.links.keys() & entry.changes.keys():
            for side in _sides(entry.changes[field]):
                listed = side if isinstance(side, list) else [side]
                target = wanted.setdefault(_target(kind, field, entry), set())
                target.update(id for each in listed if (id := _as_uuid(each)))
    names: dict[tuple[str, UUID], _Name] = {}
    with with_deleted(session) as reader:
        for table, ids in wanted.items():
            kind = find_kind(table)
            if ids and kind.model is not None and kind.title_path:
                names |= {(table, id): name for id, name in _names_in(reader, kind.model, kind.title_path, ids)}
    return names


def _names_in(
    reader: ActorSession, model: type[TenantModel], path: str, ids: set[UUID]
) -> Iterator[tuple[UUID, _Name]]:
    paths: Any = Paths(model)
    deleted: Any = model.deleted_at.is_not(None) if issubclass(model, SoftDelete) else literal(False)
    query = paths.join(select(model.id, paths.column(path), deleted).select_from(model)).where(model.id.in_(ids))
    for id, text, is_deleted in reader.execute(query):
        yield id, _Name(str(text or ""), bool(is_deleted))
