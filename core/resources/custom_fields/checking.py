"""What can be wrong with a custom field: its texts, its name beside others, its choices, its default, their number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select

from core.db.session import ActorSession
from core.errors import DomainError, Problem
from core.i18n import translator
from core.i18n.locale import LOCALES, use_locale
from core.resources.base import Resource
from core.resources.custom_fields.definitions import definition
from core.resources.custom_fields.models import CustomField
from core.resources.custom_fields.types import TYPES
from core.text import fold

_ = translator(__name__)

MAX_FIELDS = 100
"""Custom fields of a resource: a form with more is no form any more, and each costs every page a little."""

MAX_CHOICES = 100
MAX_CHOICE_LENGTH = 80
MAX_POSITION = 1_000_000

LENGTHS = {"label_vi": 80, "label_en": 80, "help_vi": 300, "help_en": 300, "section": 80, "default": 300}
"""Characters of each text."""

PARTED_BY = re.compile(r"[,;]")
"""What parts several choices in a cell of a workbook, so none can hold it."""


def limit_problems(session: ActorSession, entity: str) -> Iterator[Problem]:
    """Whether there is room for one more."""
    query = select(func.count(CustomField.id)).where(CustomField.entity == entity, CustomField.deleted_at.is_(None))
    if (session.scalar(query) or 0) >= MAX_FIELDS:
        message = _("There are %(n)s fields of your own already, which is the most. Delete one first.", n=MAX_FIELDS)
        yield Problem("too_many_fields", message)


def text_problems(row: CustomField) -> Iterator[Problem]:
    """What is wrong with the texts and the order."""
    if not row.label_vi:
        yield Problem("required", _("Enter a name."), "label_vi")
    for name, most in LENGTHS.items():
        if len(getattr(row, name)) > most:
            yield Problem("too_long", _("At most %(max)s characters.", max=most), name)
    if not 0 <= row.position <= MAX_POSITION:
        yield Problem("bad_position", _("The order is a number from 0 to %(n)s.", n=MAX_POSITION), "position")


def label_problems(session: ActorSession, resource: Resource[Any], row: CustomField) -> Iterator[Problem]:
    """A name that another field has would confuse people, and the columns of a workbook."""
    others = select(CustomField.label_vi, CustomField.label_en).where(
        CustomField.entity == row.entity, CustomField.id != row.id, CustomField.deleted_at.is_(None)
    )
    with session.no_autoflush:
        own = {fold(label) for labels in session.execute(others) for label in labels if label}
    taken = own | declared_labels(resource)
    for name in ("label_vi", "label_en"):
        if fold(getattr(row, name)) in taken:
            yield Problem("duplicate_label", _("There is a field with this name already."), name)


def declared_labels(resource: Resource[Any]) -> set[str]:
    """What the declared fields are called, folded, in both languages: in list, page, form and workbooks."""
    shown: list[Any] = [*resource.columns, *resource.facts, *resource.exchange]
    labels: list[object] = [each.label for each in shown]
    labels += [alias for each in resource.exchange for alias in each.aliases]
    controls = vars(resource.form).values() if resource.form is not None else ()
    labels += [field.args[0] for field in controls if hasattr(field, "field_class") and field.args]
    found = set()
    for language in LOCALES:
        with use_locale(language):
            found |= {fold(str(label)) for label in labels if str(label)}
    return found


def choice_problems(row: CustomField) -> Iterator[Problem]:
    """What is wrong with the choices of a type that has some."""
    if not TYPES[row.type].has_choices:
        return
    texts = [choice[language] for choice in row.choices for language in LOCALES if choice[language]]
    if not texts:
        yield Problem("no_choices", _("Enter at least one choice."), "choices")
    if len(row.choices) > MAX_CHOICES:
        yield Problem("too_many_choices", _("At most %(n)s choices.", n=MAX_CHOICES), "choices")
    if any(len(text) > MAX_CHOICE_LENGTH for text in texts):
        yield Problem("too_long", _("A choice has at most %(n)s characters.", n=MAX_CHOICE_LENGTH), "choices")
    if any(PARTED_BY.search(text) for text in texts):
        yield Problem("bad_choice", _("A choice holds no comma and no semicolon: they part several."), "choices")
    known: dict[str, str] = {}
    for choice in row.choices:
        for text in {fold(choice[language]) for language in LOCALES if choice[language]}:
            if known.setdefault(text, choice["key"]) != choice["key"]:
                yield Problem("duplicate_choice", _("Two choices read the same."), "choices")
                return


def default_problems(row: CustomField) -> Iterator[Problem]:
    """Whether the default is a value of the type."""
    kind = TYPES[row.type]
    if row.default and kind.has_default:
        try:
            kind.exchange_field(definition(row)).read(stored_default(row))
        except DomainError as error:
            yield from (Problem(problem.code, problem.message, "default") for problem in error.problems)


def stored_default(row: CustomField) -> str:
    """The default as it is kept: choices by their keys, which outlive their names."""
    if not TYPES[row.type].has_default:
        return ""
    if not TYPES[row.type].has_choices:
        return row.default
    keys = {fold(choice[language]): choice["key"] for choice in row.choices for language in LOCALES if choice[language]}
    parts = [part.strip() for part in PARTED_BY.split(row.default)]
    return ", ".join(keys.get(fold(part), part) for part in parts if part)
