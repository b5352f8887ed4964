"""A resource as one tenant has it: with its custom fields in list, filters, form, page and workbooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_
from sqlalchemy.orm import aliased

from core.db.session import ActorSession
from core.exchange.fields import ExchangeField, ImportOptions
from core.i18n import translator
from core.resources.columns import Column, Fact
from core.resources.custom_fields.definitions import Definition
from core.resources.custom_fields.types import offered, type_of
from core.resources.custom_fields.values import attach_values, load_values, name_of_user, set_values
from core.resources.paging import Ordering

if TYPE_CHECKING:
    from core.resources.base import Resource

    Base = Resource[Any]
else:
    Base = object

_ = translator(__name__)

SORTED_BY = {"text": "key"}
"""Where the order of a value lies in another column than the value."""


class WithCustomFields(Base):
    """Comes before the declared class: its verbs do what they did, and the custom fields with it."""

    custom: tuple[Definition, ...]

    def find(self, session: ActorSession, id: UUID, *options: Any) -> Any:
        record = super().find(session, id, *options)
        attach_values(session, [record], self.custom)
        return record

    def make_form(self, session: ActorSession, record: Any, *, sent: Any = True) -> Any:
        if record is not None and not hasattr(record, self.custom[-1].name):
            attach_values(session, [record], self.custom)
        form = super().make_form(session, record, sent=sent)
        for field in self.custom:
            if type_of(field).has_choices and record is not None:
                form[field.name].offer(offered(field, getattr(record, field.name)))
        return form

    def form_groups(self, form: Any) -> Sequence[tuple[object, Sequence[str]]]:
        ours = {field.name for field in self.custom}
        return [(title, [name for name in names if name not in ours]) for title, names in super().form_groups(form)]

    def custom_groups(self, form: Any) -> Sequence[tuple[object, Sequence[str]]]:
        groups: dict[str, list[str]] = {}
        for field in self.custom:
            groups.setdefault(field.section, []).append(field.name)
        return [(title or _("Further information"), names) for title, names in groups.items()]

    def create(self, session: ActorSession, form: Any) -> Any:
        record = super().create(session, form)
        set_values(session, record, self.custom, self._values_in(form))
        return record

    def update(self, session: ActorSession, record: Any, form: Any) -> None:
        set_values(session, record, self.custom, self._values_in(form))  # first: one flush writes both
        super().update(session, record, form)

    def import_row(
        self, session: ActorSession, values: Mapping[str, Any], *, existing: Any, options: ImportOptions
    ) -> Any:
        record = super().import_row(session, values, existing=existing, options=options)
        started = {} if existing is not None else {field.name: type_of(field).default(field) for field in self.custom}
        set_values(session, record, self.custom, {**started, **values})  # through the form they are the same already
        return record

    def ordering(self, attribute: str) -> Ordering:
        field = next((field for field in self.custom if field.name == attribute), None)
        if field is None:
            return super().ordering(attribute)
        model, values = self.model, self.model.__field_values__
        column = SORTED_BY.get(type_of(field).column, type_of(field).column)

        def join(statement: Select[Any]) -> Select[Any]:
            return statement.outerjoin(values, and_(*_rows_of(model, field, values)))

        return Ordering(getattr(values, column), model.id, True, values.record_id, join)

    def _values_in(self, form: Any) -> dict[str, Any]:
        return {field.name: form[field.name].data for field in self.custom if field.name in form}


@lru_cache(maxsize=1_000)
def tailored(declared: Resource[Any], fields: tuple[Definition, ...]) -> Resource[Any]:
    """``declared`` with these fields."""
    cls, model = type(declared), declared.model
    content: dict[str, Any] = {
        "__module__": cls.__module__,
        "custom": fields,
        "columns": (*declared.columns, *(_column(model, field) for field in fields)),
        "filters": (*declared.filters, *filter(None, (type_of(field).make_filter(model, field) for field in fields))),
        "facts": (*declared.facts, *map(_fact, fields)),
    }
    if declared.form is not None:
        controls = {field.name: type_of(field).form_field(field) for field in fields}
        content["form"] = type(declared.form.__name__, (declared.form,), controls)
    if declared.exchange:
        content["exchange"] = (*declared.exchange, *_exchange_fields(model, fields))
    made: type[Resource[Any]] = type(cls.__name__, (WithCustomFields, cls), content)
    return made(declared.addon)


def _rows_of(model: Any, field: Definition, values: Any) -> list[ColumnElement[bool]]:
    """What finds the field's rows, among ``values``, of the record that a statement is at."""
    first = [] if type_of(field).is_several else [values.position == 0]
    return [values.tenant_id == model.tenant_id, values.record_id == model.id, values.field_id == field.id, *first]


def _column(model: Any, field: Definition) -> Column:
    kind, values = type_of(field), aliased(model.__field_values__)
    expression = kind.expression(values, _rows_of(model, field, values))
    return Column(
        field.name,
        field.label,
        kind=kind.kind,
        labels=kind.labels(field),
        sort=kind.is_sortable,
        wide="xl",
        optional=not field.in_list,
        expression=lambda session: expression,
    )


def _fact(field: Definition) -> Fact:
    kind = type_of(field)
    path = name_of_user(field.name) if kind.kind == "person" else field.name
    return Fact(path, field.label, kind=kind.kind, labels=kind.labels(field))


def _exchange_fields(model: Any, fields: Sequence[Definition]) -> list[ExchangeField]:
    batch = _Batch(model, fields)
    return [type_of(field).exchange_field(field, load=batch.reader(field)) for field in fields]


class _Batch:
    """The values of a batch of exported records, read in one statement for all fields."""

    def __init__(self, model: Any, fields: Sequence[Definition]) -> None:
        self._model, self._fields = model, fields

    def reader(self, field: Definition) -> Callable[[ActorSession, Sequence[UUID]], dict[UUID, Any]]:
        def load(session: ActorSession, ids: Sequence[UUID]) -> dict[UUID, Any]:
            found = self._values(session, ids)
            return {
                id: type_of(field).exported(field, each.value, each.username)
                for id, values in found.items()
                if (each := values.get(field.name)) is not None
            }

        return load

    def _values(self, session: ActorSession, ids: Sequence[UUID]) -> Any:
        known = session.info.get("custom_values")
        if known is None or known[0] is not ids:
            known = session.info["custom_values"] = (ids, load_values(session, self._model, ids, self._fields))
        return known[1]
