"""The custom fields of a table as everything but their administration knows them: plain, comparable, read once a session."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from core.access.signing_in import read_alongside
from core.db.json_rows import json_row
from core.db.session import ActorSession
from core.i18n import LazyString
from core.i18n.locale import DEFAULT_LOCALE, current_locale
from core.resources.custom_fields.models import CustomField

PREFIX = "x_"
"""Begins the name of every custom field in forms, URLs, workbooks and the API. The boot refuses a declared name like that,
so none can ever collide."""

SESSION_KEY = "custom_fields"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values to choose from. One that is no longer offered stays on the records that have it."""

    key: str
    vi: str
    en: str
    is_offered: bool = True

    @property
    def label(self) -> LazyString:
        return in_two_languages(self.vi, self.en)


@dataclass(frozen=True, slots=True)
class Definition:
    """A custom field. Two are equal if nothing about them differs."""

    id: UUID
    key: str
    type: str
    label_vi: str
    label_en: str
    help_vi: str
    help_en: str
    section: str
    is_required: bool
    in_list: bool
    default: str
    choices: tuple[Choice, ...]

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.key}"

    @property
    def label(self) -> LazyString:
        return in_two_languages(self.label_vi, self.label_en)

    @property
    def help(self) -> LazyString:
        return in_two_languages(self.help_vi, self.help_en)


class ChoiceLabels(Mapping[Any, object]):
    """The text of a chosen key, of a list of keys, or of keys joined by commas, in the order of the choices."""

    def __init__(self, choices: tuple[Choice, ...]) -> None:
        self._choices = choices

    def __contains__(self, value: object) -> bool:
        return isinstance(value, str | list)

    def __getitem__(self, value: Any) -> str:
        chosen = value.split(",") if isinstance(value, str) else value
        return ", ".join(str(choice.label) for choice in self._choices if choice.key in chosen)

    def __iter__(self) -> Iterator[str]:
        return (choice.key for choice in self._choices)

    def __len__(self) -> int:
        return len(self._choices)


def in_two_languages(vi: str, en: str) -> LazyString:
    """The tenant's own text in the reader's language; the Vietnamese one where there is no other."""
    return LazyString(lambda: vi if current_locale() == DEFAULT_LOCALE else en or vi)


def definitions_of(session: ActorSession, entity: str) -> tuple[Definition, ...]:
    """The custom fields of a table, in their order; those of all tables are read once a session."""
    known: dict[str, tuple[Definition, ...]] | None = session.info.get(SESSION_KEY)
    if known is None:
        remember_definitions(session, session.scalars(select_texts()))
        known = session.info[SESSION_KEY]
    return known.get(entity, ())


@cache
def select_texts() -> Select[str]:
    """Each custom field as one text, for a statement that brings them along; :func:`remember_definitions` takes them."""
    columns = [getattr(CustomField, name) for name in Definition.__slots__]
    return select(json_row(CustomField.entity, CustomField.position, *columns))


def remember_definitions(session: ActorSession, texts: Iterable[str]) -> None:
    """Keep the tenant's custom fields for the rest of the session."""
    known: dict[str, tuple[Definition, ...]] = {}
    for entity, _position, *values in sorted(map(json.loads, texts), key=lambda read: read[:3]):
        known[entity] = (*known.get(entity, ()), _from_json(dict(zip(Definition.__slots__, values, strict=True))))
    session.info[SESSION_KEY] = known


def _from_json(read: dict[str, Any]) -> Definition:
    choices = json.loads(read["choices"]) if isinstance(read["choices"], str) else read["choices"]
    plain = {"id": UUID(read["id"]), "is_required": bool(read["is_required"]), "in_list": bool(read["in_list"])}
    return Definition(**{**read, **plain, "choices": tuple(Choice(**choice) for choice in choices)})


def forget_definitions(session: ActorSession) -> None:
    """Have them read again: one was changed."""
    session.info.pop(SESSION_KEY, None)


def definition(row: Any) -> Definition:
    """The definition of a row of the model, or of its columns."""
    named = {name: getattr(row, name) for name in Definition.__slots__}
    return Definition(**{**named, "choices": tuple(Choice(**choice) for choice in named["choices"])})


read_alongside("field", select_texts, remember_definitions)
