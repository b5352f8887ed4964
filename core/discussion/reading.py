"""What each user has not read yet (CUS-056): comments of others on records that he may see.

His own comments, removed ones and the change log do not count. An open discussion marks itself read.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from core.db.actor import Actor
from core.db.base import TenantModel
from core.db.bulk import keep_latest
from core.db.session import ActorSession
from core.discussion.models import Comment, Reading


def count_unread(session: ActorSession, model: type[TenantModel], id: UUID | None = None) -> int:
    """Comments on the records of ``model`` that the actor may see and has not read; of one record with ``id``."""
    query = _unread(select(func.count(Comment.id)), model, session.actor).join(model, model.id == Comment.entity_id)
    if id is not None:
        query = query.where(Comment.entity_id == id)
    return session.scalar(query) or 0


def unread_by_record(model: type[TenantModel], actor: Actor) -> Select[UUID, int]:
    """(record's id, number of unread comments), for a join or a page of records; the record's scope is the caller's."""
    query = select(Comment.entity_id, func.count(Comment.id).label("unread"))
    counted: Select[UUID, int] = _unread(query, model, actor).group_by(Comment.entity_id)
    return counted


def has_unread(model: type[TenantModel], actor: Actor) -> ColumnElement[bool]:
    """The criterion of a list of ``model``: records with comments that ``actor`` has not read."""
    return model.id.in_(_unread(select(Comment.entity_id), model, actor))


def mark_read(session: ActorSession, model: type[TenantModel], id: UUID, until: datetime) -> None:
    """The actor has seen the comments on the record up to the moment ``until``; a later mark is never taken back."""
    key = {"user_id": session.actor.user_id, "entity": model.__tablename__, "entity_id": id}
    keep_latest(session, Reading, key, "until", until)


def _unread(query: Any, model: type[TenantModel], actor: Actor) -> Any:
    """``query`` on comments, narrowed to those that ``actor`` has not read."""
    here = and_(
        Reading.entity == Comment.entity, Reading.entity_id == Comment.entity_id, Reading.user_id == actor.user_id
    )
    return query.outerjoin(Reading, here).where(
        Comment.entity == model.__tablename__,
        Comment.author_id != actor.user_id,
        Comment.removed_at.is_(None),
        or_(Reading.until.is_(None), Comment.created_at > Reading.until),
    )
