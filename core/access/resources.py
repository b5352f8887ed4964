"""What administrators see of users and departments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from core.access import services
from core.access.browsers import is_phone, name_browser
from core.access.forms import DepartmentForm, UserForm
from core.access.mailing import can_mail_link
from core.access.models import Department, DepartmentMember, GroupMember, User
from core.access.queries import (
    list_department_members,
    list_departments,
    list_groups,
    list_user_departments,
    list_user_groups,
)
from core.access.security_log import EVENTS, list_events
from core.access.services.granting import may_change
from core.access.services.second_factor import factor_state
from core.access.sessions import list_sessions
from core.audit.recorded import Recorded
from core.db.session import ActorSession
from core.i18n import translator
from core.kernel import current_session
from core.resources import (
    Action,
    BooleanFilter,
    BulkAction,
    BulkResult,
    ChoiceFilter,
    Column,
    DetailTab,
    Fact,
    Permissions,
    Resource,
    Sent,
    Tab,
    for_each,
)

_ = translator(__name__)

MANAGE_USERS = "core.manage_users"

STATES = {True: _("Active"), False: _("Locked")}
IN_USE = {True: _("Active"), False: _("Not active")}
TONES = {True: "green", False: "grey"}


def _lock_all(session: ActorSession, ids: Sequence[UUID], **values: Any) -> BulkResult:
    return for_each(session, User, ids, lambda user: services.lock_user(session, user))


def _unlock_all(session: ActorSession, ids: Sequence[UUID], **values: Any) -> BulkResult:
    return for_each(session, User, ids, lambda user: services.unlock_user(session, user))


class Users(Resource[User]):
    """Employees' accounts: they are locked, never deleted."""

    model = User
    name = "users"
    title = _("Employees")
    one = _("employee")
    icon = "users"
    permissions = Permissions(
        "core",
        read=MANAGE_USERS,
        create=MANAGE_USERS,
        edit=MANAGE_USERS,
        delete=None,
        export=None,
        import_=None,
    )
    columns = (
        Column("name", _("Name"), kind="title", subtitle=("username",), sort=True),
        Column("is_active", _("State"), kind="tag", labels=STATES, tone=TONES),
        Column("phone", _("Phone"), card=True),
        Column("email", _("E-mail"), kind="email", wide="xl"),
        Column("created_at", _("Added"), kind="datetime", wide="2xl"),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("active", _("Active"), where=lambda actor: User.is_active.is_(True)),
        Tab("locked", _("Locked"), where=lambda actor: User.is_active.is_(False)),
    )
    filters = (
        BooleanFilter("active", _("State"), User.is_active, yes=_("Active"), no=_("Locked")),
        ChoiceFilter(
            "department",
            _("Department"),
            options=list_departments,
            where=lambda id: User.id.in_(select(DepartmentMember.user_id).where(DepartmentMember.department_id == id)),
        ),
        ChoiceFilter(
            "group",
            _("Permission group"),
            options=lambda session: [(group.id, group.name) for group in list_groups(session)],
            where=lambda id: User.id.in_(select(GroupMember.user_id).where(GroupMember.group_id == id)),
        ),
    )
    default_sort = "name"
    tags = (Fact("is_active", kind="tag", labels=STATES, tone=TONES),)
    contacts = (Fact("username", icon="user"), Fact("phone", icon="phone"), Fact("email", icon="mail"))
    facts = (
        Fact("username", _("User name")),
        Fact("email", _("E-mail"), kind="email"),
        Fact("phone", _("Phone")),
        Fact("created_at", _("Added")),
    )
    actions = (
        Action(
            _("Lock"),
            "core.users_lock",
            icon="lock",
            post=True,
            confirm=_("Lock this account? The employee is signed out at once; everything he made stays."),
            when=lambda user: user.is_active,
        ),
        Action(_("Unlock"), "core.users_unlock", icon="key", post=True, when=lambda user: not user.is_active),
        Action(
            _("Invitation link"),
            "core.users_password_link",
            icon="send",
            primary=True,
            post=True,
            when=lambda user: user.is_active and not user.has_password,
        ),
        Action(
            _("Link for a new password"),
            "core.users_password_link",
            icon="key",
            post=True,
            confirm=_("Make a link by which the employee chooses a new password? The present one counts until then."),
            when=lambda user: user.is_active and user.has_password,
        ),
        Action(
            _("Send the link by e-mail"),
            "core.users_mail_password_link",
            icon="mail",
            post=True,
            confirm=_("Send the employee a link to choose a password? It works once and for an hour."),
            when=lambda user: can_mail_link(current_session(), user),
        ),
    )
    bulk_actions = (
        BulkAction("lock", _("Lock"), _lock_all, MANAGE_USERS, icon="lock", danger=True),
        BulkAction("unlock", _("Unlock"), _unlock_all, MANAGE_USERS, icon="key"),
    )
    detail_tabs = (
        DetailTab(
            "rights",
            _("Groups and departments"),
            "core/user_memberships.html",
            context=lambda session, user: {
                "groups": list_user_groups(session, user.id),
                "departments": list_user_departments(session, user.id),
            },
        ),
        DetailTab(
            "security",
            _("Security"),
            "core/user_security.html",
            context=lambda session, user: {
                "factor": factor_state(session, user.id),
                "sessions": list_sessions(session, user.id),
                "events": list_events(session, user.id),
                "may_change": may_change(session, user) and user.id != session.actor.user_id,
                "name_browser": name_browser,
                "is_phone": is_phone,
            },
        ),
    )
    form = UserForm

    def make_form(self, session: ActorSession, record: User | None, *, sent: Sent = True) -> Any:
        form = super().make_form(session, record, sent=sent)
        if record is not None:
            del form.username, form.language
        return form

    def form_data(self, session: ActorSession, record: User | None) -> Mapping[str, Any]:
        if record is None:
            return {}
        return {
            "groups": [id for id, _name in list_user_groups(session, record.id)],
            "departments": [id for id, _name in list_user_departments(session, record.id)],
        }

    def can_edit(self, session: ActorSession, record: User) -> bool:
        return may_change(session, record)

    def create(self, session: ActorSession, form: Any) -> User:
        return services.create_user(
            session,
            username=form.username.data,
            name=form.name.data,
            password=None,
            email=form.email.data or "",
            phone=form.phone.data or "",
            language=form.language.data,
            department_ids=form.departments.data or (),
            group_ids=form.groups.data or (),
        )

    def update(self, session: ActorSession, record: User, form: Any) -> None:
        services.update_user(
            session,
            record,
            name=form.name.data,
            email=form.email.data or "",
            phone=form.phone.data or "",
            department_ids=form.departments.data or (),
            group_ids=form.groups.data or (),
        )


def _member_count(session: ActorSession) -> ColumnElement[Any]:
    query = select(func.count(DepartmentMember.id)).where(DepartmentMember.department_id == Department.id)
    return query.correlate(Department).scalar_subquery()


class Departments(Resource[Department]):
    """Departments (SYS-07): switched off, never deleted."""

    model = Department
    name = "departments"
    title = _("Departments")
    one = _("department")
    icon = "building-store"
    permissions = Permissions(
        "core",
        read=MANAGE_USERS,
        create=MANAGE_USERS,
        edit=MANAGE_USERS,
        delete=None,
        export=None,
        import_=None,
    )
    columns = (
        Column("name", _("Name"), kind="title", sort=True),
        Column("is_active", _("State"), kind="tag", labels=IN_USE, tone=TONES),
        Column("member_count", _("Members"), kind="number", expression=_member_count, card=True),
    )
    filters = (BooleanFilter("active", _("State"), Department.is_active, yes=_("Active"), no=_("Not active")),)
    default_sort = "name"
    tags = (Fact("is_active", kind="tag", labels=IN_USE, tone=TONES),)
    facts = (Fact("name", _("Name")), Fact("created_at", _("Added")))
    detail_tabs = (
        DetailTab(
            "members",
            _("Members"),
            "core/department_members.html",
            context=lambda session, department: {"members": list_department_members(session, department.id)},
            count=lambda session, department: select(func.count(DepartmentMember.id)).where(
                DepartmentMember.department_id == department.id
            ),
        ),
    )
    form = DepartmentForm

    def form_data(self, session: ActorSession, record: Department | None) -> Mapping[str, Any]:
        if record is None:
            return {}
        return {"members": [person.id for person in list_department_members(session, record.id)]}

    def create(self, session: ActorSession, form: Any) -> Department:
        return services.create_department(
            session, name=form.name.data, is_active=form.is_active.data, user_ids=form.members.data or ()
        )

    def update(self, session: ActorSession, record: Department, form: Any) -> None:
        services.update_department(
            session,
            record,
            name=form.name.data,
            is_active=form.is_active.data,
            user_ids=form.members.data or (),
        )


recorded_users = Recorded(
    "core_user",
    labels={
        "groups": _("Permission groups"),
        "departments": _("Departments"),
        "address": _("Address"),
        "browser": _("Browser"),
        "token": _("Access for programs"),
        "permissions": _("Rights"),
        "expires_at": _("Good until"),
    },
    links={"groups": "core_group", "departments": "core_department"},
    actions=EVENTS,
)
recorded_departments = Recorded("core_department", labels={"members": _("Members")}, links={"members": "core_user"})
recorded_groups = Recorded(
    "core_group",
    one=_("permission group"),
    labels={
        "name": _("Name"),
        "shipped_key": _("Ready-made group"),
        "members": _("Members"),
        "requires_second_factor": _("Second factor required"),
    },
    links={"members": "core_user"},
    actions={"tick": _("Rights changed")},
    endpoint="core.groups_detail",
)
