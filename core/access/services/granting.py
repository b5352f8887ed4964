"""Who may give which rights to whom, and that somebody always can.

The rules:

- Whoever holds ``core.manage_groups`` may give and take every right.
- Others who administer users (``core.manage_users``) may give or take only groups whose ticks they hold all themselves, and
  may not change an account that holds a tick they lack: resetting its password would be taking its rights.
- Nobody can take the last active account with ``core.manage_groups`` out of the tenant, his own included.

Ticks are compared as they stand in the groups, those of addons that are off included: they count again when it is on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import select

from core.access.models import Group, GroupMember, GroupPermission, User
from core.db.session import ActorSession
from core.errors import DomainError, Forbidden
from core.i18n import translator

_ = translator(__name__)

MANAGE_GROUPS = "core.manage_groups"


def check_may_grant(session: ActorSession, group_ids: Iterable[UUID]) -> None:
    """Forbidden when one of the groups ticks what the acting user does not hold."""
    if session.actor.can(MANAGE_GROUPS):
        return
    ticks = set(session.scalars(select(GroupPermission.permission).where(GroupPermission.group_id.in_(set(group_ids)))))
    if not ticks <= own_ticks(session):
        raise Forbidden.of(
            "grants_too_much", _("You can give or take only groups whose rights you hold yourself."), "groups"
        )


def may_change(session: ActorSession, user: User) -> bool:
    """Whether the acting user holds every tick that ``user`` holds; everybody may change himself."""
    if session.actor.can(MANAGE_GROUPS) or user.id == session.actor.user_id:
        return True
    return ticks_of(session, user.id) <= own_ticks(session)


def check_may_change(session: ActorSession, user: User) -> None:
    """Forbidden when ``user`` holds a tick that the acting user does not."""
    if not may_change(session, user):
        message = _("%(name)s has rights that you do not have, so you cannot change the account.", name=user.name)
        raise Forbidden.of("has_more_rights", message)


def ticks_of(session: ActorSession, user_id: UUID | None) -> set[str]:
    """Everything that is ticked in the user's groups."""
    query = select(GroupPermission.permission).join(GroupMember, GroupMember.group_id == GroupPermission.group_id)
    return set(session.scalars(query.where(GroupMember.user_id == user_id)))


def own_ticks(session: ActorSession) -> set[str]:
    """Everything that is ticked in the acting user's groups; through a token, what of it the token was made for."""
    ticks, limit = ticks_of(session, session.actor.user_id), session.actor.limit
    return ticks if limit is None else ticks & limit


@contextmanager
def keeping_an_administrator(session: ActorSession) -> Iterator[None]:
    """Refuse the change made inside when it takes the tenant's last administrator, an active user who may manage groups.

    Two such changes at once wait for each other here, else both could take "the other one".
    """
    session.scalars(
        select(Group.id)
        .where(Group.id.in_(select(GroupPermission.group_id).where(GroupPermission.permission == MANAGE_GROUPS)))
        .order_by(Group.id)
        .with_for_update()
    ).all()
    before = _has_administrator(session)
    yield
    session.flush()
    if before and not _has_administrator(session):
        raise DomainError.of(
            "last_administrator",
            _("Nobody would be left who can manage rights. Make somebody else an administrator first."),
        )


def _has_administrator(session: ActorSession) -> bool:
    query = (
        select(User.id)
        .join(GroupMember, GroupMember.user_id == User.id)
        .join(GroupPermission, GroupPermission.group_id == GroupMember.group_id)
        .where(User.is_active, GroupPermission.permission == MANAGE_GROUPS)
        .limit(1)
    )
    return session.scalar(query) is not None
