"""The tenant, outside row security because it is looked up before anybody is known; and its enabled addons, inside."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import ZONE, now
from core.db.base import Model, TenantModel, unique
from core.db.ids import uuid7
from core.db.types import key_text


class Tenant(Model):
    """A business. ``slug`` names it at the log-in; ``host`` (optional) is a host name of its own.

    ``time_zone`` (IANA) is its clock: of its schedules, and of what its people read and type (:func:`core.clock.local_zone`).
    """

    __tablename__ = "core_tenant"
    __table_args__ = (UniqueConstraint("slug"), UniqueConstraint("host"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    slug: Mapped[str] = mapped_column(key_text(63))
    name: Mapped[str] = mapped_column(String(200))
    host: Mapped[str | None] = mapped_column(key_text(253))
    is_active: Mapped[bool] = mapped_column(default=True)
    time_zone: Mapped[str] = mapped_column(key_text(64), default=ZONE.key, server_default=ZONE.key)
    created_at: Mapped[datetime] = mapped_column(default=now)


class TenantAddon(TenantModel):
    """An addon the tenant has switched on at least once. Switching off keeps the row and every row of the addon."""

    __tablename__ = "core_tenant_addon"
    __table_args__ = (unique("addon"),)

    addon: Mapped[str] = mapped_column(key_text(63))
    is_enabled: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
