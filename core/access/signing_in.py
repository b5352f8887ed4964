"""Recognising the user of a request: the cookie names the tenant and carries a token, the database knows its hash."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from flask import Request, g
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    literal,
    select,
    union_all,
)

from core.access.models import DepartmentMember, Group, GroupMember, GroupPermission, SecondFactor, User, UserSession
from core.clock import now
from core.db.actor import Actor
from core.db.session import ActorSession
from core.notifications import Notification
from core.settings.models import SETTING_TEXT, remember_settings
from core.tenancy.addons import enabled_addons, remember_enabled
from core.tenancy.models import Tenant, TenantAddon

SESSION_COOKIE = "banyan_session"
"""``<tenant id as 32 hex digits>.<token>``: the tenant is needed before row security lets the session be read."""

LONGEST = timedelta(days=30)
"""After this long everybody signs in again, however busy the session is."""

IDLE = timedelta(hours=12)
"""After this long without a request the session has ended."""


@dataclass(frozen=True, slots=True)
class Me:
    """The signed-in user as pages show him, read with the session in one query."""

    user_id: UUID
    session_id: UUID
    name: str
    username: str
    language: str
    theme: str
    density: str
    tenant_name: str
    time_zone: str
    last_seen_at: datetime
    confirmed_at: datetime
    must_enrol: bool = False
    unread: int = 0


def identify(session: ActorSession, request: Request) -> Actor | None:
    """Bind ``session`` to the request's user and return the actor; None, and the platform as actor, where nobody is in.

    Two queries: who it is, and what he may (permissions, departments, enabled addons, unread notices and the tenant's
    settings in one union).
    """
    tenant_id, token = read_cookie(request.cookies.get(SESSION_COOKIE, ""))
    if tenant_id is None:
        session.become(Actor.platform())
        return None
    session.become(Actor.system(tenant_id))
    me = _find_me(session, token)
    if me is None:
        session.rollback()
        session.become(Actor.platform())
        return None
    actor, unread = read_rights(session, me.user_id, me.name)
    g.me = replace(me, unread=unread)
    session.become(actor)
    return actor


def read_cookie(value: str) -> tuple[UUID | None, str]:
    """Tenant and token of a cookie's value; no tenant where it is none of ours."""
    tenant, _, token = value.partition(".")
    try:
        return UUID(hex=tenant), token
    except ValueError:
        return None, ""


def cookie_value(tenant_id: UUID, token: str) -> str:
    """What stands in :data:`SESSION_COOKIE`."""
    return f"{tenant_id.hex}.{token}"


def hash_token(token: str) -> bytes:
    """What is kept of a session's token."""
    return hashlib.sha256(token.encode()).digest()


def _find_me(session: ActorSession, token: str) -> Me | None:
    moment = now()
    row = session.execute(_select_me(), {"token": hash_token(token), "now": moment, "idle": moment - IDLE}).first()
    return Me(*row) if row else None


@cache
def _select_me() -> Select[*tuple[Any, ...]]:
    query = select(
        User.id,
        UserSession.id,
        User.name,
        User.username,
        User.language,
        User.theme,
        User.density,
        Tenant.name,
        Tenant.time_zone,
        UserSession.last_seen_at,
        UserSession.confirmed_at,
        _must_enrol(),
    )
    query = query.join(User, (User.id == UserSession.user_id) & (User.tenant_id == UserSession.tenant_id))
    return query.join(Tenant, Tenant.id == UserSession.tenant_id).where(
        UserSession.token_hash == bindparam("token"),
        ~UserSession.awaits_code,
        UserSession.expires_at > bindparam("now"),
        UserSession.last_seen_at > bindparam("idle"),
        User.is_active,
        Tenant.is_active,
    )


def _must_enrol() -> ColumnElement[bool]:
    """Whether one of the user's groups requires a second factor that he does not have."""
    requiring = select(GroupMember.id).join(Group, Group.id == GroupMember.group_id)
    requiring = requiring.where(GroupMember.user_id == User.id, Group.requires_second_factor)
    factor = select(SecondFactor.id).where(SecondFactor.user_id == User.id)
    return and_(requiring.exists(), ~factor.exists())


def actor_of(session: ActorSession, user_id: UUID) -> Actor | None:
    """The actor that an active user is, with his rights of this moment; None for a locked or unknown one."""
    return next(iter(actors_of(session, [user_id])), None)


def actors_of(session: ActorSession, user_ids: Collection[UUID]) -> list[Actor]:
    """The actors that the active ones of these users are, in two queries for all of them.

    ``session`` works for the tenant's system, or for whoever asks on the others' behalf (a mention, a job).
    """
    named = session.execute(select(User.id, User.name).where(User.id.in_(user_ids), User.is_active)).all()
    ids = [row.id for row in named]
    permissions = (
        select(GroupMember.user_id, literal("permission"), GroupPermission.permission)
        .join(GroupPermission, GroupPermission.group_id == GroupMember.group_id)
        .where(GroupMember.user_id.in_(ids))
    )
    departments = select(
        DepartmentMember.user_id, literal("department"), cast(DepartmentMember.department_id, String)
    ).where(DepartmentMember.user_id.in_(ids))
    found: dict[UUID, dict[str, set[str]]] = {id: {"permission": set(), "department": set()} for id in ids}
    for id, kind, value in session.execute(union_all(permissions, departments)) if ids else ():
        found[id][kind].add(value)
    enabled = enabled_addons(session)
    return [_actor(session, row.id, row.name, found[row.id], enabled) for row in named]


@dataclass(frozen=True, slots=True)
class Alongside:
    """Texts of the tenant that almost every request needs, and who keeps them for the rest of the session."""

    select: Callable[[], Select[str]]
    remember: Callable[[ActorSession, Collection[str]], None]


_alongside: dict[str, Alongside] = {}


def read_alongside(
    kind: str, select: Callable[[], Select[str]], remember: Callable[[ActorSession, Collection[str]], None]
) -> None:
    """Have the texts of ``select`` read together with the rights, for what this module cannot know. Called at import."""
    _alongside[kind] = Alongside(select, remember)


def read_rights(session: ActorSession, user_id: UUID, name: str) -> tuple[Actor, int]:
    """Permissions, departments, enabled addons, settings, the number of unread notices and what else is read alongside, in
    one query.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    for kind, value in session.execute(_select_rights(), {"user": user_id}):
        found[kind].add(value)
    enabled = remember_enabled(session, found["addon"])
    remember_settings(session, found["setting"])
    for kind, each in _alongside.items():
        each.remember(session, found[kind])
    return _actor(session, user_id, name, found, enabled), int(found["unread"].pop())


@cache
def _select_rights() -> CompoundSelect[Any]:
    user_id: BindParameter[UUID] = bindparam("user")
    permissions = (
        select(literal("permission"), GroupPermission.permission)
        .join(GroupMember, GroupMember.group_id == GroupPermission.group_id)
        .where(GroupMember.user_id == user_id)
    )
    departments = select(literal("department"), cast(DepartmentMember.department_id, String)).where(
        DepartmentMember.user_id == user_id
    )
    addons = select(literal("addon"), TenantAddon.addon).where(TenantAddon.is_enabled)
    unread = select(literal("unread"), cast(func.count(Notification.id), String)).where(
        Notification.user_id == user_id, Notification.read_at.is_(None)
    )
    settings = select(literal("setting"), SETTING_TEXT)
    others = [_marked(kind, each.select()) for kind, each in _alongside.items()]
    return union_all(permissions, departments, addons, unread, settings, *others)


def _marked(kind: str, texts: Select[str]) -> Select[str, str]:
    (text,) = texts.selected_columns
    return texts.with_only_columns(literal(kind), text)


def _actor(
    session: ActorSession, user_id: UUID, name: str, found: Mapping[str, set[str]], enabled: frozenset[str]
) -> Actor:
    granted = frozenset(each for each in found["permission"] if each.partition(".")[0] in enabled)
    department_ids = frozenset(UUID(value) for value in found["department"])
    return Actor(session.tenant_id, user_id, name, granted, department_ids)
