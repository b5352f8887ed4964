"""What can be discussed. An addon declares it once, at the top level of its ``resources.py``; pages and rights follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from core.db.base import TenantModel
from core.db.session import ActorSession
from core.errors import Forbidden, NotFound
from core.i18n import translator
from core.kernel import current_kernel
from core.tenancy.addons import enabled_addons

_ = translator(__name__)


@dataclass(frozen=True)
class Discussed:
    """A model whose records have a discussion.

    ``read`` and ``comment`` are permissions; ``endpoint`` is the detail page (it takes ``id``); ``title`` names a record;
    ``labels`` gives the field names of the change log; ``may_comment(session, record)`` narrows who may write.
    """

    model: type[TenantModel]
    read: str
    comment: str
    endpoint: str
    title: Callable[[Any], str]
    labels: Mapping[str, object] = field(default_factory=dict)
    may_comment: Callable[[ActorSession, Any], bool] = lambda session, record: True


@dataclass(frozen=True)
class Subject:
    """One record under discussion, which the actor may read."""

    discussed: Discussed
    record: Any

    @property
    def entity(self) -> str:
        return str(self.record.__tablename__)

    @property
    def title(self) -> str:
        return self.discussed.title(self.record)


def find_subject(session: ActorSession, entity: str, id: UUID) -> Subject:
    """The record ``id`` of the table ``entity``. NotFound: no such record for this actor. Forbidden: no right to read."""
    enabled = enabled_addons(session)
    for found in current_kernel().registry.instances(Discussed):
        if found.obj.model.__tablename__ == entity and found.addon in enabled:
            if not session.actor.can(found.obj.read):
                raise Forbidden.of("forbidden", _("You may not open this."))
            return Subject(found.obj, session.need(found.obj.model, id))
    raise NotFound.of("not_found", _("This record does not exist, or you may not see it."))


def can_comment(session: ActorSession, subject: Subject) -> bool:
    """Whether the actor may write here: the permission, and what the addon adds (CUS-025)."""
    return session.actor.can(subject.discussed.comment) and subject.discussed.may_comment(session, subject.record)
