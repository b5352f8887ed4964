"""Use cases of a tenant's custom fields: adding, changing, what stands against it. Deleting keeps the values for a restore."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict, Unpack

from sqlalchemy import func, select

from core.db.session import ActorSession
from core.errors import DomainError, NotFound, Problem
from core.i18n import translator
from core.resources.base import Resource
from core.resources.custom_fields import checking
from core.resources.custom_fields.choices import ChoiceFields, merged_choices
from core.resources.custom_fields.definitions import forget_definitions
from core.resources.custom_fields.models import CustomField
from core.resources.custom_fields.naming import free_name
from core.resources.custom_fields.queries import count_records, extensible_resources, keys_ever_used
from core.resources.custom_fields.types import TYPES
from core.text import clean

_ = translator(__name__)

POSITION_STEP = 10
"""Between two new fields, so that one can be put between them without renumbering."""

TEXTS = ("label_vi", "label_en", "help_vi", "help_en", "section", "default")


class FieldFields(TypedDict, total=False):
    """What can be said about a custom field. ``default`` is typed as in a cell of an import."""

    type: str
    label_vi: str
    label_en: str
    help_vi: str
    help_en: str
    section: str
    position: int | None
    is_required: bool
    in_list: bool
    default: str
    choices: Sequence[ChoiceFields]


def create_field(session: ActorSession, entity: str, **fields: Unpack[FieldFields]) -> CustomField:
    """Add a custom field to the records of the table ``entity``. DomainError with everything that stands against it."""
    resource = extensible_resources(session).get(entity)
    if resource is None:
        raise NotFound.of("unknown_entity", _("Records of this kind can have no fields of your own."), "entity")
    row = CustomField(entity=entity, choices=[])
    problems = list(checking.limit_problems(session, entity))
    _fill(session, row, fields, problems)
    _check(session, resource, row, problems)
    row.key = free_name(row.label_vi, "field", keys_ever_used(session))
    session.add(row)
    session.flush()
    forget_definitions(session)
    return row


def update_field(session: ActorSession, row: CustomField, **fields: Unpack[FieldFields]) -> None:
    """Change a custom field. Its type stays once a record has a value, and so does a choice that one has."""
    problems: list[Problem] = []
    with session.no_autoflush:
        _fill(session, row, fields, problems)
        _check(session, extensible_resources(session)[row.entity], row, problems)
    session.flush()
    forget_definitions(session)


def restore_problems(session: ActorSession, row: CustomField) -> list[Problem]:
    """What stands against bringing a deleted field back: the limit, and a name that another has taken."""
    resource = extensible_resources(session).get(row.entity)
    if resource is None:
        return []
    return [*checking.limit_problems(session, row.entity), *checking.label_problems(session, resource, row)]


def _check(session: ActorSession, resource: Resource[Any], row: CustomField, problems: list[Problem]) -> None:
    problems += checking.text_problems(row)
    problems += checking.label_problems(session, resource, row)
    if row.type in TYPES:
        problems += checking.choice_problems(row)
        problems += checking.default_problems(row)
    if problems:
        raise DomainError(*problems)
    row.default = checking.stored_default(row)


def _fill(session: ActorSession, row: CustomField, fields: FieldFields, problems: list[Problem]) -> None:
    """Put the values on the row; into ``problems`` what the records that have a value already do not allow."""
    for name in TEXTS:
        if name in fields or getattr(row, name) is None:
            setattr(row, name, " ".join(clean(str(fields.get(name) or "")).split()))
    for flag in ("is_required", "in_list"):
        if flag in fields or getattr(row, flag) is None:
            setattr(row, flag, bool(fields.get(flag)))
    if "position" in fields or row.position is None:
        position = fields.get("position")
        row.position = _next_position(session, row.entity) if position is None else position
    _put_type(session, row, fields.get("type", row.type or ""), problems)
    if row.type not in TYPES or not TYPES[row.type].has_choices:
        row.choices = []
    elif (given := fields.get("choices")) is not None:
        _put_choices(session, row, given, problems)


def _put_type(session: ActorSession, row: CustomField, type: str, problems: list[Problem]) -> None:
    if type not in TYPES:
        problems.append(Problem("unknown_type", _("Choose a type."), "type"))
    elif row.type in (None, type) or not (used := count_records(session, row)):
        row.type = type
    else:
        message = _.n(
            "1 record has a value, so the type stays. Delete the field and add another one.",
            "%(n)s records have a value, so the type stays. Delete the field and add another one.",
            used,
        )
        problems.append(Problem("type_in_use", message, "type"))


def _put_choices(
    session: ActorSession, row: CustomField, given: Sequence[ChoiceFields], problems: list[Problem]
) -> None:
    choices = merged_choices(row.choices or (), given)
    kept = {choice["key"] for choice in choices}
    for choice in row.choices or ():
        if choice["key"] not in kept and (used := count_records(session, row, choice["key"])):
            message = _.n(
                "1 record has “%(choice)s”: leave it in, and no longer offer it.",
                "%(n)s records have “%(choice)s”: leave it in, and no longer offer it.",
                used,
                choice=choice["vi"],
            )
            problems.append(Problem("choice_in_use", message, "choices"))
    if choices != row.choices:
        row.choices = choices


def _next_position(session: ActorSession, entity: str) -> int:
    highest = session.scalar(select(func.max(CustomField.position)).where(CustomField.entity == entity))
    return min((highest or 0) + POSITION_STEP, checking.MAX_POSITION)
