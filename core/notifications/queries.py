"""The actor's notices."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from core.db.session import ActorSession
from core.notifications.models import Notification


def count_unread(session: ActorSession) -> int:
    """How many notices the actor has not read; counted up to 100."""
    some = (
        select(Notification.id)
        .where(Notification.user_id == session.actor.user_id, Notification.read_at.is_(None))
        .limit(100)
        .subquery()
    )
    return session.scalar(select(func.count(some.c.id))) or 0


def list_notices(
    session: ActorSession, *, before: UUID | None, limit: int, kind: str = "", is_unread: bool = False
) -> Sequence[Notification]:
    """The actor's notices, newest first, those older than the notice ``before``; of one ``kind``, or all."""
    query = select(Notification).where(Notification.user_id == session.actor.user_id)
    if before is not None:
        query = query.where(Notification.id < before)
    if kind:
        query = query.where(Notification.kind == kind)
    if is_unread:
        query = query.where(Notification.read_at.is_(None))
    return session.scalars(query.order_by(Notification.id.desc()).limit(limit)).all()
