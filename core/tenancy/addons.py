"""Which addons a tenant has enabled. Enabling is one row; code and tables are there already."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from core.db.session import ActorSession
from core.tenancy.models import TenantAddon

KERNEL = "core"


def enabled_addons(session: ActorSession) -> frozenset[str]:
    """Names of the addons the tenant has switched on, the kernel included; read once per session."""
    found: frozenset[str] | None = session.info.get("addons")
    if found is None:
        query = select(TenantAddon.addon).where(TenantAddon.is_enabled)
        found = remember_enabled(session, session.scalars(query).all())
    return found


def has_enabled_since(session: ActorSession, addon: str, moment: datetime) -> bool:
    """Whether ``addon`` is switched on and was at ``moment`` already, without a break."""
    query = select(TenantAddon.id).where(
        TenantAddon.addon == addon, TenantAddon.is_enabled, TenantAddon.changed_at <= moment
    )
    return addon == KERNEL or session.scalar(query) is not None


def remember_enabled(session: ActorSession, addons: object) -> frozenset[str]:
    """Keep the enabled addons for the rest of the session, where one query brought them along with other things."""
    names = frozenset([KERNEL, *addons])  # type: ignore[misc]
    session.info["addons"] = names
    return names
