"""Users, departments and groups of a tenant, the server-side sessions of those who have signed in, and what they sign in by."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.access.passwords import UNUSABLE
from core.db.actor import Actor
from core.db.base import Model, TenantModel, index, link, to, unique
from core.db.mixins import Audited, Searchable, Sortable, Stamped, Versioned
from core.db.types import PhoneNumber, key_text


class User(Audited, Versioned, Searchable, Sortable, TenantModel):
    """An employee's account. It is locked, never deleted: old records keep naming it."""

    __tablename__ = "core_user"
    __table_args__ = (unique("username"), index("sort_name"))
    __search__ = ("name", "username", "email", "phone")
    __audit_exclude__ = ("password_hash", "language", "theme", "density")

    username: Mapped[str] = mapped_column(key_text(64))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(PhoneNumber)
    password_hash: Mapped[str] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(String(8), default="vi")
    theme: Mapped[str] = mapped_column(String(12), default="auto")
    density: Mapped[str] = mapped_column(String(12), default="comfortable")

    @property
    def has_password(self) -> bool:
        """Whether the user has chosen a password; who was invited has none."""
        return self.password_hash != UNUSABLE


class Department(Audited, Versioned, Searchable, Sortable, TenantModel):
    """A department (phòng ban); SYS-07."""

    __tablename__ = "core_department"
    __table_args__ = (unique("name"), index("sort_name"))
    __search__ = ("name",)
    __sort_by__ = "full"

    name: Mapped[str] = mapped_column(key_text(120))
    is_active: Mapped[bool] = mapped_column(default=True)


class DepartmentMember(Stamped, TenantModel):
    """An employee's membership in a department."""

    __tablename__ = "core_department_member"
    __table_args__ = (unique("department_id", "user_id"),)

    department_id: Mapped[UUID] = link("core_department", ondelete="CASCADE")
    user_id: Mapped[UUID] = link("core_user", ondelete="CASCADE")


class Group(Audited, Versioned, Searchable, Sortable, TenantModel):
    """A permission group (nhóm quyền). ``shipped_key`` (``customer.salesperson``) marks one that a manifest brought."""

    __tablename__ = "core_group"
    __table_args__ = (unique("name"), unique("shipped_key"), index("sort_name"))
    __search__ = ("name",)
    __sort_by__ = "full"

    name: Mapped[str] = mapped_column(key_text(120))
    shipped_key: Mapped[str | None] = mapped_column(key_text(120))
    requires_second_factor: Mapped[bool] = mapped_column(default=False)


class GroupPermission(TenantModel):
    """A ticked permission of a group. Ticks of addons that are off stay and count again when the addon is on."""

    __tablename__ = "core_group_permission"
    __table_args__ = (unique("group_id", "permission"),)

    group_id: Mapped[UUID] = link("core_group", ondelete="CASCADE", index=False)
    permission: Mapped[str] = mapped_column(key_text(120))


class GroupMember(Stamped, TenantModel):
    """An employee's membership in a group; rights of several groups add up."""

    __tablename__ = "core_group_member"
    __table_args__ = (unique("user_id", "group_id"),)

    group_id: Mapped[UUID] = link("core_group", ondelete="CASCADE")
    user_id: Mapped[UUID] = link("core_user", ondelete="CASCADE", index=False)


class UserSession(TenantModel):
    """A signed-in browser. Only the token's SHA-256 is kept; deleting the row signs the browser out.

    While it ``awaits_code`` nobody is signed in: the password was right, the second factor has not been shown.
    ``confirmed_at`` is when the user last proved who he is.
    """

    __tablename__ = "core_session"
    __table_args__ = (unique("token_hash"),)

    user_id: Mapped[UUID] = link("core_user", ondelete="CASCADE")
    user: Mapped[User] = to(user_id)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    awaits_code: Mapped[bool] = mapped_column(default=False)
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    address: Mapped[str] = mapped_column(String(64), default="")


class PasswordLink(Stamped, TenantModel):
    """A way to choose a password without the present one: an invitation, or an administrator's help. It works once.

    Only the token's SHA-256 is kept; deleting the row makes the link worthless.
    """

    __tablename__ = "core_password_link"
    __table_args__ = (unique("token_hash"),)

    user_id: Mapped[UUID] = link("core_user", ondelete="CASCADE")
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    expires_at: Mapped[datetime]


class SecondFactor(TenantModel):
    """The app that shows a user's codes (TOTP, RFC 6238). A table of its own, which no page, export or API maps.

    ``secret`` is sealed (``core.sealing``); ``last_step`` is the 30-second step of the last code taken, so that each
    works once.
    """

    __tablename__ = "core_second_factor"
    __table_args__ = (unique("user_id"),)

    user_id: Mapped[UUID] = link("core_user", ondelete="CASCADE", index=False)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    last_step: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]


class RecoveryCode(TenantModel):
    """A code that replaces the app once; using it deletes the row. ``mark`` is its beginning, by which it is found, the
    rest is hashed like a password (ASVS 5.0 §6.5.2)."""

    __tablename__ = "core_recovery_code"
    __table_args__ = (unique("user_id", "mark"),)

    user_id: Mapped[UUID] = link("core_user", ondelete="CASCADE", index=False)
    mark: Mapped[str] = mapped_column(key_text(2))
    code_hash: Mapped[str] = mapped_column(String(200))


class ApiToken(TenantModel):
    """With which a program works for its owner. Only the token's SHA-256 is kept; deleting the row makes it worthless.

    ``permissions`` are what the owner chose. What counts is what he holds of them at the moment of a request.
    """

    __tablename__ = "core_api_token"
    __table_args__ = (unique("token_hash"),)

    user_id: Mapped[UUID] = link("core_user", ondelete="CASCADE")
    user: Mapped[User] = to(user_id)
    name: Mapped[str] = mapped_column(String(120))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    permissions: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    last_address: Mapped[str] = mapped_column(String(64), default="")

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return cls.user_id == actor.user_id


class LoginAttempt(Model):
    """The latest password checks of one account, device or address (``core.access.throttle``).

    Outside the tenants: an attempt may name a business that does not exist, and an address belongs to no business. ``key``
    is a keyed digest, so the table tells nobody's name or address. ``recent`` are moments in milliseconds since 1970.
    """

    __tablename__ = "core_login_attempt"
    __table_args__ = (Index(None, "last_at"),)

    key: Mapped[str] = mapped_column(key_text(64), primary_key=True)
    recent: Mapped[list[Any]]
    last_at: Mapped[datetime]
