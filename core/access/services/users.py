"""Accounts of employees: made, changed and locked. They are never deleted."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from core.access.models import Department, DepartmentMember, Group, GroupMember, User
from core.access.passwords import UNUSABLE, hash_password, password_problems
from core.access.services.granting import check_may_change, check_may_grant, keeping_an_administrator
from core.access.services.membership import exchange, record_members
from core.access.sessions import end_sessions
from core.audit import record
from core.db.session import ActorSession
from core.errors import DomainError, Problem
from core.i18n import LOCALES, translator
from core.manifest import KERNEL
from core.phone import PhoneError, parse_phone
from core.tenancy.models import Tenant
from core.text import clean

_ = translator(__name__)

USERNAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,63}")
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
MAX_NAME = 200
MAX_EMAIL = 254
ADMINISTRATOR_GROUP = f"{KERNEL}.administrator"
THEMES = ("light", "dark", "auto")
DENSITIES = ("comfortable", "compact")


def create_user(
    session: ActorSession,
    *,
    username: str,
    name: str,
    password: str | None,
    email: str = "",
    phone: str = "",
    language: str = "vi",
    department_ids: Collection[UUID] = (),
    group_ids: Collection[UUID] = (),
    administrator: bool = False,
) -> User:
    """Make an account. ``administrator`` adds it to the ready-made administrators' group.

    Without a password nobody can sign in before he has chosen one by a link (``make_password_link``).

    DomainError with everything that is wrong: user name (malformed, taken), name, e-mail, phone, password, departments,
    groups. Forbidden where the acting user may not give one of the groups.
    """
    username, name = username.strip().lower(), clean(name)
    problems = [*_profile_problems(name, email, phone), *_username_problems(session, username)]
    if password is not None:
        problems += password_problems(password, username=username, name=name, company=_company_names(session))
    problems += _membership_problems(session, department_ids, group_ids)
    if language not in LOCALES:
        problems.append(Problem("unknown_language", _("Choose one of the languages."), "language"))
    if problems:
        raise DomainError(*problems)
    groups = {*group_ids, *([_administrators(session)] if administrator else [])}
    check_may_grant(session, groups)
    kept = UNUSABLE if password is None else hash_password(password)
    user = User(username=username, name=name, password_hash=kept, language=language)
    user.email, user.phone = _email(email), _phone(phone)
    session.add(user)
    session.flush()
    session.add_all(GroupMember(user_id=user.id, group_id=id) for id in groups)
    session.add_all(DepartmentMember(user_id=user.id, department_id=id) for id in set(department_ids))
    record_members(session, "core_user", user.id, "groups", (), groups)
    record_members(session, "core_user", user.id, "departments", (), set(department_ids))
    session.flush()
    return user


def update_user(
    session: ActorSession,
    user: User,
    *,
    name: str,
    email: str = "",
    phone: str = "",
    department_ids: Collection[UUID] | None = None,
    group_ids: Collection[UUID] | None = None,
) -> None:
    """Change an account's profile, and its memberships where they are given. The user name never changes: it signs records.

    DomainError with everything that is wrong, or when the tenant would lose its last administrator; Forbidden where the
    acting user holds less than the account or a group.
    """
    check_may_change(session, user)
    name = clean(name)
    problems = _profile_problems(name, email, phone)
    problems += _membership_problems(session, department_ids or (), group_ids or ())
    if problems:
        raise DomainError(*problems)
    user.name, user.email, user.phone = name, _email(email), _phone(phone)
    if department_ids is not None:
        _set_departments(session, user, set(department_ids))
    if group_ids is not None:
        _set_groups(session, user, set(group_ids))
    session.flush()


def lock_user(session: ActorSession, user: User) -> None:
    """Keep ``user`` out from this moment on. DomainError for oneself and for the last administrator."""
    if user.id == session.actor.user_id:
        raise DomainError.of("own_account", _("You cannot lock your own account."))
    check_may_change(session, user)
    with keeping_an_administrator(session):
        user.is_active = False
    end_sessions(session, user.id)


def sign_out_everywhere(session: ActorSession, user: User) -> None:
    """End all sessions of one's own, or of an employee whose account one may change (Forbidden)."""
    check_may_change(session, user)
    end_sessions(session, user.id)
    record(session, "sign_out_everywhere", entity="core_user", entity_id=user.id)


def unlock_user(session: ActorSession, user: User) -> None:
    """Let ``user`` in again, with the password and the groups he had."""
    check_may_change(session, user)
    user.is_active = True
    session.flush()


def new_password_problems(session: ActorSession, user: User, new: str, *, old: str = "") -> list[Problem]:
    """What keeps ``user`` from taking the password ``new``; ``old`` is the present one where he had to give it."""
    if new == old:
        return [Problem("same", _("The new password is the old one."), "new")]
    company = _company_names(session)
    return password_problems(new, username=user.username, name=user.name, company=company, field="new")


def change_password(session: ActorSession, user: User, *, new: str, session_id: UUID | None = None) -> None:
    """Change one's own password; all other sessions end, ``session_id`` stays. Whoever calls this has had the present
    password proved (``core.access.proof``). DomainError with what is wrong with ``new``.
    """
    if problems := new_password_problems(session, user, new):
        raise DomainError(*problems)
    user.password_hash = hash_password(new)
    end_sessions(session, user.id, but=session_id)
    record(session, "change_password", entity="core_user", entity_id=user.id)
    session.flush()


def set_preferences(
    session: ActorSession,
    user: User,
    *,
    language: str | None = None,
    theme: Literal["light", "dark", "auto"] | str | None = None,
    density: Literal["comfortable", "compact"] | str | None = None,
) -> None:
    """Keep how the user wants his pages; what is None stays. DomainError for values that are not offered."""
    offered: Sequence[tuple[str, str | None, Sequence[str]]] = (
        ("language", language, LOCALES),
        ("theme", theme, THEMES),
        ("density", density, DENSITIES),
    )
    wrong = [field for field, value, values in offered if value is not None and value not in values]
    if wrong:
        raise DomainError(*(Problem("unknown_value", _("Choose one of the values offered."), field) for field in wrong))
    for field, value, _values in offered:
        if value is not None:
            setattr(user, field, value)
    session.flush()


def user_problems(session: ActorSession, user_ids: Collection[UUID], field: str = "members") -> list[Problem]:
    """A problem when one of the ids is no user of the tenant."""
    if set(user_ids) - set(session.scalars(select(User.id).where(User.id.in_(user_ids)))):
        return [Problem("unknown_user", _("A chosen employee does not exist any more."), field)]
    return []


def _company_names(session: ActorSession) -> tuple[str, ...]:
    names = session.execute(select(Tenant.name, Tenant.slug).where(Tenant.id == session.tenant_id)).first()
    return tuple(names or ())


def _username_problems(session: ActorSession, username: str) -> list[Problem]:
    if not USERNAME.fullmatch(username):
        message = _("Use 2 to 64 letters without marks, digits, and . _ - @ +, beginning with a letter or digit.")
        return [Problem("bad_username", message, "username")]
    if session.scalar(select(User.id).where(User.username == username)) is not None:
        return [Problem("taken", _("Somebody else has this user name."), "username")]
    return []


def _profile_problems(name: str, email: str, phone: str) -> list[Problem]:
    problems = []
    if not name:
        problems.append(Problem("required", _("Enter a name."), "name"))
    elif len(name) > MAX_NAME:
        problems.append(Problem("too_long", _("Use at most %(n)s characters.", n=MAX_NAME), "name"))
    if email.strip() and (len(email.strip()) > MAX_EMAIL or not EMAIL.fullmatch(email.strip())):
        problems.append(Problem("bad_email", _("This is no e-mail address."), "email"))
    if phone.strip():
        try:
            parse_phone(phone)
        except PhoneError as error:
            problems += [Problem(each.code, each.message, "phone") for each in error.problems]
    return problems


def _membership_problems(
    session: ActorSession, department_ids: Collection[UUID], group_ids: Collection[UUID]
) -> list[Problem]:
    problems = []
    if set(department_ids) - set(session.scalars(select(Department.id).where(Department.id.in_(department_ids)))):
        problems.append(Problem("unknown_department", _("A chosen department does not exist any more."), "departments"))
    if set(group_ids) - set(session.scalars(select(Group.id).where(Group.id.in_(group_ids)))):
        problems.append(Problem("unknown_group", _("A chosen group does not exist any more."), "groups"))
    return problems


def _administrators(session: ActorSession) -> UUID:
    found = session.scalar(select(Group.id).where(Group.shipped_key == ADMINISTRATOR_GROUP))
    if found is None:
        raise DomainError.of("no_administrators", _("The administrators' group was deleted."), "groups")
    return found


def _set_departments(session: ActorSession, user: User, wanted: set[UUID]) -> None:
    rows = session.scalars(select(DepartmentMember).where(DepartmentMember.user_id == user.id))
    present = {row.department_id: row for row in rows}
    exchange(session, present, wanted, lambda id: DepartmentMember(user_id=user.id, department_id=id))
    record_members(session, "core_user", user.id, "departments", present, wanted)


def _set_groups(session: ActorSession, user: User, wanted: set[UUID]) -> None:
    rows = session.scalars(select(GroupMember).where(GroupMember.user_id == user.id))
    present = {row.group_id: row for row in rows}
    if present.keys() == wanted:
        return
    check_may_grant(session, present.keys() ^ wanted)
    with keeping_an_administrator(session):
        exchange(session, present, wanted, lambda id: GroupMember(user_id=user.id, group_id=id))
    record_members(session, "core_user", user.id, "groups", present, wanted)


def _email(email: str) -> str | None:
    return email.strip() or None


def _phone(phone: str) -> str | None:
    return parse_phone(phone).e164 if phone.strip() else None
