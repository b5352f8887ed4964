"""Telling users something, and what they do with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import insert, select, update

from core.access.models import User
from core.clock import now
from core.db.ids import uuid7
from core.db.session import ActorSession
from core.events import emit
from core.i18n import use_locale
from core.i18n.locale import DEFAULT_LOCALE
from core.notifications.contributions import Way
from core.notifications.events import NoticesWritten, WrittenNotice
from core.notifications.models import Notification
from core.notifications.preferences import find_kind, ways_of


def notify(
    session: ActorSession, user_ids: Iterable[UUID], *, kind: str, title: object, body: object = "", url: str = ""
) -> None:
    """Tell users something, in this transaction, each in his language and as he chose for this ``kind``.

    The actor himself and repeated ids are left out. Lazy texts are rendered for each receiver.
    """
    receivers = list(dict.fromkeys(id for id in user_ids if id != session.actor.user_id))
    if not receivers:
        return
    ways = ways_of(session, find_kind(session, kind), receivers)
    told = [id for id in receivers if ways[id] != Way.NONE]
    languages = dict(session.execute(select(User.id, User.language).where(User.id.in_(told))).all()) if told else {}
    written = [_written(id, languages.get(id, DEFAULT_LOCALE), title, body, url) for id in told]
    rows = [{**asdict(notice), "kind": kind, "created_at": now()} for notice in written]
    if rows:
        session.execute(insert(Notification), rows)
        by_mail = tuple(notice for notice in written if ways[notice.user_id] == Way.EMAIL)
        emit(session, NoticesWritten(kind, by_mail))


def _written(user_id: UUID, language: str, title: object, body: object, url: str) -> WrittenNotice:
    with use_locale(language):
        return WrittenNotice(uuid7(), user_id, str(title)[:300], str(body)[:500], url)


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
