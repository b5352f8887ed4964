"""Bringing a record back. Everything that is in the way is named, and then nothing has happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.exc import IntegrityError

from core.audit.kinds import find_kind
from core.audit.telling import name_of
from core.db.flush import model_of_table
from core.db.mixins import SoftDelete
from core.db.session import ActorSession
from core.errors import Conflict, Forbidden, NotFound, Problem
from core.i18n import translator
from core.resources.base import Resource

_ = translator(__name__)


def bring_back(resource: Resource[Any], session: ActorSession, record: Any) -> None:
    """Restore a deleted record with the parts that were deleted in the same act. The session sees deleted rows.

    Conflict names what it hangs on or refers to that is gone itself, and what has taken a unique value of its.
    """
    if record.deleted_at is None:
        raise NotFound.of("not_deleted", _("It is not in the recycle bin any more."))
    if not resource.can_delete(session, record):
        raise Forbidden.of("forbidden", _("You lack the right to do this. Ask an administrator."))
    rows = _with_parts(session, record, record.deleted_at)
    problems = [problem for row in rows for problem in (*_gone_targets(session, row, rows), *_taken(session, row))]
    if problems:
        raise Conflict(*problems)
    try:
        resource.restore(session, record)
        session.flush()
    except IntegrityError as error:
        message = _("Another record is in the way: it has taken a value that must be unique.")
        raise Conflict.of("in_the_way", message) from error


def _with_parts(session: ActorSession, row: Any, moment: Any) -> list[Any]:
    parts = session.deleted_parts(row, moment)
    return [row, *(below for part in parts for below in _with_parts(session, part, moment))]


def _gone_targets(session: ActorSession, row: Any, coming: Sequence[Any]) -> Iterator[Problem]:
    """What ``row`` links to that is in the recycle bin, and does not come back with it."""
    kind = find_kind(row.__tablename__)
    for column in row.__table__.columns:
        target, id = column.info.get("link"), getattr(row, column.key, None)
        if not target or column.info["unseen"] or id is None or any(each.id == id for each in coming):
            continue
        model = model_of_table(target)
        if issubclass(model, SoftDelete) and _is_deleted(session, model.__table__, id):
            message = _(
                "%(field)s: %(name)s was deleted too. Restore that first.",
                field=str(kind.shown(column.key).label),
                name=name_of(session, target, id),
            )
            yield Problem("target_deleted", message, column.key)


def _is_deleted(session: ActorSession, table: Any, id: UUID) -> bool:
    """Whoever may see it."""
    query = select(table.c.deleted_at).where(table.c.tenant_id == session.tenant_id, table.c.id == id)
    return session.connection().execute(query).scalar() is not None


def _taken(session: ActorSession, row: Any) -> Iterator[Problem]:
    """Values that must be unique among records that are not deleted, and that another one has meanwhile.

    A unique constraint counts deleted rows too; a unique index may leave them out.
    """
    table, kind = row.__table__, find_kind(row.__tablename__)
    assert isinstance(table, Table)
    for index in table.indexes:
        columns = [column for column in index.columns if column.name != "tenant_id"]
        values = [getattr(row, column.key) for column in columns]
        if not index.unique or None in values:
            continue
        query = select(table.c.id).where(
            table.c.tenant_id == session.tenant_id,
            table.c.deleted_at.is_(None),
            table.c.id != row.id,
            *(column == value for column, value in zip(columns, values, strict=True)),
        )
        if other := session.connection().execute(query.limit(1)).scalar():
            message = _(
                "%(field)s %(value)s has been taken by %(name)s meanwhile.",
                field=str(kind.shown(columns[-1].key).label),
                value=str(values[-1]),
                name=name_of(session, row.__tablename__, other),
            )
            yield Problem("taken", message, columns[-1].key)
