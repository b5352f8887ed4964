"""The types of custom fields: how a value lies in rows, what asks for it, and how lists, filters and workbooks take it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, func, select, type_coerce
from sqlalchemy.orm import aliased

from core.access.models import User
from core.db.session import ActorSession
from core.db.types import Scaled
from core.decimals import PLACES, format_decimal
from core.exchange.fields import ExchangeField, FieldKind, Lookup
from core.exchange.values import parse_multi
from core.i18n import translator
from core.resources.custom_fields import filters
from core.resources.custom_fields.definitions import ChoiceLabels, Definition
from core.resources.filters import Filter
from core.text import sort_key
from core.web.forms import (
    BooleanField,
    ChoiceField,
    ChoicesField,
    DateField,
    DecimalField,
    IntegerField,
    Length,
    MoneyField,
    NumberRange,
    Optional,
    Required,
    StringField,
    TextAreaField,
    UserField,
)

_ = translator(__name__)

TEXT_LENGTH, LONG_LENGTH = 200, 10_000
"""Characters of a text and of a long text."""

LARGEST = 10**15
"""Beyond it Excel and JavaScript no longer tell neighbouring whole numbers apart."""

Row = Mapping[str, Any]


class FieldType:
    """A type. ``column`` is the one of :class:`FieldValue` that holds it; ``kind`` how lists and pages show it.

    The value is what the form's field has as ``data``; nothing is None, ``""``, False or an empty list.
    """

    key: ClassVar[str]
    title: ClassVar[object]
    column: ClassVar[str]
    kind: ClassVar[str]
    exchange_kind: ClassVar[FieldKind] = "text"
    is_sortable: ClassVar[bool] = False
    has_choices: ClassVar[bool] = False
    is_several: ClassVar[bool] = False
    has_default: ClassVar[bool] = True
    control: ClassVar[type[Any]] = StringField
    filter: ClassVar[type[filters.ValueFilter] | None] = None

    def rows(self, value: Any) -> list[dict[str, Any]]:
        """The columns of each row that ``value`` takes."""
        return [{self.column: value}]

    def value(self, rows: Sequence[Row]) -> Any:
        """The opposite of :meth:`rows`; None for no rows."""
        return rows[0][self.column] if rows else None

    def told(self, field: Definition, value: Any, names: Callable[[Any], str]) -> Any:
        """The value as the record of changes keeps it, in the tenant's own language; ``names`` gives a user's."""
        return value

    def form_field(self, field: Definition) -> Any:
        """The control of the form."""
        asked = [Required() if field.is_required else Optional(), *self.validators()]
        return self.control(field.label, asked, description=field.help, **self.options(field))

    def validators(self) -> list[Any]:
        return []

    def options(self, field: Definition) -> dict[str, Any]:
        """What the control is given besides: its default, its choices."""
        default = self.default(field)
        return {} if default is None else {"default": default}

    def default(self, field: Definition) -> Any:
        """The value that a new record begins with; None for nothing."""
        return self.exchange_field(field).read(field.default) if field.default and self.has_default else None

    def exchange_field(self, field: Definition, **options: Any) -> ExchangeField:
        """The column of a workbook."""
        return ExchangeField(
            field.name,
            field.label,
            kind=self.exchange_kind,
            aliases=(field.label_vi, field.label_en) if field.label_en else (),
            required=field.is_required,
            help=field.help,
            **options,
        )

    def exported(self, field: Definition, value: Any, username: str | None) -> Any:
        """The value as an export writes it; ``username`` belongs to a link to a user."""
        return value

    def labels(self, field: Definition) -> Mapping[Any, object]:
        """The texts of stored values, where they are keys."""
        return {}

    def expression(self, values: Any, mine: Sequence[ColumnElement[bool]]) -> ColumnElement[Any]:
        """The value as a column of a statement on the records; ``mine`` finds its rows among ``values``, an alias."""
        return select(getattr(values, self.column)).where(*mine).scalar_subquery()

    def make_filter(self, model: type[Any], field: Definition) -> Filter | None:
        """The filter of the list."""
        if self.filter is None:
            return None
        values = aliased(model.__field_values__)
        asked = {"model": model, "values": values, "field_id": field.id, **self.filter_options(field)}
        return self.filter(field.name, field.label, getattr(values, self.column), **asked)

    def filter_options(self, field: Definition) -> dict[str, Any]:
        return {}


class TextType(FieldType):
    key = "text"
    title = _("Text")
    column = "text"
    kind = "text"
    is_sortable = True
    filter = filters.ValueTextFilter

    def rows(self, value: str) -> list[dict[str, Any]]:
        return [{"text": value, "key": sort_key(value, by="full")}]

    def validators(self) -> list[Any]:
        return [Length(max=TEXT_LENGTH)]

    def exchange_field(self, field: Definition, **options: Any) -> ExchangeField:
        return super().exchange_field(field, max_length=TEXT_LENGTH, **options)


class LongTextType(FieldType):
    key = "long_text"
    title = _("Long text")
    column = "text"
    kind = "text"
    control = TextAreaField

    def validators(self) -> list[Any]:
        return [Length(max=LONG_LENGTH)]

    def exchange_field(self, field: Definition, **options: Any) -> ExchangeField:
        return super().exchange_field(field, max_length=LONG_LENGTH, multiline=True, **options)


class IntegerType(FieldType):
    key = "integer"
    title = _("Whole number")
    column = "number"
    kind = "number"
    exchange_kind: ClassVar[FieldKind] = "integer"
    is_sortable = True
    control = IntegerField
    filter = filters.ValueNumberFilter

    def validators(self) -> list[Any]:
        return [NumberRange(-LARGEST, LARGEST)]


class MoneyType(IntegerType):
    key = "money"
    title = _("Amount in đồng")
    kind = "money"
    exchange_kind = "money"
    control = MoneyField

    def filter_options(self, field: Definition) -> dict[str, Any]:
        return {"money": True}


class DecimalType(FieldType):
    key = "decimal"
    title = _("Number with decimals")
    column = "number"
    kind = "number"
    exchange_kind = "decimal"
    is_sortable = True
    control = DecimalField
    filter = filters.ValueDecimalFilter

    def rows(self, value: Decimal) -> list[dict[str, Any]]:
        return [{"number": int(value.scaleb(PLACES))}]

    def value(self, rows: Sequence[Row]) -> Any:
        return Decimal(rows[0]["number"]).scaleb(-PLACES) if rows else None

    def told(self, field: Definition, value: Any, names: Callable[[Any], str]) -> Any:
        return format_decimal(value)

    def expression(self, values: Any, mine: Sequence[ColumnElement[bool]]) -> ColumnElement[Any]:
        return type_coerce(super().expression(values, mine), Scaled())


class DateType(FieldType):
    key = "date"
    title = _("Date")
    column = "day"
    kind = "date"
    exchange_kind = "date"
    is_sortable = True
    control = DateField
    filter = filters.ValuePeriodFilter

    def told(self, field: Definition, value: Any, names: Callable[[Any], str]) -> Any:
        return value.isoformat()


class BooleanType(FieldType):
    """Yes, or nothing said."""

    key = "boolean"
    title = _("Yes or no")
    column = "number"
    kind = "boolean"
    exchange_kind = "boolean"
    control = BooleanField
    filter = filters.ValueBooleanFilter

    def rows(self, value: bool) -> list[dict[str, Any]]:
        return [{"number": 1}]

    def value(self, rows: Sequence[Row]) -> Any:
        return bool(rows) or None


class ChoiceType(FieldType):
    key = "choice"
    title = _("One of several choices")
    column = "key"
    kind = "flat"
    has_choices = True
    control = ChoiceField
    filter = filters.ValueChoiceFilter

    def told(self, field: Definition, value: Any, names: Callable[[Any], str]) -> Any:
        return next((choice.vi for choice in field.choices if choice.key == value), value)

    def options(self, field: Definition) -> dict[str, Any]:
        return {**super().options(field), "choices": offered(field, None), "blank": "—"}

    def exchange_field(self, field: Definition, **options: Any) -> ExchangeField:
        labels = {choice.key: choice.label for choice in field.choices}
        return super().exchange_field(field, choices=labels, **options)

    def labels(self, field: Definition) -> Mapping[Any, object]:
        return ChoiceLabels(field.choices)

    def filter_options(self, field: Definition) -> dict[str, Any]:
        options = [(choice.key, choice.label) for choice in field.choices]
        return {"options": options, "several": True, "empty": _("Without a value")}


class ChoicesType(ChoiceType):
    key = "choices"
    title = _("Several of the choices")
    kind = "text"
    is_several = True
    control = ChoicesField

    def rows(self, value: Sequence[str]) -> list[dict[str, Any]]:
        return [{"key": each} for each in value]

    def value(self, rows: Sequence[Row]) -> Any:
        return [row["key"] for row in rows] or None

    def told(self, field: Definition, value: Any, names: Callable[[Any], str]) -> Any:
        return [choice.vi for choice in field.choices if choice.key in value]

    def options(self, field: Definition) -> dict[str, Any]:
        return {**FieldType.options(self, field), "choices": offered(field, None)}

    def exchange_field(self, field: Definition, **options: Any) -> ExchangeField:
        labels = {choice.key: choice.label for choice in field.choices}
        return FieldType.exchange_field(self, field, parse=lambda cell: parse_multi(cell, labels), **options)

    def exported(self, field: Definition, value: Any, username: str | None) -> Any:
        return self.labels(field)[value]

    def expression(self, values: Any, mine: Sequence[ColumnElement[bool]]) -> ColumnElement[Any]:
        return select(func.aggregate_strings(values.key, ",")).where(*mine).scalar_subquery()


class UserType(FieldType):
    key = "user"
    title = _("Employee")
    column = "user_id"
    kind = "person"
    has_default = False
    control = UserField
    filter = filters.ValueUserFilter

    def told(self, field: Definition, value: Any, names: Callable[[Any], str]) -> Any:
        return names(value)

    def exchange_field(self, field: Definition, **options: Any) -> ExchangeField:
        return super().exchange_field(field, lookup=Lookup(_people), **options)

    def exported(self, field: Definition, value: Any, username: str | None) -> Any:
        return username

    def expression(self, values: Any, mine: Sequence[ColumnElement[bool]]) -> ColumnElement[Any]:
        found = select(User.name).select_from(values).join(User, User.id == values.user_id)
        return found.where(*mine).scalar_subquery()

    def filter_options(self, field: Definition) -> dict[str, Any]:
        return {"empty": _("Nobody")}


def offered(field: Definition, current: Any) -> list[tuple[str, object]]:
    """The choices that a form offers: those in use, and what the record has of the others."""
    has = [current] if isinstance(current, str) else current or []
    return [(choice.key, choice.label) for choice in field.choices if choice.is_offered or choice.key in has]


def _people(session: ActorSession) -> list[tuple[Any, ...]]:
    rows = session.execute(select(User.id, User.username, User.name).where(User.is_active))
    return [tuple(row) for row in rows]


_KNOWN = (
    TextType, LongTextType, IntegerType, MoneyType, DecimalType, DateType, BooleanType, ChoiceType, ChoicesType, UserType,
)  # fmt: skip

TYPES: dict[str, FieldType] = {each.key: each() for each in _KNOWN}


def type_of(field: Definition) -> FieldType:
    """The type of a custom field."""
    return TYPES[field.type]
