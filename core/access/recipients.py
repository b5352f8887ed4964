"""Choosing several people at once, by themselves or by department (SHR-04, OWN-03): what is offered, and who is meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from core.access.models import Department, DepartmentMember, User
from core.access.queries import list_departments
from core.db.session import ActorSession
from core.i18n import translator
from core.text import fold

_ = translator(__name__)

USER = "user"
DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class Choosable:
    """A department or an employee that can be chosen; ``value`` is ``department:<id>`` or ``user:<id>``."""

    value: str
    label: str
    under: str
    is_department: bool

    @property
    def folded(self) -> str:
        """What the list is searched by: without marks, in lower case."""
        return fold(f"{self.label} {self.under}")


def list_recipients(session: ActorSession) -> list[Choosable]:
    """The active departments that have active members, then the active employees; each by name."""
    departments = list_departments(session)
    names = dict(departments)
    people = session.execute(
        select(User.id, User.name, User.username).where(User.is_active).order_by(User.sort_name, User.id)
    ).all()
    members = _members(session)
    of_user: dict[UUID, list[str]] = defaultdict(list)
    for department_id, user_ids in members.items():
        for user_id in user_ids:
            if department_id in names:
                of_user[user_id].append(names[department_id])
    return [
        *(
            Choosable(f"{DEPARTMENT}:{id}", name, str(_.n("1 person", "%(n)s people", len(members[id]))), True)
            for id, name in departments
            if members[id]
        ),
        *(
            Choosable(f"{USER}:{id}", name, ", ".join([username, *sorted(of_user[id])]), False)
            for id, name, username in people
        ),
    ]


def expand_recipients(session: ActorSession, chosen: Iterable[str]) -> list[UUID]:
    """The active users that are meant, each once, in the order of the choice; a department's present members by name.

    What is no such value, is locked, or belongs to another business is left out.
    """
    tokens = [_parse(token) for token in chosen]
    wanted = {id for kind, id in tokens if kind == USER}
    active = set(session.scalars(select(User.id).where(User.id.in_(wanted), User.is_active))) if wanted else set()
    members = _members(session) if any(kind == DEPARTMENT for kind, _id in tokens) else {}
    found: dict[UUID, None] = {}
    for kind, id in tokens:
        if kind == DEPARTMENT and id is not None:
            found |= dict.fromkeys(members.get(id, ()))
        elif id in active:
            found[id] = None
    return list(found)


def _members(session: ActorSession) -> defaultdict[UUID, list[UUID]]:
    """The active members of each active department, by name."""
    query = (
        select(DepartmentMember.department_id, DepartmentMember.user_id)
        .join(User, User.id == DepartmentMember.user_id)
        .join(Department, Department.id == DepartmentMember.department_id)
        .where(User.is_active, Department.is_active)
        .order_by(User.sort_name, User.id)
    )
    members: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for department_id, user_id in session.execute(query):
        members[department_id].append(user_id)
    return members


def _parse(token: str) -> tuple[str, UUID | None]:
    kind, _colon, id = token.partition(":")
    try:
        return kind, UUID(id)
    except ValueError:
        return "", None
