"""What refers to a record, read off the tables of all loaded addons, and turning it to another record: for merging two.

An addon declares nothing for it: links have their foreign keys, and every other column of ids says what it is
(``core.db.base``). What is moved is put on record under the name of who does it, whoever may see the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import ColumnElement, Index, Table, UniqueConstraint, and_, func, not_, or_, select, update

from core.audit.recording import record_bulk
from core.clock import now
from core.db.base import TenantModel
from core.db.bulk import BATCH
from core.db.mixins import Audited, Stamped, Versioned
from core.db.session import ActorSession

EXTENSION = "banyan_references"


@dataclass(frozen=True, slots=True)
class Reference:
    """A column of ``model`` with ids of records of one table, or of any table that the column ``kind`` names."""

    model: type[TenantModel]
    name: str
    kind: str = ""

    @property
    def table(self) -> Table:
        table = self.model.__table__
        assert isinstance(table, Table)
        return table

    @property
    def column(self) -> Any:
        return self.table.c[self.name]

    def to(self, session: ActorSession, entity: str, id: UUID) -> ColumnElement[bool]:
        """The rows that refer to the record ``id`` of the table ``entity``."""
        of_kind = [self.table.c[self.kind] == entity] if self.kind else []
        return and_(self.table.c.tenant_id == session.tenant_id, self.column == id, *of_kind)


@dataclass(frozen=True, slots=True)
class Moved:
    """Rows of a table that refer to another record now, by the column ``name``."""

    entity: str
    name: str
    ids: Sequence[UUID]


def references_to(entity: str) -> Sequence[Reference]:
    """The columns that may refer to a record of the table ``entity`` and move when it is merged into another."""
    known: Sequence[tuple[str, Reference]] | None = current_app.extensions.get(EXTENSION)
    if known is None:
        known = current_app.extensions[EXTENSION] = tuple(_all_references())
    return [reference for target, reference in known if target in {entity, ""}]


def _all_references() -> Iterator[tuple[str, Reference]]:
    """(table, reference); an empty table means any."""
    from core.kernel import current_kernel

    for each in current_kernel().registry.subclasses(TenantModel):
        table = getattr(each.obj, "__table__", None)
        for column in table.columns if isinstance(table, Table) else ():
            if column.info.get("stays"):
                continue
            if target := column.info.get("link"):
                yield target, Reference(each.obj, column.key)
            elif kind := column.info.get("record_of"):
                yield "", Reference(each.obj, column.key, kind)


def count_references(session: ActorSession, entity: str, id: UUID) -> dict[str, int]:
    """Table → how many of its rows refer to the record, whoever may see them, those in recycle bins included."""
    counts: dict[str, int] = {}
    for each in references_to(entity):
        query = select(func.count()).select_from(each.table).where(each.to(session, entity, id))
        if number := session.connection().execute(query).scalar():
            counts[each.table.name] = counts.get(each.table.name, 0) + number
    return counts


def fixed_references(session: ActorSession, entity: str, id: UUID) -> list[str]:
    """The tables in which rows refer to the record that can never be changed: it must not be merged into another."""
    return [
        each.table.name
        for each in references_to(entity)
        if each.model.__append_only__
        and session.connection().execute(select(each.table.c.id).where(each.to(session, entity, id)).limit(1)).first()
    ]


def turn_references(session: ActorSession, entity: str, old: UUID, new: UUID) -> list[Moved]:
    """Let what refers to the record ``old`` refer to ``new``, in this transaction; what was moved.

    Rows stay with ``old`` where ``new`` has one that a unique constraint allows once, and where they would tie a record to
    itself. Objects that the session holds expire.
    """
    session.flush()
    moved = []
    for each in references_to(entity):
        if each.model.__append_only__:
            continue
        query = select(each.table.c.id).where(each.to(session, entity, old), *_without_collisions(each, entity, new))
        ids = session.connection().execute(query.order_by(each.table.c.id)).scalars().all()
        if ids:
            _point(session, each, ids, old, new)
            moved.append(Moved(each.table.name, each.name, ids))
    session.expire_all()
    return moved


def turn_back(session: ActorSession, entity: str, moved: Sequence[Moved], old: UUID, new: UUID) -> int:
    """Undo :func:`turn_references`: those of the ``moved`` rows that refer to ``new`` still refer to ``old`` again; how many.

    What was turned elsewhere or deleted for good since is left alone, and so is what an addon that is gone had.
    """
    session.flush()
    known = {(each.table.name, each.name): each for each in references_to(entity)}
    done = 0
    for part in moved:
        reference = known.get((part.entity, part.name))
        if reference is None:
            continue
        for batch in _batches(part.ids):
            here = reference.to(session, entity, new), reference.table.c.id.in_(batch)
            ids = session.connection().execute(select(reference.table.c.id).where(*here)).scalars().all()
            _point(session, reference, ids, new, old)
            done += len(ids)
    session.expire_all()
    return done


def _without_collisions(reference: Reference, entity: str, new: UUID) -> list[ColumnElement[bool]]:
    """Criteria that leave out the rows that cannot stand beside what ``new`` has already."""
    table, column = reference.table, reference.column
    keep: list[ColumnElement[bool]] = []
    for each in _unique_keys(table):
        if column not in each:
            continue
        other = table.alias()
        same = [other.c[key.name] == key for key in each if key.name not in {"tenant_id", column.name}]
        there = select(other.c.id).where(other.c.tenant_id == table.c.tenant_id, other.c[column.name] == new, *same)
        keep.append(not_(there.correlate(table).exists()))
    if table.name == entity:
        keep.append(table.c.id != new)
    for twin in table.columns:
        if twin is not column and twin.info.get("link") == entity and not twin.info.get("stays"):
            keep.append(or_(twin.is_(None), twin != new))
    return keep


def _unique_keys(table: Table) -> Iterator[Sequence[Any]]:
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield list(constraint.columns)
    for index in table.indexes:
        if isinstance(index, Index) and index.unique:
            yield list(index.columns)


def _point(session: ActorSession, reference: Reference, ids: Sequence[UUID], old: UUID, new: UUID) -> None:
    model, table = reference.model, reference.table
    values: dict[str, Any] = {reference.name: new}
    if issubclass(model, Stamped):
        values |= {"updated_at": now(), "updated_by_id": session.actor.user_id}
    if issubclass(model, Versioned):
        values["version"] = table.c.version + 1
    for batch in _batches(ids):
        session.connection().execute(
            update(table).where(table.c.tenant_id == session.tenant_id, table.c.id.in_(batch)).values(values)
        )
        if issubclass(model, Audited):
            changes: Mapping[str, tuple[Any, Any]] = {reference.name: (old, new)}
            record_bulk(session, model, dict.fromkeys(batch, changes))
    session.info["wrote"] = True


def _batches(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
