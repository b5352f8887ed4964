"""The demonstration business "Thiết bị Hải Đăng": who works there, and whom of them one can log in as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypedDict

from sqlalchemy import select

from core.access.models import Department, DepartmentMember, User
from core.access.services import create_department, create_user, lock_user
from core.audit import AuditEntry, record
from core.db.actor import Actor
from core.db.session import ActorSession, open_session
from core.demo.marking import DEMO
from core.errors import DomainError
from core.i18n import translator
from core.kernel import current_kernel
from core.tenancy.addons import enabled_addons
from core.tenancy.models import Tenant
from core.tenancy.queries import list_tenants
from core.tenancy.services import create_tenant

_ = translator(__name__)

SLUG = "haidang"
NAME = "Thiết bị Hải Đăng"
PASSWORD = "thu-banyan-2026"  # noqa: S105  (opens the demonstration business alone, and is printed with it)
LOADED = "load_demo"
"""The audit entry by which the demonstration business is told from a real one of the same short name."""

NORTH, SOUTH, BOOKS = "Kinh doanh miền Bắc", "Kinh doanh miền Nam", "Kế toán"

Duty = Literal["administrator", "manager", "seller", "accountant"]
"""What an employee does. An addon's demo data give each duty the addon's own groups (:func:`employees_with`)."""


class Login(TypedDict):
    """An account of the demonstration business."""

    tenant: str
    username: str
    password: str
    role: str


@dataclass(frozen=True, slots=True)
class Employee:
    """Somebody who works there; ``role`` is what the list of logins says of him."""

    username: str
    name: str
    role: str
    duty: Duty
    departments: tuple[str, ...] = ()
    is_locked: bool = False


EMPLOYEES = (
    Employee("quantri", "Phạm Thị Thu Hà", "Quản trị viên", "administrator"),
    Employee("thang.nguyen", "Nguyễn Đức Thắng", "Trưởng phòng kinh doanh", "manager", (NORTH, SOUTH)),
    Employee("quan.le", "Lê Minh Quân", "Nhân viên kinh doanh", "seller", (NORTH,)),
    Employee("anh.tran", "Trần Ngọc Ánh", "Nhân viên kinh doanh", "seller", (NORTH,)),
    Employee("dat.vo", "Võ Thành Đạt", "Nhân viên kinh doanh", "seller", (SOUTH,)),
    Employee("my.huynh", "Huỳnh Thị Diễm My", "Nhân viên kinh doanh", "seller", (SOUTH,)),
    Employee("hoa.dang", "Đặng Thị Hoa", "Kế toán", "accountant", (BOOKS,)),
    Employee("tuan.bui", "Bùi Anh Tuấn", "Đã nghỉ việc", "seller", (NORTH,), is_locked=True),
)


def load_demo() -> list[Login]:
    """Make the demonstration business with the demo data of every addon it has; the accounts that can log in.

    Safe to repeat: what is there already stays. DomainError when a real business has its short name.
    """
    tenant = next((each for each in list_tenants() if each.slug == SLUG), None) or create_tenant(SLUG, NAME)
    actor = Actor.system(tenant.id)
    with open_session(actor) as session:
        _hire(session, tenant)
    for marked in current_kernel().registry.marked(DEMO):
        with open_session(actor) as session:
            if marked.addon in enabled_addons(session):
                marked.obj(session)
    return [
        Login(tenant=SLUG, username=each.username, password=PASSWORD, role=each.role)
        for each in EMPLOYEES
        if not each.is_locked
    ]


def _hire(session: ActorSession, tenant: Tenant) -> None:
    """Make departments and accounts in a new business; leave the demonstration business as it is."""
    if session.scalar(select(AuditEntry.id).where(AuditEntry.action == LOADED).limit(1)) is not None:
        return
    if session.scalar(select(User.id).limit(1)) is not None:
        message = _("There is a real business %(slug)s here; the demonstration would mix with it.", slug=SLUG)
        raise DomainError.of("not_the_demo", message)
    users = {each.username: _make_user(session, each) for each in EMPLOYEES}
    for name in (NORTH, SOUTH, BOOKS):
        members = [users[each.username].id for each in EMPLOYEES if name in each.departments]
        create_department(session, name=name, user_ids=members)
    record(session, LOADED, entity="core_tenant", entity_id=tenant.id)


def _make_user(session: ActorSession, employee: Employee) -> User:
    user = create_user(
        session,
        username=employee.username,
        name=employee.name,
        email=f"{employee.username}@haidang.example",
        password=PASSWORD,
        administrator=employee.duty == "administrator",
    )
    if employee.is_locked:
        lock_user(session, user)
    return user


def employees_with(session: ActorSession, duty: Duty) -> list[User]:
    """The accounts of those who do this, locked ones included: for addons that give them rights."""
    names = [each.username for each in EMPLOYEES if each.duty == duty]
    return list(session.scalars(select(User).where(User.username.in_(names)).order_by(User.username)))


def departments_of(session: ActorSession) -> dict[str, list[User]]:
    """The active employees of each department by its name: for addons that hand out demo records."""
    query = (
        select(Department.name, User)
        .join(DepartmentMember, DepartmentMember.department_id == Department.id)
        .join(User, User.id == DepartmentMember.user_id)
        .where(User.is_active)
        .order_by(User.username)
    )
    found: dict[str, list[User]] = {}
    for name, user in session.execute(query):
        found.setdefault(name, []).append(user)
    return found
