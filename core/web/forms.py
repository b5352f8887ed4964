"""Forms: Flask-WTF with the kernel's fields. What was typed stays; what is wrong is told in the reader's language.

CSRF is checked for the whole application (``CSRFProtect``), so that no form can forget it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import wtforms
from flask import current_app, request, url_for
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from sqlalchemy import BigInteger, Integer, String, inspect, select
from sqlalchemy.types import TypeDecorator
from wtforms import BooleanField as BooleanField
from wtforms import FieldList as FieldList
from wtforms import FormField as FormField
from wtforms import IntegerField as IntegerField
from wtforms import RadioField as RadioField
from wtforms import StringField as StringField
from wtforms import TextAreaField as TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired as Required
from wtforms.validators import Length as Length
from wtforms.validators import NumberRange as NumberRange
from wtforms.validators import Optional as Optional
from wtforms.validators import ValidationError as ValidationError

from core.access.models import User
from core.dates import format_date, parse_date, parse_time
from core.db.base import TenantModel
from core.decimals import format_decimal, parse_decimal
from core.errors import DomainError
from core.i18n import TranslatedMeta, translator
from core.kernel import current_session
from core.money import format_money, parse_money
from core.phone import format_phone, parse_phone
from core.text import clean

__all__ = [
    "BooleanField",
    "ChoiceField",
    "ChoicesField",
    "DateField",
    "DecimalField",
    "FieldList",
    "Form",
    "FormField",
    "IntegerField",
    "Length",
    "MoneyField",
    "NumberRange",
    "Optional",
    "PhoneField",
    "RadioField",
    "RecordField",
    "RecordsField",
    "Required",
    "StringField",
    "SubForm",
    "TextAreaField",
    "TimeField",
    "UserField",
    "ValidationError",
    "check_fits",
    "filled_rows",
]

_ = translator(__name__)

INTEGER_BITS, BIGINT_BITS = 32, 64


class _Meta(TranslatedMeta):
    """Cleans every text on its way in: NFC, no NULs and control characters, which PostgreSQL would refuse."""

    def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
        given = unbound_field.kwargs.get("filters", ())
        if issubclass(unbound_field.field_class, wtforms.PasswordField | wtforms.FileField):
            return unbound_field.bind(form=form, **options)
        if issubclass(unbound_field.field_class, wtforms.TextAreaField):
            return unbound_field.bind(form=form, filters=(*given, _clean_lines), **options)
        if issubclass(unbound_field.field_class, wtforms.StringField):
            return unbound_field.bind(form=form, filters=(*given, _clean), **options)
        return unbound_field.bind(form=form, **options)


def _clean(text: Any) -> Any:
    return clean(text) if isinstance(text, str) else text


def _clean_lines(text: Any) -> Any:
    return clean(text, multiline=True) if isinstance(text, str) else text


class Form(FlaskForm):  # type: ignore[misc]
    """The base of every form of a page."""

    class Meta(_Meta, FlaskForm.Meta):  # type: ignore[misc]
        csrf = False

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was sent, unless it is JSON: its lists and mappings would arrive where every field expects texts."""
            if formdata is _Auto and request.is_json:
                return None
            return super().wrap_formdata(form, formdata)

    def refuse(self, error: DomainError) -> None:
        """Put each problem beside its field (``contacts-0-phone`` in a sub-form); those of no field above all of them."""
        for problem in error.problems:
            field = _field_at(self, problem.field)
            if field is not None:
                field.errors = [*field.errors, str(problem)]
            if field is None or field.name not in self:  # the summary names the form's own fields
                self.form_errors.append(str(problem))


class SubForm(wtforms.Form):  # type: ignore[misc]
    """The base of a form inside a form: ``FieldList(FormField(ContactForm))``."""

    class Meta(_Meta, wtforms.Form.Meta):  # type: ignore[misc]
        pass


class _ParsedField(StringField):  # type: ignore[misc]
    """A text that means something else: ``data`` is what it means, what was typed stays in the control."""

    def parse(self, text: str) -> Any:
        """What ``text`` means. DomainError where it means nothing."""
        raise NotImplementedError

    def format(self, value: Any) -> str:
        """``value`` as the control shows it."""
        raise NotImplementedError

    def process_formdata(self, valuelist: list[str]) -> None:
        text = clean(valuelist[0]) if valuelist else ""
        self.data = None
        if text:
            try:
                self.data = self.parse(text)
            except DomainError as error:
                raise ValueError(" ".join(str(problem) for problem in error.problems)) from error

    def _value(self) -> str:
        if self.raw_data:
            return clean(self.raw_data[0])
        return "" if self.data is None else self.format(self.data)


class PhoneField(_ParsedField):
    """A telephone number in any spelling; ``data`` is E.164."""

    def parse(self, text: str) -> str:
        return parse_phone(text).e164

    def format(self, value: str) -> str:
        return format_phone(value)


class MoneyField(_ParsedField):
    """An amount in whole đồng (SYS-17); ``data`` is an int."""

    def parse(self, text: str) -> int:
        return parse_money(text)

    def format(self, value: int) -> str:
        return format_money(value).rpartition(" ")[0]


class TimeField(_ParsedField):
    """A time of day to the minute, of 24 hours; ``data`` is a time. A browser's own control would follow its language."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options["render_kw"] = {"placeholder": "14:30", "inputmode": "numeric", **options.get("render_kw", {})}
        super().__init__(*args, **options)

    def parse(self, text: str) -> time:
        return parse_time(text)

    def format(self, value: time) -> str:
        return f"{value:%H:%M}"

    def _value(self) -> str:
        return self.format(self.data) if self.data is not None else super()._value()


class DecimalField(_ParsedField):
    """A number with a few decimals; ``data`` is a Decimal."""

    def parse(self, text: str) -> Decimal:
        return parse_decimal(text)

    def format(self, value: Decimal) -> str:
        return format_decimal(value)


class DateField(_ParsedField):
    """A day, written dd/mm/yyyy; ``data`` is a date."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options["render_kw"] = {"placeholder": "dd/mm/yyyy", "inputmode": "numeric", **options.get("render_kw", {})}
        super().__init__(*args, **options)

    def parse(self, text: str) -> date:
        return parse_date(text)

    def format(self, value: date) -> str:
        return format_date(value)


Choices = Sequence[tuple[Any, object]] | Callable[[], Iterable[tuple[Any, object]]]


def as_uuid(text: Any) -> UUID | None:
    """``text`` as a UUID; None for nothing. ValueError for what is none."""
    return text if isinstance(text, UUID) else UUID(text) if text else None


class ChoiceField(wtforms.SelectField):  # type: ignore[misc]
    """One of some values. ``choices`` are pairs, or a function without arguments; ``blank`` is the text of "none yet".

    ``coerce`` makes the value of the text (default: itself); ``as_uuid`` for rows of a catalogue.
    """

    ui = "select"

    def __init__(
        self,
        label: object = None,
        validators: Any = None,
        choices: Choices = (),
        *,
        blank: object = "",
        coerce: Callable[[Any], Any] = str,
        **options: Any,
    ) -> None:
        self._offered, self._blank = choices, blank
        super().__init__(label, validators, coerce=_or_none(coerce), choices=self._listed, **options)

    def offer(self, choices: Choices) -> None:
        """Offer other values from now on: what this user may choose, or what the record still has."""
        self._offered = choices
        self.choices = self._listed()

    def _listed(self) -> list[SelectChoice]:
        offered = self._offered() if callable(self._offered) else self._offered
        blank = [SelectChoice("", str(self._blank))] if self._blank else []
        return [*blank, *(SelectChoice("" if value is None else value, str(text)) for value, text in offered)]

    def pre_validate(self, form: Any) -> None:
        if self.data is None and any(choice.value == "" for choice in self._listed()):
            return
        super().pre_validate(form)


def _or_none(coerce: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda text: None if text is None or text == "" else coerce(text)


class ChoicesField(wtforms.SelectMultipleField):  # type: ignore[misc]
    """Any of some values, as ticks. ``choices`` and ``coerce`` as in :class:`ChoiceField`."""

    ui = "checks"

    def __init__(
        self,
        label: object = None,
        validators: Any = None,
        choices: Choices = (),
        *,
        coerce: Callable[[Any], Any] = str,
        **options: Any,
    ) -> None:
        self._offered = choices
        super().__init__(label, validators, coerce=coerce, choices=self._listed, **options)

    def offer(self, choices: Choices) -> None:
        """Offer other values from now on."""
        self._offered = choices
        self.choices = self._listed()

    def _listed(self) -> list[SelectChoice]:
        offered = self._offered() if callable(self._offered) else self._offered
        return [SelectChoice(value, str(text)) for value, text in offered]


class RecordField(wtforms.Field):  # type: ignore[misc]
    """One record, searched on the server; ``data`` is its id, and only one that the user may see is accepted.

    ``endpoint`` answers the options (``customer.customers_pick``), ``title`` is the attribute that names the record.
    Without JavaScript the typed text is searched, and accepted where it names exactly one record.
    """

    ui = "picker"
    data: Any
    widget = wtforms.widgets.TextInput()

    def __init__(
        self,
        label: object = None,
        validators: Any = None,
        *,
        model: type[TenantModel],
        endpoint: str,
        title: str = "name",
        **options: Any,
    ) -> None:
        super().__init__(label, validators, **options)
        self.model, self.endpoint, self.title = model, endpoint, title
        self._typed = ""

    @property
    def url(self) -> str:
        return url_for(self.endpoint) if self.endpoint in current_app.view_functions else ""

    @property
    def text(self) -> str:
        """What the chosen record is called; what was typed where nothing is chosen."""
        return self._names([self.data]).get(self.data, "") if self.data else self._typed

    def process(self, formdata: Any, data: Any = wtforms.utils.unset_value, extra_filters: Any = None) -> None:
        self._typed = clean(formdata.get(f"{self.name}_text", "")) if formdata else ""
        super().process(formdata, data, extra_filters)

    def process_formdata(self, valuelist: list[str]) -> None:
        chosen = [value for value in valuelist if value]
        self.data = None
        if chosen:
            self.data = _record_id(chosen[0])
        elif self._typed:
            self.data = self._only_match()
        self.raw_data = [str(self.data)] if self.data else []

    def pre_validate(self, form: Any) -> None:
        if self.data and not self._names([self.data]):
            self.data = None
            raise ValidationError(str(_("A chosen record does not exist any more, or you may not see it.")))

    def _value(self) -> str:
        return str(self.data) if self.data else ""

    def _only_match(self) -> UUID:
        named = getattr(self.model, self.title)
        found = current_session().scalars(select(self.model.id).where(named == self._typed).limit(2)).all()
        if len(found) != 1:
            raise ValueError(str(_("Choose “%(text)s” from the list.", text=self._typed)))
        return found[0]

    def _names(self, ids: Sequence[UUID]) -> dict[UUID, str]:
        model, name = self.model, getattr(self.model, self.title)
        rows = current_session().execute(select(model.id, name).where(model.id.in_(ids)))
        return {row[0]: row[1] for row in rows}


def _record_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise ValueError(str(_("A chosen record does not exist any more, or you may not see it."))) from error


class RecordsField(RecordField):
    """Several records; ``data`` is the list of their ids."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = list(dict.fromkeys(_record_id(value) for value in valuelist if value))
        self.raw_data = [str(id) for id in self.data]

    def pre_validate(self, form: Any) -> None:
        known = self._names(self.data) if self.data else {}
        if len(known) < len(self.data or ()):
            self.data = [id for id in self.data if id in known]
            raise ValidationError(str(_("A chosen record does not exist any more, or you may not see it.")))

    @property
    def text(self) -> str:
        return self._typed

    @property
    def chosen(self) -> list[tuple[str, str]]:
        known = self._names(self.data) if self.data else {}
        return [(str(id), known.get(id, "")) for id in self.data or ()]

    def _value(self) -> str:
        return ""


class UserField(RecordField):
    """An employee."""

    def __init__(self, label: object = None, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, **{"model": User, "endpoint": "core.people_pick", **options})


def filled_rows(rows: Any) -> list[Any]:
    """The sub-forms of a ``FieldList`` in which something was entered."""
    return [entry.form for entry in rows if any(field.data not in (None, "", False, []) for field in entry.form)]


def check_fits(form: Any, model: type[TenantModel]) -> bool:
    """Add an error to each field whose value the column of the same name cannot hold; whether all fit."""
    columns = inspect(model).columns
    fits = True
    for field in form:
        if field.name in columns and (problem := _misfit(columns[field.name].type, field.data)) is not None:
            field.errors = [*field.errors, str(problem)]
            fits = False
    return fits


def _misfit(type_: Any, value: Any) -> object | None:
    type_ = type_.impl_instance if isinstance(type_, TypeDecorator) else type_
    if isinstance(value, str) and isinstance(type_, String) and type_.length and len(value) > type_.length:
        return _("At most %(max)s characters.", max=type_.length)
    if isinstance(value, int) and isinstance(type_, Integer):
        bits = BIGINT_BITS if isinstance(type_, BigInteger) else INTEGER_BITS
        if not -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
            return _("This number is too large.")
    return None


def _field_at(form: Any, name: str | None) -> Any:
    """The field of this name; None for one without errors of its own (a sub-form as a whole) or an unknown one."""
    if not name:
        return None
    found = form
    for part in name.replace(".", "-").split("-"):
        if isinstance(found, FieldList):
            entries = found.entries
            found = entries[int(part)] if part.isdigit() and int(part) < len(entries) else None
        elif isinstance(found, FormField | wtforms.form.BaseForm):
            fields = found.form if isinstance(found, FormField) else found
            found = fields._fields.get(part)
        else:
            found = None
        if found is None:
            return None
    return None if isinstance(found, FieldList | FormField) else found
