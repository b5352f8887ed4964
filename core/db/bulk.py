"""Changing many rows at once, with the audit rows in the same transaction.

Ids come from a scoped SELECT, so a bulk change reaches what the actor may see and no row more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, inspect, select, update
from sqlalchemy.dialects import postgresql, sqlite

from core.audit import record_bulk
from core.clock import now
from core.db.base import TenantModel
from core.db.flush import check_links
from core.db.mixins import Audited, Searchable, SoftDelete, Sortable, Stamped, Versioned
from core.db.parts import links_to
from core.db.scope import KERNEL_BULK, ScopeError
from core.db.session import ActorSession

BATCH = 500
"""Rows a statement: SQLite takes 32,766 parameters at most, and an audit row has about ten columns."""


def bulk_update(
    session: ActorSession,
    model: type[TenantModel],
    ids: Iterable[UUID],
    values: Mapping[str, Any],
    *,
    action: str = "update",
) -> int:
    """Set ``values`` (attribute → plain value) on the rows among ``ids`` that the actor may see; how many changed.

    Rows that already hold the values are left alone. Objects of these rows that the session holds are expired. ScopeError
    for what the flush derives other columns from (names, codes): change the objects. NotFound for a link to a row that
    the actor may not see.
    """
    _check_values(session, model, values)
    changed = sum(_update_batch(session, model, batch, dict(values), action) for batch in _batches(ids))
    if changed:
        session.expire_all()
    return changed


def bulk_delete(session: ActorSession, model: type[Any], ids: Iterable[UUID]) -> int:
    """Move the rows among ``ids`` that the actor may see to the recycle bin, with their parts, as ``session.delete`` would; how
    many. Objects of these rows that the session holds are expired. ScopeError for a model without a bin."""
    if not issubclass(model, SoftDelete):
        raise ScopeError(f"{model.__name__} has no recycle bin: session.delete")
    moment = now()
    deleted = sum(_delete_batch(session, model, batch, moment) for batch in _batches(ids))
    if deleted:
        session.expire_all()
    return deleted


def _delete_batch(session: ActorSession, model: type[Any], ids: list[UUID], moment: datetime) -> int:
    """One batch, with the parts that have a bin of their own, at one moment, so that they come back together."""
    fields = [each.key for each in inspect(model).column_attrs] if issubclass(model, Audited) else []
    columns = [getattr(model, name) for name in fields]
    rows = session.execute(select(model.id, *columns).where(model.id.in_(ids), model.deleted_at.is_(None))).all()
    found = [row[0] for row in rows]
    if not found:
        return 0
    values: dict[str, Any] = {"deleted_at": moment, "deleted_by_id": session.actor.user_id}
    if issubclass(model, Stamped):
        values |= {"updated_at": moment, "updated_by_id": session.actor.user_id}
    if issubclass(model, Versioned):
        values["version"] = model.version + 1
    for link in links_to(model.__tablename__, "CASCADE"):
        if issubclass(link.model, SoftDelete):
            parts = session.scalars(select(link.model.id).where(link.attribute.in_(found))).all()
            for batch in _batches(parts):
                _delete_batch(session, link.model, batch, moment)
    session.execute(
        update(model).where(model.id.in_(found)).values(values),
        execution_options={"banyan_bulk": KERNEL_BULK, "synchronize_session": False},
    )
    if issubclass(model, Audited):
        said = {row[0]: dict(zip(fields, row[1:], strict=True)) for row in rows}
        diffs = {
            id: {name: (value, None) for name, value in each.items() if value is not None and name != "deleted_at"}
            for id, each in said.items()
        }
        record_bulk(session, model, diffs, action="delete")
    return len(found)


def set_derived(
    session: ActorSession, model: type[TenantModel], values: Mapping[str, Any], *where: ColumnElement[bool]
) -> None:
    """Set columns of ``model.__derived__`` on the rows that ``where`` keeps and the actor may see; values may be expressions.

    What follows from other rows is nobody's change: no audit, no new version, no "last changed", so a form that is open
    meanwhile stays good. Objects that the session holds keep what they were read with. ScopeError for other columns.
    """
    if wrong := values.keys() - set(model.__derived__):
        raise ScopeError(f"{model.__name__} does not derive {', '.join(sorted(wrong))}: change the objects")
    session.execute(
        update(model).where(*where).values(dict(values)),
        execution_options={"banyan_bulk": KERNEL_BULK, "synchronize_session": False},
    )


def keep_latest(
    session: ActorSession, model: type[TenantModel], key: Mapping[str, Any], column: str, moment: datetime
) -> None:
    """Insert the row that the unique ``key`` (attribute → value) names with ``column`` = ``moment``, or move its ``column``
    forward to it; what comes late takes nothing back. One statement, so two at once do not collide."""
    dialect = session.connection().dialect.name
    insert: Any = (postgresql if dialect == "postgresql" else sqlite).insert(model)
    sent, stands = insert.excluded[column], getattr(model, column)
    session.execute(
        insert.on_conflict_do_update(index_elements=["tenant_id", *key], set_={column: sent}, where=sent > stands),
        [{**key, column: moment}],
    )


def swap_values(session: ActorSession, one: Any, other: Any, name: str, *, aside: Any) -> None:
    """Give each of two rows what the other has in the column ``name``, which is unique: ``aside`` stands there meanwhile."""
    model = type(one)
    mine, theirs = getattr(one, name), getattr(other, name)
    session.flush()
    session.execute(
        update(model).where(model.id == other.id).values({name: aside}),
        execution_options={"banyan_bulk": KERNEL_BULK, "synchronize_session": False},
    )
    setattr(one, name, theirs)
    session.flush()
    setattr(other, name, mine)
    session.flush()


def _check_values(session: ActorSession, model: type[Any], values: Mapping[str, Any]) -> None:
    derived = {"tenant_id", "id"}
    derived.update(model.__search__ if issubclass(model, Searchable) else ())
    derived.update([model.__sort__] if issubclass(model, Sortable) else ())
    if refused := derived.intersection(values):
        raise ScopeError(f"{', '.join(sorted(refused))}: other columns follow from it; change the objects")
    check_links(session, model, [values])


def _batches(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    rest = iter(ids)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _update_batch(session: ActorSession, model: type[Any], ids: list[UUID], values: dict[str, Any], action: str) -> int:
    columns = [getattr(model, name) for name in values]
    rows = session.execute(select(model.id, *columns).where(model.id.in_(ids))).all()
    diffs = {
        row[0]: {name: (old, new) for (name, new), old in zip(values.items(), row[1:], strict=True) if old != new}
        for row in rows
    }
    diffs = {id: diff for id, diff in diffs.items() if diff}
    if not diffs:
        return 0
    if issubclass(model, Stamped):
        values |= {"updated_at": now(), "updated_by_id": session.actor.user_id}
    if issubclass(model, Versioned):
        values["version"] = model.version + 1
    session.execute(
        update(model).where(model.id.in_(list(diffs))).values(values),
        execution_options={"banyan_bulk": KERNEL_BULK, "synchronize_session": False},
    )
    if issubclass(model, Audited):
        record_bulk(session, model, diffs, action=action)
    return len(diffs)
