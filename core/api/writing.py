"""From JSON to a stored record: strict types first, then the resource's own form and services, as the page does it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from core.api.shapes import Shape, object_misfits, python_value, shapes_of
from core.clock import now
from core.db.mixins import Stamped
from core.db.session import ActorSession
from core.errors import DomainError, Problem
from core.exchange.by_form import fill_form, save_form
from core.i18n import translator

if TYPE_CHECKING:
    from core.resources.base import Resource

_ = translator(__name__)


def input_shapes(resource: Resource[Any]) -> dict[str, Shape]:
    """What a record is written with, by its names in JSON: the fields of its form."""
    api = resource.api
    assert api is not None
    if resource.form is None:
        return {}
    shapes = shapes_of(resource.form, resource.model)
    return {api.name_of(name): shape for name, shape in shapes.items() if name not in api.hidden}


def store(resource: Resource[Any], session: ActorSession, values: Mapping[str, Any], record: Any) -> Any:
    """Create a record of ``values``, or change ``record``: fields that are not named stay. DomainError with all problems."""
    api = resource.api
    assert api is not None
    shapes = input_shapes(resource)
    problems = list(object_misfits(values, shapes))
    if problems:
        raise DomainError(*problems)
    taken = {api.field_of(name): python_value(value, shapes[name]) for name, value in values.items()}
    with _told_by_json_names(resource):
        form = fill_form(resource, session, taken, record)
        closed = [name for name in taken if name not in form]
        if closed:
            raise DomainError(*(Problem("not_settable", _("You cannot set this here."), name) for name in closed))
        version = getattr(record, "version", None)
        with _changes(session) as changes:
            stored = save_form(resource, session, form, record)
            session.flush()
        if changes and version is not None and record.version == version and issubclass(resource.model, Stamped):
            record.updated_at = now()  # a change of its parts alone is one of the record too
            session.flush()
    return stored


@contextmanager
def _changes(session: ActorSession) -> Iterator[list[Any]]:
    """What flushes of the block write."""
    found: list[Any] = []

    def note(session: Any, context: object) -> None:
        found.extend([*session.new, *session.deleted, *(row for row in session.dirty if session.is_modified(row))])

    event.listen(session, "after_flush", note)
    try:
        yield found
    finally:
        event.remove(session, "after_flush", note)


@contextmanager
def _told_by_json_names(resource: Resource[Any]) -> Iterator[None]:
    """Problems name the form's controls (``contacts-0-phone``); a program knows ``contacts.0.phone``."""
    try:
        yield
    except DomainError as error:
        error.problems = tuple(_renamed(resource, problem) for problem in error.problems)
        raise


def _renamed(resource: Resource[Any], problem: Problem) -> Problem:
    if problem.field is None or resource.api is None:
        return problem
    first, *rest = problem.field.replace("-", ".").split(".")
    return Problem(problem.code, problem.message, ".".join((resource.api.name_of(first), *rest)))
