"""Finding users, departments, groups and rights."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from core.access.models import Department, DepartmentMember, Group, GroupMember, GroupPermission, User
from core.access.services.granting import MANAGE_GROUPS, own_ticks
from core.db.search import matches
from core.db.session import ActorSession
from core.i18n import in_domain
from core.kernel import current_kernel
from core.tenancy.addons import enabled_addons

PICKED = 20
"""Options a picker shows: more are found by typing on."""


def get_own_user(session: ActorSession) -> User:
    """The acting user's account."""
    return session.need(User, session.actor.user_id)


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group in the list of groups."""

    id: UUID
    name: str
    is_shipped: bool
    members: int


@dataclass(frozen=True, slots=True)
class Right:
    """A permission that can be ticked."""

    name: str
    label: str
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class RightsSection:
    """The rights of one addon (SYS-02: "the rights of section Customers")."""

    addon: str
    title: str
    icon: str
    rights: tuple[Right, ...]

    @property
    def ticked(self) -> int:
        """How many of them are ticked."""
        return sum(right.is_ticked for right in self.rights)


@dataclass(frozen=True, slots=True)
class Person:
    """A user as lists of members and pickers show him."""

    id: UUID
    name: str
    username: str
    is_active: bool


def list_groups(session: ActorSession) -> list[GroupLine]:
    """All groups by name, with the number of active members."""
    members = (
        select(GroupMember.group_id, func.count(GroupMember.id).label("n"))
        .join(User, User.id == GroupMember.user_id)
        .where(User.is_active)
        .group_by(GroupMember.group_id)
        .subquery()
    )
    query = (
        select(Group.id, Group.name, Group.shipped_key, members.c.n)
        .outerjoin(members, members.c.group_id == Group.id)
        .order_by(Group.sort_name, Group.id)
    )
    return [GroupLine(id, name, key is not None, n or 0) for id, name, key, n in session.execute(query)]


def list_rights(session: ActorSession, group: Group) -> list[RightsSection]:
    """What can be ticked in ``group``: the permissions of the enabled addons, by addon in load order."""
    query = select(GroupPermission.permission).where(GroupPermission.group_id == group.id)
    return _sections(session, set(session.scalars(query)))


def list_own_rights(session: ActorSession, ticks: Collection[str], *, but: str) -> list[RightsSection]:
    """The acting user's own rights, without ``but``, of which ``ticks`` are ticked."""
    return _sections(session, ticks, among=session.actor.permissions - {but})


def _sections(
    session: ActorSession, ticks: Collection[str], *, among: Collection[str] | None = None
) -> list[RightsSection]:
    enabled = enabled_addons(session)
    sections = [
        RightsSection(
            found.name,
            str(in_domain(found.manifest.title, found.name)),
            found.manifest.icon,
            tuple(
                Right(each.full_name, str(in_domain(each.label, found.name)), each.full_name in ticks)
                for each in found.manifest.permissions
                if among is None or each.full_name in among
            ),
        )
        for found in current_kernel().registry.addons
        if found.name in enabled
    ]
    return [section for section in sections if section.rights]


def list_grantable_groups(session: ActorSession) -> list[tuple[UUID, str]]:
    """Id and name of the groups that the acting user may put others into (``services.granting``), by name."""
    query = select(Group.id, Group.name)
    if not session.actor.can(MANAGE_GROUPS):
        own = own_ticks(session)
        beyond = select(GroupPermission.group_id).where(GroupPermission.permission.not_in(own))
        query = query.where(Group.id.not_in(beyond))
    return [(id, name) for id, name in session.execute(query.order_by(Group.sort_name, Group.id))]


def list_user_groups(session: ActorSession, user_id: UUID) -> list[tuple[UUID, str]]:
    """Id and name of the groups that a user is in, by name."""
    query = select(Group.id, Group.name).join(GroupMember, GroupMember.group_id == Group.id)
    rows = session.execute(query.where(GroupMember.user_id == user_id).order_by(Group.sort_name, Group.id))
    return [(id, name) for id, name in rows]


def list_user_departments(session: ActorSession, user_id: UUID) -> list[tuple[UUID, str]]:
    """Id and name of the departments that a user is in, by name."""
    query = select(Department.id, Department.name).join(
        DepartmentMember, DepartmentMember.department_id == Department.id
    )
    rows = session.execute(
        query.where(DepartmentMember.user_id == user_id).order_by(Department.sort_name, Department.id)
    )
    return [(id, name) for id, name in rows]


def list_departments(session: ActorSession) -> list[tuple[UUID, str]]:
    """Id and name of the active departments, by name."""
    query = select(Department.id, Department.name).where(Department.is_active)
    return [(id, name) for id, name in session.execute(query.order_by(Department.sort_name, Department.id))]


def list_department_members(session: ActorSession, department_id: UUID) -> list[Person]:
    """Who is in a department, by name; locked accounts too."""
    query = select(User.id, User.name, User.username, User.is_active)
    rows = query.join(DepartmentMember, DepartmentMember.user_id == User.id)
    rows = rows.where(DepartmentMember.department_id == department_id)
    return [Person(*row) for row in session.execute(rows.order_by(User.sort_name, User.id))]


def search_departments(session: ActorSession, text: str, *, without: Sequence[UUID] = ()) -> list[tuple[UUID, str]]:
    """Active departments whose name contains ``text``, for pickers."""
    query = select(Department.id, Department.name).where(Department.is_active)
    criterion = matches(session, Department, text)
    if criterion is not None:
        query = query.where(criterion)
    if without:
        query = query.where(Department.id.not_in(without))
    rows = session.execute(query.order_by(Department.sort_name, Department.id).limit(PICKED))
    return [(id, name) for id, name in rows]


def list_group_members(session: ActorSession, group: Group) -> list[Person]:
    """Who is in ``group``, by name; locked accounts too."""
    query = select(User.id, User.name, User.username, User.is_active)
    rows = query.join(GroupMember, GroupMember.user_id == User.id).where(GroupMember.group_id == group.id)
    return [Person(*row) for row in session.execute(rows.order_by(User.sort_name, User.id))]


def search_people(session: ActorSession, text: str, *, without: Sequence[UUID] = ()) -> list[Person]:
    """Active users whose name, user name, e-mail or phone contains ``text``, for pickers."""
    query = select(User.id, User.name, User.username, User.is_active).where(User.is_active)
    criterion = matches(session, User, text)
    if criterion is not None:
        query = query.where(criterion)
    if without:
        query = query.where(User.id.not_in(without))
    return [Person(*row) for row in session.execute(query.order_by(User.sort_name, User.id).limit(PICKED))]


def find_person(session: ActorSession, text: str) -> UUID | None:
    """The active user whose user name or name is exactly ``text``, for browsers without JavaScript."""
    query = select(User.id).where(User.is_active, (User.username == text.strip().lower()) | (User.name == text.strip()))
    found = session.scalars(query.limit(2)).all()
    return found[0] if len(found) == 1 else None


def list_people_with(session: ActorSession, permission: str) -> list[UUID]:
    """The active users that a group gives ``permission``."""
    query = (
        select(User.id)
        .join(GroupMember, GroupMember.user_id == User.id)
        .join(GroupPermission, GroupPermission.group_id == GroupMember.group_id)
        .where(User.is_active, GroupPermission.permission == permission)
        .distinct()
    )
    return list(session.scalars(query))
