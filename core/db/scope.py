"""The scope: what one actor may reach, added to every ORM statement of the session.

Tenant, "not deleted" and the model's visibility rule become one plain criterion per class (a callable rule would be
evaluated by SQLAlchemy with bind wrappers, and comparisons in it silently go wrong). Only models that occur in a statement
get their criterion: forty criteria on every statement cost close to a millisecond.

The tenant is a parameter that each execution brings along; one that came without it would fail. So the criteria of whoever
sees all of a model are the same for every tenant, and a statement that is kept and executed again is scoped once for all of
them, and once for each actor who sees a part: a visibility rule says the same for equal actors.

What loader criteria cannot scope is refused: Core statements on tenant tables, text, bulk UPDATE by primary key. An INSERT is
stamped with the tenant and refused where it names another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    FromClause,
    Table,
    TextClause,
    TextualSelect,
    Uuid,
    and_,
    bindparam,
)
from sqlalchemy.orm import Mapper, ORMExecuteState
from sqlalchemy.orm.context import FromStatement
from sqlalchemy.orm.util import LoaderCriteriaOption

from core.db.actor import Actor
from core.db.base import Model, TenantModel
from core.db.ids import uuid7
from core.db.mixins import Audited, Searchable, SoftDelete, Versioned

Criterion = ColumnElement[bool]


KERNEL_BULK = object()
"""The mark of ``core.db.bulk``, which keeps by itself what the flush keeps. An object, so that nobody can spell it."""

KERNEL_RULE = object()
"""The mark of a criterion that :func:`visibility` returned: what a rule reads needs no scope of its own."""

RULE = "banyan_rule"
"""The annotation that bears it."""


class ScopeError(RuntimeError):
    """A statement that the scope cannot hold: a programming error, never a user's."""


class ScopeCriteria(LoaderCriteriaOption):
    """Loader criteria that stand on an alias where the alias is what is joined.

    SQLAlchemy 2.1 leaves them on the model's own table when an alias is joined by an ON clause of one's own
    (``join(alias, alias.id == …)``): the alias would go without scope, on SQLite across tenants.
    """

    __slots__ = ()
    _traverse_internals = LoaderCriteriaOption._traverse_internals  # else each statement is compiled anew

    @classmethod
    def of(cls, model: type[TenantModel], tenant: Any, with_deleted: bool, rule: Criterion | None) -> ScopeCriteria:
        """Rows of the tenant, without the deleted ones, as far as the visibility rule goes."""
        parts: list[Criterion] = [model.tenant_id == tenant]
        if issubclass(model, SoftDelete) and not with_deleted:
            parts.append(model.deleted_at.is_(None))
        if rule is not None:
            parts.append(rule)
        return cls(model, and_(*parts), include_aliases=True)

    def _resolve_where_criteria(self, ext_info: Any) -> ColumnElement[bool]:
        criteria = super()._resolve_where_criteria(ext_info)
        if not ext_info.is_aliased_class:
            return criteria
        adapted: ColumnElement[bool] = ext_info._adapter.traverse(criteria)
        return adapted


TENANT = "banyan_tenant"
"""The parameter that bears the tenant's id in every scoped SELECT."""

_tenant: BindParameter[UUID] = bindparam(TENANT, type_=Uuid())


@dataclass(frozen=True, slots=True)
class Known:
    """What was found out about a statement: its models, and itself scoped, under what the scope follows from."""

    models: frozenset[type[TenantModel]]
    scoped: dict[tuple[bool, Actor | None], Any] = field(default_factory=dict)


_known: WeakKeyDictionary[Any, Known] = WeakKeyDictionary()
"""By the statement itself, for as long as somebody keeps it."""


KEPT_RULES = 2_000
"""Visibility rules that are kept: some thirty for each of the people who are at work."""

KEPT_ACTORS = 50
"""Actors for whom one statement is kept as it is scoped for them."""


@lru_cache(maxsize=KEPT_RULES)
def _ruled(model: type[TenantModel], actor: Actor, with_deleted: bool) -> ScopeCriteria | None:
    """What restricts ``model`` by its visibility rule; None where ``actor`` sees all of his tenant's."""
    rule = None if actor.is_system else model.visible_to(actor)
    return None if rule is None else ScopeCriteria.of(model, _tenant, with_deleted, rule)


@cache
def _of_whole_tenant(model: type[TenantModel], with_deleted: bool) -> ScopeCriteria:
    """What restricts ``model`` for whoever sees all of it, in any tenant."""
    return ScopeCriteria.of(model, _tenant, with_deleted, None)


class Scope:
    """The criteria of one actor. Lives as long as its session."""

    def __init__(self, actor: Actor, *, with_deleted: bool = False) -> None:
        self.actor = actor
        self.with_deleted = with_deleted
        self._options: dict[tuple[type[TenantModel], bool], ScopeCriteria] = {}
        self._has_rule_for: set[type[TenantModel]] = set()

    def apply(self, state: ORMExecuteState) -> None:
        """Scope one execution of the session, or refuse it."""
        if state.is_insert:
            self._stamp_insert(state)
            return
        if state.is_select and self.actor.tenant_id is not None:
            given: Any = state.parameters or {}
            state.parameters = {**given, TENANT: self.actor.tenant_id}
        if state.is_column_load:
            return
        if state.is_relationship_load:
            models = {mapper.class_ for mapper in state.all_mappers if issubclass(mapper.class_, TenantModel)}
            state.statement = _with(state.statement, [self._option(model) for model in models])
        elif state.is_select:
            state.statement = self._scoped(state)
        elif state.is_update or state.is_delete:
            models = _models_of(state)
            self._check_bulk(state)
            state.statement = _with(state.statement, [self._option(model, reads=False) for model in models])
        else:
            raise ScopeError("only SELECT, INSERT, UPDATE and DELETE on models can be scoped")

    def _scoped(self, state: ORMExecuteState) -> Any:
        statement = state.statement
        known = _known.get(statement)
        if known is None:
            known = _known[statement] = Known(frozenset(_models_of(state)))
        options = [self._option(model) for model in known.models]
        key = (self.with_deleted, None if self._has_rule_for.isdisjoint(known.models) else self.actor)
        if key not in known.scoped:
            if len(known.scoped) > KEPT_ACTORS:
                known.scoped.clear()
            known.scoped[key] = _with(statement, options)
        return known.scoped[key]

    def _option(self, model: type[TenantModel], *, reads: bool = True) -> ScopeCriteria:
        """What restricts ``model`` for this actor, in statements that read or in those that write."""
        if self.actor.tenant_id is None:
            raise ScopeError(f"the platform has no tenant, so it cannot read {model.__name__}")
        if (model, reads) not in self._options:
            self._options[model, reads] = self._make_option(model, reads)
        return self._options[model, reads]

    def _make_option(self, model: type[TenantModel], reads: bool) -> ScopeCriteria:
        if not reads:  # SQLAlchemy evaluates these in Python as well, where it knows no parameters
            rule = None if self.actor.is_system else model.visible_to(self.actor)
            return ScopeCriteria.of(model, self.actor.tenant_id, self.with_deleted, rule)
        ruled = _ruled(model, self.actor, self.with_deleted)
        if ruled is None:
            return _of_whole_tenant(model, self.with_deleted)
        self._has_rule_for.add(model)
        return ruled

    def _check_bulk(self, state: ORMExecuteState) -> None:
        """Refuse what would pass by the flush, where audit, versions, folded text and soft deletion are kept."""
        if state.execution_options.get("banyan_bulk") is KERNEL_BULK:
            return
        mapper = state.bind_mapper
        if isinstance(state.parameters, list) or (state.parameters and state.is_update):
            raise ScopeError("UPDATE by primary key is not scoped; use where(), or core.db.bulk.bulk_update")
        if mapper and issubclass(mapper.class_, (Audited, SoftDelete, Versioned, Searchable)):
            raise ScopeError(f"{mapper.class_.__name__} is kept at the flush: change its objects, or use core.db.bulk")
        values = getattr(state.statement, "_values", None) or {}
        if {getattr(column, "key", column) for column in values} & {"tenant_id", "id"}:
            raise ScopeError("a row's tenant and id never change")

    def _stamp_insert(self, state: ORMExecuteState) -> None:
        mapper = state.bind_mapper
        if mapper is None or not state.is_orm_statement:
            raise ScopeError("INSERT into the model, not into its table")
        if not issubclass(mapper.class_, TenantModel):
            return
        if issubclass(mapper.class_, (Audited, SoftDelete, Versioned, Searchable)):
            raise ScopeError(f"{mapper.class_.__name__} is kept at the flush: session.add its objects")
        if self.actor.tenant_id is None:
            raise ScopeError(f"the platform has no tenant, so it cannot write {mapper.class_.__name__}")
        rows = state.parameters
        if not rows:
            raise ScopeError("INSERT needs its rows as parameters: session.execute(insert(Model), [{…}])")
        for row in rows if isinstance(rows, list) else [rows]:
            _stamp(row, self.actor.tenant_id)


def _models_of(state: ORMExecuteState) -> set[type[TenantModel]]:
    models = models_in(state.statement)
    if models and not state.is_orm_statement:
        raise ScopeError("this statement is not led by a model, so it cannot be scoped: select from the model")
    return models


def _with(statement: Any, options: list[ScopeCriteria]) -> Any:
    new = [option for option in options if option not in statement._with_options]
    return statement.options(*new) if new else statement


def _stamp(row: Any, tenant_id: UUID) -> None:
    if row.setdefault("tenant_id", tenant_id) != tenant_id:
        raise ScopeError("the row names another tenant")
    row.setdefault("id", uuid7())


def visibility(model: type[TenantModel], actor: Actor) -> Criterion | None:
    """The visibility rule of ``model`` for somebody else, to ask in the system's session what he may see; None for all."""
    rule = model.visible_to(actor)
    return None if rule is None else rule._annotate({RULE: KERNEL_RULE})


def models_in(statement: Any) -> set[type[TenantModel]]:
    """The tenant models of a statement, its subqueries and its eager-loading paths.

    Raises ScopeError for text and for tables or columns that came past a model: criteria attach to models alone.
    """
    models: set[type[TenantModel]] = set()
    known: set[Any] = set()
    bare: set[FromClause] = set()
    for element in _elements(statement):
        if isinstance(element, TextClause | TextualSelect | FromStatement):
            raise ScopeError("text() cannot be scoped; write an ORM statement")
        entity = getattr(element, "_annotations", {}).get("parententity")
        if entity is not None:
            known.update((entity.selectable, *entity.mapper.tables))
            _add(models, entity.mapper)
        elif isinstance(element, FromClause | Column):
            source = element.table if isinstance(element, Column) else element
            if isinstance(getattr(source, "element", source), Table):
                bare.add(source)
    for loader in statement._with_options:
        for part in getattr(loader, "context", ()):
            for step in getattr(getattr(part, "path", None), "path", ()):
                if isinstance(step, Mapper) or hasattr(step, "mapper"):
                    _add(models, step.mapper)
    for source in bare - known:
        table: Any = getattr(source, "element", source)
        if is_tenant_table(table):
            raise ScopeError(f"{source} comes past its model and cannot be scoped; select the model")
    return models


def _elements(statement: Any) -> Iterator[Any]:
    """The statement's parts, without what a visibility rule is made of."""
    waiting = [statement]
    while waiting:
        element = waiting.pop()
        if getattr(element, "_annotations", {}).get(RULE) is not KERNEL_RULE:
            yield element
            waiting.extend(element.get_children())


def _add(models: set[type[TenantModel]], mapper: Mapper[Any]) -> None:
    if issubclass(mapper.class_, TenantModel):
        models.add(mapper.class_)


def is_tenant_table(table: Table) -> bool:
    """Whether the table's rows belong to tenants."""
    return table.metadata is Model.metadata and "tenant_id" in table.primary_key.columns
