"""What the mixins promise, kept at every flush: stamps, folded text, sort keys, versions, codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.orm.base import PassiveFlag

from core.clock import now
from core.db.base import Model, TenantModel
from core.db.mixins import Numbered, Searchable, SoftDelete, Sortable, Stamped
from core.db.numbers import reserve_numbers, taken_values
from core.db.scope import ScopeError
from core.db.session import ActorSession
from core.errors import NotFound
from core.i18n import translator
from core.settings import setting
from core.text import fold, sort_key

_ = translator(__name__)


@event.listens_for(ActorSession, "before_flush", insert=True)  # before the audit trail, which tells the code too
def prepare(session: ActorSession, flush_context: object, instances: object) -> None:
    """Fill the kernel's columns of every row about to be written."""
    _check_rows(session)
    unnumbered: dict[type[Any], list[Any]] = {}
    for row in session.new:
        if isinstance(row, Numbered) and not getattr(row, row.__number__.column):
            unnumbered.setdefault(type(row), []).append(row)
        _stamp(session, row, is_new=True)
        _derive(session, row)
    for model, rows in unnumbered.items():
        _number(session, model, rows)
    for row in session.dirty:
        if session.is_modified(row):
            _stamp(session, row, is_new=False)
            _derive(session, row)


def _check_rows(session: ActorSession) -> None:
    """Refuse a changed key, and a link to a row that the actor may not see: writing it would be reading it."""
    wanted: dict[str, set[UUID]] = {}
    for row in session.new:
        for key, target in _links_of(row.__class__):
            if (id := row.__dict__.get(key)) is not None:
                wanted.setdefault(target, set()).add(id)
    for row in session.dirty:
        state = inspect(row)
        if not isinstance(row, TenantModel):
            continue
        if (row.tenant_id, row.id) != state.identity:
            raise ScopeError("a row's tenant and id never change")
        for key, target in _links_of(row.__class__):
            added = state.get_history(key, PassiveFlag.PASSIVE_NO_INITIALIZE).added
            if added and added[0] is not None:
                wanted.setdefault(target, set()).add(added[0])
    if not session.actor.is_system:
        for target, ids in wanted.items():
            _check_links(session, target, ids)


@cache
def _links_of(model: type[Any]) -> tuple[tuple[str, str], ...]:
    """The columns that point at rows which the actor must see, each with the table that it points at."""
    if not issubclass(model, TenantModel):
        return ()
    columns = model.__table__.columns
    return tuple((each.key, each.info["link"]) for each in columns if "link" in each.info and not each.info["unseen"])


def check_links(session: ActorSession, model: Any, rows: Iterable[Mapping[str, Any]]) -> None:
    """Refuse rows (attribute → value) with a link that the actor may not see; NotFound. The system links what it likes."""
    if session.actor.is_system:
        return
    wanted: dict[str, set[UUID]] = {}
    for row in rows:
        for key, target in _links_of(model):
            if row.get(key) is not None:
                wanted.setdefault(target, set()).add(row[key])
    for target, ids in wanted.items():
        _check_links(session, target, ids)


@event.listens_for(ActorSession, "do_orm_execute")
def _check_inserted_links(state: ORMExecuteState) -> None:
    if state.is_insert and state.bind_mapper is not None and state.parameters:
        rows: Any = state.parameters if isinstance(state.parameters, list) else [state.parameters]
        check_links(cast(ActorSession, state.session), state.bind_mapper.class_, rows)


def _check_links(session: ActorSession, target: str, ids: set[UUID]) -> None:
    model = model_of_table(target)
    if model.visible_to.__func__ is TenantModel.visible_to.__func__ and not issubclass(model, SoftDelete):  # type: ignore[attr-defined]
        return  # the foreign key suffices
    missing = ids - {row.id for row in session.new if isinstance(row, model)}
    with session.no_autoflush:
        missing -= set(session.scalars(select(model.id).where(model.id.in_(missing)))) if missing else set()
    if missing:
        raise NotFound.of("unknown_link", _("A chosen record does not exist any more, or you may not see it."))


@cache
def model_of_table(name: str) -> type[TenantModel]:
    """The model whose rows are in the table ``name``."""
    return next(mapper.class_ for mapper in Model.registry.mappers if mapper.local_table.name == name)  # type: ignore[attr-defined]


def _stamp(session: ActorSession, row: Any, *, is_new: bool) -> None:
    if not isinstance(row, Stamped):
        return
    moment, user = now(), session.actor.user_id
    if is_new:
        row.created_at = row.created_at or moment
        row.created_by_id = row.created_by_id or user
    row.updated_at = moment
    row.updated_by_id = user


def _derive(session: ActorSession, row: Any) -> None:
    if isinstance(row, Sortable):
        by = row.__sort_by__ or setting("core.name_order", session=session)
        row.sort_name = sort_key(getattr(row, row.__sort__) or "", by=by)
    if isinstance(row, Searchable):
        row.search_text = fold(" ".join(row.search_terms()))


def _number(session: ActorSession, model: type[Any], rows: list[Any]) -> None:
    """Give the rows the next free codes; a code somebody typed earlier is stepped over, deleted rows included."""
    numbering = model.__number__
    prefix = setting(numbering.prefix_setting, session=session) if numbering.prefix_setting else numbering.prefix
    digits = setting(numbering.digits_setting, session=session) if numbering.digits_setting else numbering.digits
    column = model.__table__.c[numbering.column]
    typed = {getattr(row, numbering.column) for row in session.new if type(row) is model}
    waiting = list(rows)
    while waiting:
        first = reserve_numbers(session, f"{model.__tablename__}.{numbering.column}", len(waiting))
        codes = [f"{prefix}{number:0{digits}d}" for number in range(first, first + len(waiting))]
        taken = typed | taken_values(session, column, codes)
        for code in codes:
            if code not in taken:
                row = waiting.pop(0)
                setattr(row, numbering.column, code)
                if isinstance(row, Searchable):
                    row.search_text = fold(" ".join(row.search_terms()))
