"""How users want to be told: what they chose for each kind of notice, else the kind's default."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select

from core.contributions import contributed
from core.db.session import ActorSession
from core.notifications.contributions import NoticeKind, Way, notice_kinds
from core.notifications.models import NoticePreference


def list_kinds(session: ActorSession) -> tuple[NoticeKind, ...]:
    """The kinds of notices of the enabled addons."""
    return contributed(notice_kinds, session=session)


def find_kind(session: ActorSession, key: str) -> NoticeKind:
    """The declared kind; one that nobody declares rings the bell."""
    return next((kind for kind in list_kinds(session) if kind.key == key), NoticeKind(key, key))


def ways_of(session: ActorSession, kind: NoticeKind, user_ids: Collection[UUID]) -> Mapping[UUID, Way]:
    """How each of these users wants to be told of ``kind``."""
    query = select(NoticePreference.user_id, NoticePreference.way).where(
        NoticePreference.kind == kind.key, NoticePreference.user_id.in_(user_ids)
    )
    chosen = dict(session.execute(query).all())
    return {id: _allowed(kind, chosen.get(id)) for id in user_ids}


def ways_for(session: ActorSession, user_id: UUID | None) -> dict[str, Way]:
    """How a user is told, by kind."""
    query = select(NoticePreference.kind, NoticePreference.way).where(NoticePreference.user_id == user_id)
    chosen = dict(session.execute(query).all())
    return {kind.key: _allowed(kind, chosen.get(kind.key)) for kind in list_kinds(session)}


def set_ways(session: ActorSession, ways: Mapping[str, str]) -> None:
    """Keep the actor's choice by kind; what is no kind or no way for it changes nothing."""
    query = select(NoticePreference).where(NoticePreference.user_id == session.actor.user_id)
    standing = {row.kind: row for row in session.scalars(query)}
    for kind in list_kinds(session):
        way = ways.get(kind.key, "")
        if way not in allowed_ways(kind):
            continue
        if kind.key in standing:
            standing[kind.key].way = way
        else:
            session.add(NoticePreference(user_id=session.actor.user_id, kind=kind.key, way=way))


def allowed_ways(kind: NoticeKind) -> tuple[Way, ...]:
    """What can be chosen for a kind."""
    return tuple(way for way in Way if kind.can_be_off or way != Way.NONE)


def _allowed(kind: NoticeKind, chosen: str | None) -> Way:
    return Way(chosen) if chosen in allowed_ways(kind) else kind.default
