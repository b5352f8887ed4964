"""Records into a workbook: streamed in the list's order and the user's scope (SYS-06, SYS-10), never cut off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from werkzeug.datastructures import MultiDict

from core.audit import record
from core.clock import local_today, now
from core.db.ids import uuid7
from core.db.session import ActorSession
from core.errors import DomainError
from core.exchange.fields import ExchangeField
from core.exchange.models import Export
from core.exchange.storage import EXPORT_LIFE
from core.i18n import translator
from core.jobs import enqueue
from core.resources.filters import Args
from core.resources.listing import ListState, criteria, read_state
from core.resources.paging import Cursor, Ordering, segments
from core.resources.paths import Paths
from core.text import fold

if TYPE_CHECKING:
    from core.exchange.writer import SheetWriter
    from core.resources.base import Resource

_ = translator(__name__)

BATCH = 1_000
"""Rows of a statement."""

DIRECT_LIMIT = 500
"""Rows that a request writes by itself; more is a job's work."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records and columns: the list's parameters, or the ids that were ticked; keys of the columns, in order."""

    args: tuple[tuple[str, str], ...] = ()
    ids: tuple[UUID, ...] = ()
    columns: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As a job takes it."""
        return {
            "args": [list(pair) for pair in self.args],
            "ids": [str(id) for id in self.ids],
            "columns": [*self.columns],
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Selection:
        """The opposite of :meth:`as_json`."""
        return cls(
            tuple((name, value) for name, value in content["args"]),
            tuple(UUID(id) for id in content["ids"]),
            tuple(content["columns"]),
        )


def exported_fields(resource: Resource[Any], columns: Sequence[str] = ()) -> list[ExchangeField]:
    """The fields of these keys, all that are exported without ``columns``, in the declaration's order."""
    return [each for each in resource.exchange if each.exported and (not columns or each.key in columns)]


def list_state(session: ActorSession, resource: Resource[Any], args: Args | Sequence[tuple[str, str]]) -> ListState:
    """The list's state. DomainError where a filter cannot be read: left out, it would widen the export."""
    state = read_state(resource, MultiDict(args), session)
    if state.notices:
        raise DomainError.of("bad_filter", state.notices[0])
    return state


def count_rows(session: ActorSession, resource: Resource[Any], selection: Selection) -> int:
    """Exactly how many records the selection has for this user."""
    keep = _kept(session, resource, selection)[1]
    ids = select(resource.model.id).where(*keep).subquery()
    return session.scalar(select(func.count()).select_from(ids)) or 0


def stream_rows(session: ActorSession, resource: Resource[Any], selection: Selection) -> Iterator[list[list[Any]]]:
    """The rows in the list's order, a batch at a time; the memory does not grow with their number."""
    fields = exported_fields(resource, selection.columns)
    state, keep = _kept(session, resource, selection)
    by = resource.ordering(state.sort.attribute)
    statement, at = _statement(resource, fields, by, keep)
    place: Cursor | None = None
    while True:
        found: list[Any] = []
        for stretch in segments(by, descending=state.sort.descending, at=place):
            if len(found) < BATCH:
                part = statement.where(stretch.criterion).order_by(*stretch.order).limit(BATCH - len(found))
                found += session.execute(part)
        if found:
            yield _rows(session, fields, at, found)
        if len(found) < BATCH:
            return
        place = Cursor(found[-1].sort_value, found[-1].sort_id, 0)


def open_writer(resource: Resource[Any], selection: Selection, file: Path | BinaryIO) -> SheetWriter:
    """A workbook with the columns of the selection, titled in the language of the moment."""
    from core.exchange.writer import SheetWriter

    columns = [each.column for each in exported_fields(resource, selection.columns)]
    return SheetWriter(file, columns, title=str(resource.title))


def start_export(session: ActorSession, resource: Resource[Any], selection: Selection) -> Export:
    """Have the workbook made by a job; it lies ready for this user for 24 hours."""
    export = Export(
        id=uuid7(),
        user_id=session.actor.user_id,
        resource=resource.full_name,
        file_name=export_name(resource),
        expires_at=now() + EXPORT_LIFE,
    )
    session.add(export)
    session.flush()
    job = enqueue(session, "core.write_export", export_id=str(export.id), selection=selection.as_json())
    job.title = f"{job.title}: {resource.title}"[:200]
    export.job_id = job.id
    session.flush()
    return export


def export_name(resource: Resource[Any]) -> str:
    """``khach-hang-2026-11-21.xlsx``"""
    name = "-".join(fold(str(resource.title)).split()) or resource.name
    return f"{name}-{local_today():%Y-%m-%d}.xlsx"


def record_export(session: ActorSession, resource: Resource[Any], selection: Selection, rows: int) -> None:
    """Put the export on record: what was asked for, and how many rows left the house (SYS-10)."""
    what: dict[str, Any] = {
        "rows": rows,
        "columns": [each.key for each in exported_fields(resource, selection.columns)],
    }
    what |= {"ticked": len(selection.ids)} if selection.ids else {"filter": dict(selection.args)}
    record(session, "export", entity=resource.entity, changes={key: [None, value] for key, value in what.items()})


def _kept(
    session: ActorSession, resource: Resource[Any], selection: Selection
) -> tuple[ListState, list[ColumnElement[bool]]]:
    if selection.ids:
        state = list_state(session, resource, [])
        return state, [resource.model.id.in_(selection.ids), *resource.restrict(session)]
    state = list_state(session, resource, selection.args)
    return state, criteria(resource, state, session)


def _statement(
    resource: Resource[Any], fields: Sequence[ExchangeField], by: Ordering, keep: Sequence[ColumnElement[bool]]
) -> tuple[Select[Any], dict[str, int]]:
    """The query of the columns that are read by path, and where each stands in a row."""
    paths = Paths(resource.model)
    read = [each for each in fields if each.load is None]
    expressions = [paths.column(each.export_path).label(f"c{index}") for index, each in enumerate(read)]
    extra = [by.id.label("sort_id"), by.value.label("sort_value")]
    statement = paths.join(select(*expressions, *extra).select_from(resource.model))
    return by.join(statement).where(*keep), {each.key: index for index, each in enumerate(read)}


def _rows(
    session: ActorSession, fields: Sequence[ExchangeField], at: Mapping[str, int], found: Sequence[Any]
) -> list[list[Any]]:
    ids = [row.sort_id for row in found]
    loaded = {each.key: each.load(session, ids) for each in fields if each.load is not None}
    return [
        [each.shown(loaded[each.key].get(row.sort_id) if each.key in loaded else row[at[each.key]]) for each in fields]
        for row in found
    ]
