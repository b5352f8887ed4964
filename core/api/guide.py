"""The API as a page tells it: the OpenAPI document, put in the order in which people read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.api.openapi import document
from core.db.session import ActorSession


@dataclass(frozen=True, slots=True)
class Field:
    """A property of what is given or taken."""

    name: str
    label: str
    type: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One line of the page."""

    method: str
    path: str
    summary: str
    needs: str


@dataclass(frozen=True, slots=True)
class Section:
    """A resource: its operations, the parameters of its list, what a record gives and what a new one takes."""

    name: str
    title: str
    operations: list[Operation]
    parameters: list[Field]
    gives: list[Field]
    takes: list[Field]


def sections(session: ActorSession) -> list[Section]:
    """What the business of the session can ask, resource by resource."""
    told = document(session)
    schemas = told["components"]["schemas"]
    return [_section(told["paths"], schemas, tag["name"], tag["description"]) for tag in told["tags"]]


def _section(paths: dict[str, Any], schemas: dict[str, Any], name: str, title: str) -> Section:
    found = [
        (method, path, operation)
        for path, operations in paths.items()
        for method, operation in operations.items()
        if name in operation.get("tags", ())
    ]
    listed: dict[str, Any] = next(
        (operation for _method, _path, operation in found if operation["operationId"] == f"{name}.list"), {}
    )
    return Section(
        name=name,
        title=title,
        operations=[
            Operation(method.upper(), path, operation["summary"], operation["description"])
            for method, path, operation in found
        ],
        parameters=[
            Field(each["name"], each.get("description", ""), _type(each["schema"]), is_required=False)
            for each in listed.get("parameters", ())
        ],
        gives=_fields(schemas.get(f"{name}.Record", {})),
        takes=_fields(schemas.get(f"{name}.New", {})),
    )


def _fields(schema: dict[str, Any]) -> list[Field]:
    required = schema.get("required", ())
    return [
        Field(name, shape.get("title", ""), _type(shape), name in required)
        for name, shape in schema.get("properties", {}).items()
    ]


def _type(shape: dict[str, Any]) -> str:
    """``string (uuid) | null``, ``[object]``"""
    types = shape.get("type", "")
    listed: list[str] = types if isinstance(types, list) else [types]
    if "array" in listed:
        return f"[{_type(shape.get('items', {}))}]"
    format_ = f" ({shape['format']})" if "format" in shape else ""
    return " | ".join(f"{each}{format_}" if each != "null" else each for each in listed)
