"""The description of the API in OpenAPI 3.1, made of the same declarations that serve it: routes, columns, filters, forms."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any, get_type_hints

from sqlalchemy.types import TypeDecorator

from core.api import problems
from core.api.reading import Part, list_parts, record_parts
from core.api.repeating import HEADER, KEPT
from core.api.routes import BASE, LIMIT, MAX_LIMIT, bulk_shapes, routes
from core.api.shapes import NULLABLE, Shape, required_names
from core.api.writing import input_shapes
from core.db.session import ActorSession
from core.i18n import translator
from core.resources.base import Resource, all_resources
from core.resources.bulk import BulkAction
from core.resources.filters import (
    MAX_TEXT,
    BooleanFilter,
    ChoiceFilter,
    Filter,
    PeriodFilter,
    TextFilter,
)
from core.resources.listing import MAX_QUERY, VIEW
from core.resources.paths import Paths
from core.tenancy.addons import enabled_addons

_ = translator(__name__)

ID: Shape = {"type": "string", "format": "uuid"}
VERSION: Shape = {"type": "integer", "minimum": 1}

TYPES: dict[str, Shape] = {
    "Money": {"type": "integer", "format": "int64"},
    "UtcDateTime": {"type": "string", "format": "date-time"},
    "DateTime": {"type": "string", "format": "date-time"},
    "Date": {"type": "string", "format": "date"},
    "Boolean": {"type": "boolean"},
    "Integer": {"type": "integer"},
    "BigInteger": {"type": "integer", "format": "int64"},
    "Uuid": ID,
    "Numeric": {"type": "string"},
    "JSON": {},
}
"""What a column's type is in JSON; everything else is a text."""

PROPERTY_TYPES: dict[Any, Shape] = {str: {"type": "string"}, int: {"type": "integer"}, bool: {"type": "boolean"}}

REFUSALS = {
    "400": _("The request cannot be read."),
    "401": _("There is no token, or one that is worth nothing."),
    "403": _("The token or its owner lacks the right."),
    "404": _("There is no such record, or the owner may not see it."),
    "409": _("Somebody else changed the record, or another one is in the way."),
    "412": _("The record has another version than If-Match says."),
    "413": _("The request is too large."),
    "415": _("The body is no JSON."),
    "422": _("Something in the request is wrong; errors name the fields."),
    "428": _("The change does not say on which version it was made."),
    "429": _("Too many requests; Retry-After says how long to wait."),
    "503": _("The database does not answer; try again."),
}
ALWAYS = ("401", "403", "429", "503")
ON_WRITING = ("400", "404", "409", "413", "415", "422")


def document(session: ActorSession | None = None) -> dict[str, Any]:
    """The description of the API, in the current language: all of the deployment, or what the session's tenant has of it."""
    offered = [each for each in all_resources().values() if routes(each)]
    if session is not None:
        offered = [each.for_tenant(session) for each in offered if each.addon in enabled_addons(session)]
    paths: dict[str, Any] = {"/me": {"get": _about_me()}}
    schemas: dict[str, Any] = {"Problem": PROBLEM}
    for resource in offered:
        for path, operations in _paths(resource).items():
            paths.setdefault(path, {}).update(operations)
        schemas |= _schemas(resource)
    made = {
        "openapi": "3.1.0",
        "info": {"title": "Banyan", "version": "1", "description": _("Records as their pages show and take them.")},
        "servers": [{"url": BASE}],
        "security": [{"token": []}],
        "tags": [{"name": each.full_name, "description": each.title} for each in offered],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas,
        },
    }
    return _spoken(made)  # type: ignore[no-any-return]


def _spoken(value: Any) -> Any:
    """With every lazy text as it reads in the current language, and without marks that are not OpenAPI's."""
    if isinstance(value, dict):
        return {name: _spoken(each) for name, each in value.items() if name != "x-required"}
    if isinstance(value, list | tuple):
        return [_spoken(each) for each in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)


PROBLEM: Shape = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {name: {"type": "string"} for name in ("field", "code", "message")},
            },
        },
    },
}

# Operations


def _paths(resource: Resource[Any]) -> dict[str, dict[str, Any]]:
    """The operations of a resource, path by path: those that have a route."""
    made: dict[str, dict[str, Any]] = {}
    for route in routes(resource):
        verb = route.endpoint.removeprefix(f"{resource.name}_api_")
        path = route.rule.removeprefix(BASE).replace("<uuid:id>", "{id}")
        operation = _operation(resource, verb)
        operation["operationId"] = f"{resource.full_name}.{verb}"
        operation["tags"] = [resource.full_name]
        operation["description"] = _("Needs %(permission)s.", permission=" | ".join(route.access.permissions))
        if "{id}" in path:
            operation.setdefault("parameters", []).insert(0, _parameter("id", ID, where="path"))
        made.setdefault(path, {})[route.methods[0].lower()] = operation
    return made


def _operation(resource: Resource[Any], verb: str) -> dict[str, Any]:
    record = _reference(resource, "Record")
    if verb.startswith("bulk_"):
        return _bulk(next(each for each in resource.bulk_actions if f"bulk_{each.key}" == verb))
    match verb:
        case "list":
            answers = {"200": _answer(_page_of(_reference(resource, "Row")), _("A page of the list."))}
            return {
                "summary": resource.title,
                "parameters": _list_parameters(resource),
                **_responses(answers, ("404", "422")),
            }
        case "record":
            answers = {"200": _answer(record, _("The record."), tagged=resource.is_versioned)}
            return {"summary": resource.one, **_responses(answers, ("404",))}
        case "choices":
            return {"summary": _("What can be chosen"), **_responses({"200": _answer(CHOICES, _("By field."))}, ())}
        case "create":
            answers = {"201": _answer(record, _("The new record."), tagged=resource.is_versioned)}
            return {"summary": _("Create"), **_taking(resource, "New", answers, repeatable=True)}
        case "update":
            answers = {"200": _answer(record, _("The changed record."), tagged=resource.is_versioned)}
            return {"summary": _("Change"), **_taking(resource, "Change", answers, repeatable=False)}
        case "restore":
            answers = {"200": _answer(record, _("The record."), tagged=resource.is_versioned)}
            more = {"summary": _("Restore"), "parameters": [_parameter(HEADER, KEY, where="header")]}
            return {**more, **_responses(answers, ("400", "404", "409", "422"))}
    refusals = ("404", "409", "412", "422") if resource.is_versioned else ("404", "409", "422")
    answers = {"204": {"description": _("It is deleted.")}}
    return {"summary": _("Delete"), "parameters": _if_match(resource), **_responses(answers, refusals)}


KEY: Shape = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
CHOICES: Shape = {
    "type": "object",
    "required": ["choices"],
    "properties": {
        "choices": {
            "type": "object",
            "additionalProperties": {
                "type": "array",
                "items": {"type": "object", "properties": {"value": {}, "text": {"type": "string"}}},
            },
        }
    },
}
REPORT: Shape = {
    "type": "object",
    "required": ["changed", "skipped"],
    "properties": {
        "changed": {"type": "integer"},
        "skipped": {
            "type": "array",
            "items": {"type": "object", "properties": {"name": {"type": "string"}, "reason": {"type": "string"}}},
        },
    },
}


def _taking(resource: Resource[Any], kind: str, answers: dict[str, Any], *, repeatable: bool) -> dict[str, Any]:
    parameters = [_parameter(HEADER, KEY, where="header", help_=_repeating())] if repeatable else _if_match(resource)
    refusals = ON_WRITING if repeatable or not resource.is_versioned else (*ON_WRITING, "412", "428")
    body = {"required": True, "content": {"application/json": {"schema": _reference(resource, kind)}}}
    return {"parameters": parameters, "requestBody": body, **_responses(answers, refusals)}


def _repeating() -> object:
    hours = int(KEPT.total_seconds() // 3600)
    return _("The same key gets the same answer for %(n)s hours, without a second effect.", n=hours)


def _if_match(resource: Resource[Any]) -> list[dict[str, Any]]:
    if not resource.is_versioned:
        return []
    pattern: Shape = {"type": "string", "pattern": '^("[0-9]{1,9}"|\\*)$'}
    return [_parameter("If-Match", pattern, where="header", help_=_("The ETag of the version that is changed."))]


def _bulk(action: BulkAction) -> dict[str, Any]:
    schema = _object(bulk_shapes(action), ["ids", *(required_names(action.form) if action.form else [])])
    return {
        "summary": action.label,
        "parameters": [_parameter(HEADER, KEY, where="header", help_=_repeating())],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        **_responses({"200": _answer(REPORT, _("What was changed, and what was left, with the reason."))}, ON_WRITING),
    }


def _about_me() -> dict[str, Any]:
    schema: Shape = {
        "type": "object",
        "required": ["token", "user", "business", "permissions"],
        "properties": {
            "token": {"type": "object"},
            "user": {"type": "object"},
            "business": {"type": "string"},
            "permissions": {"type": "array", "items": {"type": "string"}},
        },
    }
    answers = {"200": _answer(schema, _("Whom the token works for, and what it may do now."))}
    return {"operationId": "me", "summary": _("Who am I?"), **_responses(answers, ())}


def _answer(schema: Shape, description: object, *, tagged: bool = False) -> dict[str, Any]:
    headers = {"headers": {"ETag": {"schema": {"type": "string"}}}} if tagged else {}
    return {"description": description, "content": {"application/json": {"schema": schema}}, **headers}


def _responses(answers: dict[str, Any], refusals: Iterable[str]) -> dict[str, Any]:
    content = {problems.PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    refused = {status: {"description": REFUSALS[status], "content": content} for status in sorted({*ALWAYS, *refusals})}
    return {"responses": {**answers, **refused}}


# Parameters


def _list_parameters(resource: Resource[Any]) -> list[dict[str, Any]]:
    sorts = [column.path for column in resource.columns if column.sort]
    sorts = list(dict.fromkeys([resource.default_sort.removeprefix("-"), *sorts]))
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": LIMIT}
    made = [
        _parameter("limit", limit, help_=_("Rows of a page.")),
        _parameter("after", {"type": "string"}, help_=_("Where the page begins: next of the page before.")),
        _parameter("before", {"type": "string"}, help_=_("Where the page ends: previous of the page after.")),
        _parameter("sort", {"type": "string", "enum": [*sorts, *(f"-{each}" for each in sorts)]}),
    ]
    if resource.is_searchable:
        text = {"type": "string", "maxLength": MAX_QUERY}
        made.insert(0, _parameter("q", text, help_=_("A fragment, with or without marks.")))
    made.append(_parameter(VIEW, ID, help_=_("A saved view of the list.")))
    if resource.tabs:
        made.append(_parameter("tab", {"type": "string", "enum": [tab.key for tab in resource.tabs]}))
    return made + [parameter for each in resource.filters for parameter in _filter_parameters(each)]


def _filter_parameters(filter_: Filter) -> list[dict[str, Any]]:
    schema: Shape = {"type": "string"}
    if isinstance(filter_, ChoiceFilter) and filter_.several:
        schema = {"type": "array", "items": {"type": "string"}}
    elif isinstance(filter_, BooleanFilter):
        schema = {"type": "string", "enum": ["0", "1"]}
    elif isinstance(filter_, TextFilter):
        schema = {"type": "string", "maxLength": MAX_TEXT}
    shown = [(name, filter_.label) for name in filter_.names]
    if isinstance(filter_, PeriodFilter):
        shown = [(name, f"{filter_.label} ({name.rpartition('.')[2]})") for name in filter_.names]
    return [_parameter(name, schema, help_=label) for name, label in shown]


def _parameter(name: str, schema: Shape, *, where: str = "query", help_: object = "") -> dict[str, Any]:
    more = {"description": help_} if help_ else {}
    return {"name": name, "in": where, "required": where == "path", "schema": schema, **more}


# Schemas


def _schemas(resource: Resource[Any]) -> dict[str, Any]:
    """What a resource gives and takes: a row of its list, a record, a new one, a change."""
    assert resource.api is not None
    made = {
        _name(resource, "Row"): _read_schema(resource, list_parts(resource)),
        _name(resource, "Record"): _record_schema(resource),
    }
    if resource.form is not None and not resource.api.read_only:
        shapes = input_shapes(resource)
        required = [resource.api.name_of(name) for name in required_names(resource.form)]
        version = {"version": VERSION} if resource.is_versioned else {}
        made[_name(resource, "New")] = _object(shapes, [name for name in required if name in shapes])
        made[_name(resource, "Change")] = _object({**shapes, **version}, [])
    return made


def _object(shapes: dict[str, Shape], required: list[str]) -> Shape:
    return {"type": "object", "additionalProperties": False, "required": required, "properties": shapes}


def _record_schema(resource: Resource[Any]) -> Shape:
    """With what the form holds for those who may edit."""
    schema = _read_schema(resource, record_parts(resource))
    for name, shape in (input_shapes(resource) if resource.form else {}).items():
        if not shape.get("writeOnly"):
            schema["properties"].setdefault(name, _readable(shape))
    return schema


def _readable(shape: Shape) -> Shape:
    """A form's field as it is read: whatever the form asks for, older rows may be without it."""
    type_ = shape["type"]
    return {**shape, "type": [type_, "null"]} if isinstance(type_, str) and type_ in NULLABLE else shape


def _read_schema(resource: Resource[Any], parts: Iterable[Part]) -> Shape:
    """Only the id is always there: of a record that left the caller's sight nothing else is told."""
    schema: Shape = {"type": "object", "required": ["id"], "properties": {"id": ID}}
    if resource.is_versioned:
        schema["properties"]["version"] = VERSION
    for part in parts:
        inner = schema["properties"]
        for name in part.place[:-1]:
            inner = inner.setdefault(name, {"type": ["object", "null"], "properties": {}})["properties"]
        inner[part.place[-1]] = ID if part.is_link else _part_shape(resource, part)
    return schema


def _part_shape(resource: Resource[Any], part: Part) -> Shape:
    column = next((each for each in resource.columns if each.path == part.path), None)
    label = {"title": column.label} if column is not None and column.label else {}
    if column is not None and column.expression is not None:
        return label
    found = Paths(resource.model).column(part.path)
    type_ = getattr(found, "type", None)
    shape = TYPES.get(_type_name(type_), {"type": "string"}) if type_ is not None else _property_shape(found)
    return {**shape, "type": [shape["type"], "null"], **label} if "type" in shape else label


def _type_name(type_: Any) -> str:
    name = type(type_).__name__
    return name if name in TYPES or not isinstance(type_, TypeDecorator) else type(type_.impl_instance).__name__


def _property_shape(found: Any) -> Shape:
    """The shape of a computed property, as far as its annotation tells."""
    getter = getattr(found, "fget", None)
    if getter is None or not inspect.isfunction(getter):
        return {}
    return PROPERTY_TYPES.get(get_type_hints(getter).get("return"), {})


def _page_of(row: Shape) -> Shape:
    return {
        "type": "object",
        "required": ["items", "next", "previous"],
        "properties": {
            "items": {"type": "array", "items": row},
            "next": {"type": ["string", "null"]},
            "previous": {"type": ["string", "null"]},
        },
    }


def _name(resource: Resource[Any], kind: str) -> str:
    return f"{resource.full_name}.{kind}"


def _reference(resource: Resource[Any], kind: str) -> Shape:
    return {"$ref": f"#/components/schemas/{_name(resource, kind)}"}
