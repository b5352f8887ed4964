"""Filters of the audit trail that no column answers: one record by its name, one field by its label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from werkzeug.datastructures import MultiDict

from core.audit.kinds import all_kinds
from core.audit.models import AuditEntry
from core.audit.telling import name_of
from core.db.session import ActorSession, with_deleted
from core.errors import DomainError
from core.i18n import translator
from core.resources.base import Resource, all_resources
from core.resources.filters import MAX_TEXT, Args, Filter
from core.resources.listing import search_criterion
from core.tenancy.addons import enabled_addons
from core.text import clean, fold

_ = translator(__name__)

MOST_RECORDS = 100
"""Records that a name may mean; with more it says too little."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed, and what it means."""

    text: str
    found: tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class _TypedFilter(Filter):
    control: ClassVar[str] = "text"

    def read(self, args: MultiDict[str, str], session: ActorSession) -> Asked | None:
        text = clean(args.get(self.name, "")[:MAX_TEXT])
        return Asked(text, self.find(text, session)) if text else None

    def args(self, value: Asked) -> Args:
        return [(self.name, value.text)]

    def find(self, text: str, session: ActorSession) -> tuple[Any, ...]:
        """What ``text`` means. DomainError where it means nothing, or too much."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class RecordFilter(_TypedFilter):
    """One record as ``<table>:<id>``; or what the reader sees under that name, code or phone, deleted or not."""

    def find(self, text: str, session: ActorSession) -> tuple[tuple[str, UUID], ...]:
        if one := _as_record(text):
            return (one,)
        found: list[tuple[str, UUID]] = []
        enabled = enabled_addons(session)
        with with_deleted(session) as reader:
            for resource in all_resources().values():
                may = resource.permissions.read
                if resource.is_searchable and resource.addon in enabled and may and session.actor.can(may):
                    found += [(resource.entity, id) for id in _called(reader, resource, text)]
        found = list(dict.fromkeys(found))
        if not found:
            raise DomainError.of("unknown_record", _("No record is called “%(text)s”.", text=text))
        if len(found) > MOST_RECORDS:
            message = _("More than %(n)s records match “%(text)s”; type more of the name.", n=MOST_RECORDS, text=text)
            raise DomainError.of("too_many_records", message)
        return tuple(found)

    def text(self, value: Asked, session: ActorSession) -> str:
        is_one = _as_record(value.text) is not None
        return name_of(session, *value.found[0]) if is_one else value.text

    def compare(self, value: Asked, session: ActorSession) -> ColumnElement[bool]:
        by_entity: dict[str, list[UUID]] = {}
        for entity, id in value.found:
            by_entity.setdefault(entity, []).append(id)
        return or_(
            *(and_(AuditEntry.entity == entity, AuditEntry.entity_id.in_(ids)) for entity, ids in by_entity.items())
        )


def _as_record(text: str) -> tuple[str, UUID] | None:
    entity, _colon, id = text.partition(":")
    try:
        return (entity, UUID(id))
    except ValueError:
        return None


def _called(session: ActorSession, resource: Resource[Any], text: str) -> Sequence[UUID]:
    """Up to one more than may be meant."""
    query = select(resource.model.id).where(*resource.restrict(session))
    if (criterion := search_criterion(session, resource.model, text)) is not None:
        query = query.where(criterion)
    return session.scalars(query.limit(MOST_RECORDS + 1)).all()


@dataclass(frozen=True, eq=False)
class FieldFilter(_TypedFilter):
    """Entries in which a field changed whose label contains the text, in the reader's language and without marks."""

    def find(self, text: str, session: ActorSession) -> tuple[tuple[str, str], ...]:
        wanted, enabled = fold(text), enabled_addons(session)
        found = tuple(
            (kind.entity, name)
            for kind in all_kinds().values()
            if kind.addon in enabled
            for name, shown in kind.fields.items()
            if wanted in fold(str(shown.label))
        )
        if not found:
            raise DomainError.of("unknown_field", _("No field is called “%(text)s”.", text=text))
        return found

    def text(self, value: Asked, session: ActorSession) -> str:
        return value.text

    def compare(self, value: Asked, session: ActorSession) -> ColumnElement[bool]:
        by_field: dict[str, list[str]] = {}
        for entity, name in value.found:
            by_field.setdefault(name, []).append(entity)
        return or_(
            *(
                and_(AuditEntry.entity.in_(entities), AuditEntry.changes[name].as_string().is_not(None))
                for name, entities in by_field.items()
            )
        )
