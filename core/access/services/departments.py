"""Departments and who is in them (SYS-07). A department is switched off, never deleted: shares and transfers name it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from core.access.models import Department, DepartmentMember
from core.access.services.membership import exchange, record_members
from core.access.services.names import name_problems
from core.access.services.users import user_problems
from core.db.session import ActorSession
from core.errors import DomainError
from core.i18n import translator
from core.text import clean

_ = translator(__name__)


def create_department(
    session: ActorSession, *, name: str, is_active: bool = True, user_ids: Collection[UUID] = ()
) -> Department:
    """Make a department with these members. DomainError: name missing, too long or taken; unknown members."""
    name = clean(name)
    problems = [*name_problems(session, Department, name), *user_problems(session, user_ids)]
    if problems:
        raise DomainError(*problems)
    department = Department(name=name, is_active=is_active)
    session.add(department)
    session.flush()
    _set_members(session, department, user_ids)
    return department


def update_department(
    session: ActorSession,
    department: Department,
    *,
    name: str,
    is_active: bool,
    user_ids: Collection[UUID] | None = None,
) -> None:
    """Rename, switch on or off, and set the members where they are given.

    One that is off keeps its members and everything shared with it; it is only offered no more.
    """
    name = clean(name)
    problems = [*name_problems(session, Department, name, but=department.id), *user_problems(session, user_ids or ())]
    if problems:
        raise DomainError(*problems)
    department.name, department.is_active = name, is_active
    if user_ids is not None:
        _set_members(session, department, user_ids)
    session.flush()


def set_department_members(session: ActorSession, department: Department, user_ids: Collection[UUID]) -> None:
    """Make exactly these users the members. DomainError for unknown ones."""
    if problems := user_problems(session, user_ids):
        raise DomainError(*problems)
    _set_members(session, department, user_ids)


def _set_members(session: ActorSession, department: Department, user_ids: Collection[UUID]) -> None:
    rows = session.scalars(select(DepartmentMember).where(DepartmentMember.department_id == department.id))
    present = {row.user_id: row for row in rows}
    exchange(session, present, user_ids, lambda id: DepartmentMember(department_id=department.id, user_id=id))
    record_members(session, "core_department", department.id, "members", present, set(user_ids))
    session.flush()
