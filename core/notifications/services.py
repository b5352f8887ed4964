"""Telling users something, and what they do with it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import insert, update

from core.clock import now
from core.db.session import ActorSession
from core.notifications.models import Notification


def notify(
    session: ActorSession, user_ids: Iterable[UUID], *, kind: str, title: object, body: object = "", url: str = ""
) -> None:
    """Tell users something, in this transaction. The actor himself and repeated ids are left out."""
    receivers = dict.fromkeys(id for id in user_ids if id != session.actor.user_id)
    rows = [
        {
            "user_id": id,
            "kind": kind,
            "title": str(title)[:300],
            "body": str(body)[:500],
            "url": url,
            "created_at": now(),
        }
        for id in receivers
    ]
    if rows:
        session.execute(insert(Notification), rows)


def mark_read(session: ActorSession, id: UUID) -> Notification:
    """Mark one notice of the actor as read. Raises NotFound for what is not his."""
    notice = session.need(Notification, id)
    if notice.read_at is None:
        notice.read_at = now()
    return notice


def mark_all_read(session: ActorSession) -> None:
    """Mark every notice of the actor as read."""
    unread = update(Notification).where(Notification.read_at.is_(None), Notification.user_id == session.actor.user_id)
    session.execute(unread.values(read_at=now()), execution_options={"synchronize_session": False})
