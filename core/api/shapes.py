"""What a form's fields are in JSON: one description, by which requests are checked and which OpenAPI publishes.

It says types and formats. What is long enough, offered, unique or allowed is judged by the form and the services.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import wtforms
from sqlalchemy import String, inspect
from wtforms.validators import DataRequired, InputRequired, Length

from core.db.base import TenantModel
from core.errors import Problem
from core.i18n import translator
from core.web import forms

_ = translator(__name__)

Shape = dict[str, Any]
"""JSON Schema 2020-12, of which ``type``, ``format``, ``items`` and ``properties`` are enforced here."""

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NULLABLE = frozenset({"string", "integer", "number"})
_PYTHON: dict[str, tuple[type[Any], ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


def shapes_of(form: type[Any], model: type[TenantModel] | None = None) -> Mapping[str, Shape]:
    """The form's fields by name, in their order; without those that JSON cannot carry (files, buttons).

    Read from the declaration, so it needs neither a request nor a database. ``model`` says how long texts may be.
    """
    declared = [(name, field) for name in dir(form) if hasattr(field := getattr(form, name), "_formfield")]
    declared.sort(key=lambda each: each[1].creation_counter)
    shapes = {name: _shape(field) for name, field in declared}
    columns: Any = inspect(model).columns if model else {}
    for name, shape in shapes.items():
        type_ = columns[name].type if name in columns else None
        if shape is not None and "maxLength" not in shape and isinstance(type_, String) and type_.length:
            shape |= {"maxLength": type_.length} if _is(shape, "string") and "format" not in shape else {}
    return {name: shape for name, shape in shapes.items() if shape is not None}


def required_names(form: type[Any]) -> list[str]:
    """The fields that the form declares required; services may ask for more."""
    return [name for name, shape in shapes_of(form).items() if shape.get("x-required")]


def _shape(field: Any) -> Shape | None:
    """The shape of a declared, not yet bound field."""
    kind: type[Any] = field.field_class
    if issubclass(kind, wtforms.FileField | wtforms.MultipleFileField | wtforms.SubmitField):
        return None
    if issubclass(kind, wtforms.FormField):
        return _object_of(field.args[0])
    if issubclass(kind, wtforms.FieldList):
        limit = field.kwargs.get("max_entries")
        shape: Shape = {"type": "array", "items": _shape(field.args[0]) or {}}
        return shape | ({"maxItems": limit} if limit else {}) | _title(field, 1)
    return _value_of(kind, field) | _title(field, 0)


def _object_of(form: type[Any]) -> Shape:
    return {"type": "object", "properties": dict(shapes_of(form)), "additionalProperties": False}


def _title(field: Any, at: int) -> Shape:
    label = field.args[at] if len(field.args) > at else field.kwargs.get("label")
    help_ = field.kwargs.get("description")
    return ({"title": label} if label else {}) | ({"description": help_} if help_ else {})


def _value_of(kind: type[Any], field: Any) -> Shape:
    validators = field.args[1] if len(field.args) > 1 else field.kwargs.get("validators")
    is_required = any(isinstance(each, InputRequired | DataRequired) for each in validators or ())
    shape = _plain_shape(kind, field)
    if is_required and shape["type"] != "boolean":
        shape["x-required"] = True
    elif shape["type"] in NULLABLE:
        shape["type"] = [shape["type"], "null"]
    for each in validators or ():
        if isinstance(each, Length) and each.max > 0:
            shape["maxLength"] = each.max
    return shape


def _plain_shape(kind: type[Any], field: Any) -> Shape:
    if issubclass(kind, wtforms.BooleanField):
        return {"type": "boolean"}
    if issubclass(kind, wtforms.SelectMultipleField):
        return {"type": "array", "items": _choice(field)}
    if issubclass(kind, forms.RecordsField):
        return {"type": "array", "items": {"type": "string", "format": "uuid"}}
    if issubclass(kind, wtforms.SelectField):
        return _choice(field)
    if issubclass(kind, forms.RecordField):
        return {"type": "string", "format": "uuid"}
    if issubclass(kind, forms.MoneyField):
        return {"type": "integer", "format": "int64"}
    if issubclass(kind, wtforms.IntegerField):
        return {"type": "integer"}
    if issubclass(kind, wtforms.FloatField | wtforms.DecimalField):
        return {"type": "number"}
    if issubclass(kind, forms.DateField):
        return {"type": "string", "format": "date"}
    return {"type": "string"} | ({"writeOnly": True} if issubclass(kind, wtforms.PasswordField) else {})


def _choice(field: Any) -> Shape:
    coerce = field.kwargs.get("coerce", str)
    if coerce is forms.as_uuid or coerce is UUID:
        return {"type": "string", "format": "uuid"}
    return {"type": "integer" if coerce is int else "string"}


def _is(shape: Shape, type_: str) -> bool:
    return type_ in (shape["type"] if isinstance(shape["type"], list) else [shape["type"]])


def misfits(value: Any, shape: Shape, place: str) -> Iterator[Problem]:
    """What of ``value`` is of another type than ``shape`` says, each with its place (``contacts.0.phone``)."""
    types = shape["type"] if isinstance(shape["type"], list) else [shape["type"]]
    if value is None and ("null" in types or shape.get("x-required")):
        return  # of a required one the form says that it is missing
    if not any(type(value) in _PYTHON[each] for each in types):
        names = ", ".join(str(TYPE_NAMES[each]) for each in types if each != "null")
        yield Problem("wrong_type", _("Give %(type)s.", type=names), place)
    elif isinstance(value, dict):
        yield from object_misfits(value, shape["properties"], place)
    elif isinstance(value, list):
        if len(value) > shape.get("maxItems", MAX_ITEMS):
            message = _("At most %(n)s entries.", n=shape.get("maxItems", MAX_ITEMS))
            yield Problem("too_many", message, place)
            return
        for at, each in enumerate(value):
            yield from misfits(each, shape["items"], f"{place}.{at}")
    elif "format" in shape and value is not None and not _has_format(value, shape["format"]):
        yield Problem("wrong_format", FORMAT_MESSAGES[shape["format"]], place)


def object_misfits(values: Mapping[str, Any], shapes: Mapping[str, Shape], place: str = "") -> Iterator[Problem]:
    """What of an object's values no field takes. A name that no field has is refused: it might be a typing error."""
    for name, value in values.items():
        where = f"{place}.{name}" if place else name
        if name not in shapes:
            yield Problem("unknown_field", _("There is no such field."), where)
        else:
            yield from misfits(value, shapes[name], where)


MAX_ITEMS = 1_000
"""Of a list without a limit of its own."""

TYPE_NAMES = {
    "string": _("a text"),
    "integer": _("a whole number"),
    "number": _("a number"),
    "boolean": _("true or false"),
    "array": _("a list"),
    "object": _("an object"),
}
FORMAT_MESSAGES = {
    "uuid": _("Give an id, such as 0190a5f2-6c1e-7b3a-9f00-5d1c2e3f4a5b."),
    "date": _("Give a day as yyyy-mm-dd."),
}


def _has_format(value: str, format_: str) -> bool:
    try:
        match format_:
            case "uuid":
                return str(UUID(value)) == value.lower()
            case "date":
                return bool(DAY.fullmatch(value) and date.fromisoformat(value))
    except ValueError:
        return False
    return True


def python_value(value: Any, shape: Shape) -> Any:
    """A checked value as ``store_by_form`` takes it: a day is a date, and null empties a field."""
    if value is None:
        return [] if shape["type"] == "array" else ""
    if isinstance(value, list):
        return [python_value(each, shape["items"]) for each in value]
    if isinstance(value, dict):
        return {name: python_value(each, shape["properties"][name]) for name, each in value.items()}
    return date.fromisoformat(value) if shape.get("format") == "date" else value
