"""What can be discussed. An addon declares it once, at the top level of its ``resources.py``; pages and rights follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.db.base import TenantModel
from core.db.session import ActorSession
from core.discussion.models import Comment, CommentMention
from core.errors import Forbidden, NotFound
from core.i18n import translator
from core.kernel import current_kernel
from core.tenancy.addons import enabled_addons

_ = translator(__name__)


@dataclass(frozen=True)
class Discussed:
    """A model whose records have a discussion.

    ``read`` and ``comment`` are permissions; ``endpoint`` is the detail page (it takes ``id``); ``title`` names a record;
    ``labels`` gives the field names of the change log; ``may_comment(session, record)`` narrows who may write: these, and
    whom one of them calls by name. ``show_to(session, record, user_ids)`` makes a record visible to colleagues who are
    called, where ``may_show(session, record)``. The quick actions of the record's page stand beside the composer too.
    """

    model: type[TenantModel]
    read: str
    comment: str
    endpoint: str
    title: Callable[[Any], str]
    labels: Mapping[str, object] = field(default_factory=dict)
    may_comment: Callable[[ActorSession, Any], bool] = lambda session, record: True
    may_show: Callable[[ActorSession, Any], bool] = lambda session, record: False
    show_to: Callable[[ActorSession, Any, Sequence[UUID]], object] | None = None


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

    def can_show(self, session: ActorSession) -> bool:
        """Whether the actor may show the record to colleagues who do not see it."""
        return self.discussed.show_to is not None and self.discussed.may_show(session, self.record)

    def show_to(self, session: ActorSession, user_ids: Sequence[UUID]) -> None:
        """Show the record to these colleagues."""
        assert self.discussed.show_to is not None
        self.discussed.show_to(session, self.record, user_ids)


def find_subject(session: ActorSession, entity: str, id: UUID) -> Subject:
    """The record ``id`` of the table ``entity``. NotFound: no such record for this actor. Forbidden: no right to read."""
    enabled = enabled_addons(session)
    for found in current_kernel().registry.instances(Discussed):
        if found.obj.model.__tablename__ == entity and found.addon in enabled:
            if not session.actor.can(found.obj.read):
                raise Forbidden.of("forbidden", _("You may not open this."))
            return Subject(found.obj, session.need(found.obj.model, id))
    raise NotFound.of("not_found", _("This record does not exist, or you may not see it."))


def find_comment(session: ActorSession, id: UUID) -> tuple[Comment, Subject]:
    """The comment ``id``, kept from other writers until the transaction ends, and what it stands on; else as
    :func:`find_subject`."""
    comment = session.need(Comment, id, lock=True)
    return comment, find_subject(session, comment.entity, comment.entity_id)


def can_comment(session: ActorSession, subject: Subject) -> bool:
    """Whether the actor may write here: the permission, and that he is related to the record or was called to it (CUS-025)."""
    if not session.actor.can(subject.discussed.comment):
        return False
    return subject.discussed.may_comment(session, subject.record) or _is_mentioned(session, subject)


def _is_mentioned(session: ActorSession, subject: Subject) -> bool:
    called = (
        select(CommentMention.id)
        .join(Comment, Comment.id == CommentMention.comment_id)
        .where(CommentMention.user_id == session.actor.user_id)
        .where(Comment.entity == subject.entity, Comment.entity_id == subject.record.id, Comment.removed_at.is_(None))
    )
    return session.scalar(called.limit(1)) is not None
