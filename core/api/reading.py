"""Records as JSON: the paths that a resource declares, nested along links, under the reader's own scope.

A link to something that the reader may not see is null, whatever the row says. A row of a list is a tuple of expressions,
read like the list page's; a single record is an object, whose computed properties can be given too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, inspect, select
from wtforms import PasswordField

from core.db.session import ActorSession
from core.i18n import LazyString
from core.resources.pages import links_of
from core.resources.paging import Ordering
from core.resources.paths import Paths, read_path

if TYPE_CHECKING:
    from core.resources.base import Resource

RESERVED = frozenset({"id", "version", "custom"})


@dataclass(frozen=True, slots=True)
class Part:
    """A value of the document: where it is read, and where it stands. A link's id decides whether the link is null."""

    path: str
    place: tuple[str, ...]
    is_link: bool = False


def list_parts(resource: Resource[Any]) -> list[Part]:
    """What a row of the list gives: the list page's columns and their subtitles."""
    paths = [path for column in resource.columns for path in (column.path, *column.subtitle)]
    return _parts(resource, paths)


def record_parts(resource: Resource[Any]) -> list[Part]:
    """What a record gives to whoever may read it: the columns and what the detail page shows."""
    columns = [path for column in resource.columns if not column.expression for path in (column.path, *column.subtitle)]
    shown = [fact.path for fact in (*resource.tags, *resource.contacts, *resource.facts)]
    return _parts(resource, [*columns, *shown])


def _parts(resource: Resource[Any], paths: Iterable[str]) -> list[Part]:
    api = resource.api
    assert api is not None
    computed = {column.path for column in resource.columns if column.expression}
    parts: dict[tuple[str, ...], Part] = {}
    for path in (*paths, *api.fields):
        if path in api.hidden or path in RESERVED:
            continue
        place = tuple(api.name_of(path).split("."))
        links = path.split(".")[:-1] if len(place) > 1 and path not in computed else []
        for end in range(1, len(links) + 1):
            link = tuple(links[:end])
            parts.setdefault((*link, "id"), Part(".".join((*link, "id")), (*link, "id"), is_link=True))
        parts.setdefault(place, Part(path, place))
    return list(parts.values())


def document(parts: Iterable[Part], value_at: Callable[[Part], Any]) -> dict[str, Any]:
    """The parts as one JSON object."""
    made: dict[str, Any] = {}
    for part in parts:
        value = value_at(part)
        if part.is_link and value is None:
            _put(made, part.place[:-1], None)
        else:
            _put(made, part.place, plain(value))
    return made


def _put(made: dict[str, Any], place: Sequence[str], value: Any) -> None:
    inner: Any = made
    for name in place[:-1]:
        inner = inner.setdefault(name, {})
        if inner is None:
            return  # the link leads to nothing
    inner[place[-1]] = value


def plain(value: Any) -> Any:
    """A value as JSON has it: moments in UTC, days and ids as text, decimals as text so that none is rounded."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case UUID() | Decimal() | LazyString():
            return str(value)
        case Enum():
            return plain(value.value)
        case dict():
            return {str(name): plain(each) for name, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(each) for each in value]
    return value


class JsonRows:
    """Rows of a list page as JSON, for ``core.resources.listing.read_page``."""

    def __init__(self, resource: Resource[Any], session: ActorSession) -> None:
        self.resource = resource
        self.parts = list_parts(resource)
        self._paths = Paths(resource.model)
        computed = {column.path: column.expression(session) for column in resource.columns if column.expression}
        self._expressions: list[ColumnElement[Any]] = [
            computed[part.path] if part.path in computed else self._paths.column(part.path) for part in self.parts
        ]

    def statement(self, by: Ordering, keep: Sequence[ColumnElement[bool]]) -> Select[Any]:
        model: Any = self.resource.model
        own = [model.version.label("row_version")] if self.resource.is_versioned else []
        extra = [*own, by.id.label("sort_id"), by.value.label("sort_value")]
        labelled = [each.label(f"c{at}") for at, each in enumerate(self._expressions)]
        return by.join(self._paths.join(select(*labelled, *extra).select_from(model))).where(*keep)

    def row(self, values: Any) -> dict[str, Any]:
        head = {"id": str(values.sort_id)}
        version = {"version": values.row_version} if self.resource.is_versioned else {}
        at = {part: place for place, part in enumerate(self.parts)}
        return {**head, **version, **document(self.parts, lambda part: values[at[part]])}


def find_record(resource: Resource[Any], session: ActorSession, id: UUID) -> dict[str, Any]:
    """One record as JSON. NotFound as for its page."""
    return record_document(resource, session, resource.find(session, id, *links_of(resource)))


def record_document(resource: Resource[Any], session: ActorSession, record: Any) -> dict[str, Any]:
    """What a record gives: to everybody who may read it, and what its form holds to those who may edit it."""
    made: dict[str, Any] = {"id": str(record.id)}
    if resource.is_versioned:
        made["version"] = record.version
    made |= document(record_parts(resource), lambda part: read_path(record, part.path))
    if may_edit(resource, session, record):
        made |= {name: value for name, value in _held_by_form(resource, session, record).items() if name not in made}
    return made


def may_edit(resource: Resource[Any], session: ActorSession, record: Any) -> bool:
    """Whether the reader would get the record's form."""
    permission = resource.permissions.edit
    return bool(resource.form and permission and session.actor.can(permission) and resource.can_edit(session, record))


def _held_by_form(resource: Resource[Any], session: ActorSession, record: Any) -> dict[str, Any]:
    """The form's fields that are the record's: its columns, and what ``form_data`` adds."""
    api = resource.api
    assert api is not None
    form = resource.make_form(session, record, sent=False)
    known = {*inspect(resource.model).columns.keys(), *resource.form_data(session, record)} - api.hidden
    return {
        api.name_of(field.name): plain(field.data)
        for field in form
        if field.name in known and not isinstance(field, PasswordField)
    }
