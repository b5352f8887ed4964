"""Values through a resource's own form: an import, the API and the page store a record by the same checks.

An addon that declares nothing else gets the validation that its form has.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import MultiDict
from wtforms import FieldList

from core.dates import format_date
from core.db.session import ActorSession
from core.decimals import format_decimal
from core.errors import DomainError, Problem
from core.web.forms import check_fits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.resources.base import Resource


def store_by_form(resource: Resource[Any], session: ActorSession, values: Mapping[str, Any], existing: Any) -> Any:
    """Create a record of ``values``, or update ``existing``. DomainError with everything that form and services say."""
    return save_form(resource, session, fill_form(resource, session, values, existing), existing)


def fill_form(resource: Resource[Any], session: ActorSession, values: Mapping[str, Any], existing: Any) -> Any:
    """The form of ``existing`` (None: a new record), filled as a person would.

    Fields that ``values`` does not name keep what the record has, or the form's default.
    """
    sent: MultiDict[str, str] = MultiDict()
    for field in resource.make_form(session, existing, sent=False):
        fill_field(sent, field.name, values.get(field.name, field.data), is_list=isinstance(field, FieldList))
    return resource.make_form(session, existing, sent=sent)


def save_form(resource: Resource[Any], session: ActorSession, form: Any, existing: Any) -> Any:
    """The record that the form creates, or ``existing`` as it changes it. DomainError where the form is not valid."""
    is_valid = form.validate()
    if not check_fits(form, resource.model) or not is_valid:
        raise DomainError(*form_problems(form))
    if existing is None:
        return resource.create(session, form)
    resource.update(session, existing, form)
    return existing


def fill_field(sent: MultiDict[str, str], name: str, value: Any, *, is_list: bool = False) -> None:
    """Put ``value`` into the controls that hold it, as a browser names them: a sub-form's are ``contacts-0-phone``."""
    if isinstance(value, dict):
        for key, each in value.items():
            fill_field(sent, f"{name}-{key}", each)
    elif is_list or (isinstance(value, list) and any(isinstance(each, dict) for each in value)):
        for at, each in enumerate(value or ()):
            fill_field(sent, f"{name}-{at}", each)
    else:
        sent.setlist(name, _typed(value))


def _typed(value: Any) -> list[str]:
    """The value as a browser sends it; an unticked box is not sent at all."""
    if value is None or value is False:
        return []
    if isinstance(value, list | tuple):
        return [text for each in value for text in _typed(each)]
    if isinstance(value, date) and not isinstance(value, datetime):
        return [format_date(value)]
    if isinstance(value, Decimal):
        return [format_decimal(value)]
    return ["y"] if value is True else [str(value)]


def form_problems(form: Any) -> list[Problem]:
    """What the form says, told with the names of its controls."""
    whole = [Problem("invalid", text) for text in form.form_errors]
    return whole + [problem for field in form for problem in _problems_of(field, field.name, field.errors)]


def _problems_of(field: Any, name: str, errors: Any) -> Iterator[Problem]:
    if isinstance(errors, dict):
        for key, below in errors.items():
            yield from _problems_of(None, f"{name}-{key}" if key else name, below)
        return
    is_missing = field is not None and field.flags.required and not field.data
    for at, each in enumerate(errors):
        if isinstance(each, dict | list | tuple):
            yield from _problems_of(None, f"{name}-{at}", each)
        else:
            yield Problem("required" if is_missing else "invalid", str(each), name)
