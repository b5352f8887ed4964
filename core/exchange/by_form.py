"""Rows through a resource's own form: an addon that declares nothing else imports with the validation its form has."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import MultiDict

from core.dates import format_date
from core.db.session import ActorSession
from core.errors import DomainError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.resources.base import Resource


def store_by_form(resource: Resource[Any], session: ActorSession, values: Mapping[str, Any], existing: Any) -> Any:
    """Fill the form with ``values`` as a person would, and create or update the record. DomainError with its messages.

    Fields that ``values`` does not name keep what the record has, or the form's default.
    """
    untouched = resource.make_form(session, existing, sent=False)
    sent: MultiDict[str, str] = MultiDict()
    for field in untouched:
        sent.setlist(field.name, _typed(values.get(field.name, field.data)))
    form = resource.make_form(session, existing, sent=sent)
    if not form.validate():
        raise DomainError(*_problems(form))
    if existing is None:
        return resource.create(session, form)
    resource.update(session, existing, form)
    return existing


def _typed(value: Any) -> list[str]:
    """The value as a browser sends it; an unticked box is not sent at all."""
    if value is None or value is False:
        return []
    if isinstance(value, list | tuple):
        return [text for each in value for text in _typed(each)]
    if isinstance(value, date) and not isinstance(value, datetime):
        return [format_date(value)]
    return ["y"] if value is True else [str(value)]


def _problems(form: Any) -> list[Problem]:
    whole = [Problem("invalid", text) for text in form.form_errors]
    return whole + [
        Problem("invalid", text, field.name) for field in form for text in field.errors if isinstance(text, str)
    ]
