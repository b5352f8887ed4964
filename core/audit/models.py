"""The audit trail's rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import TenantModel, bare_id, index, link_to_any
from core.db.types import key_text


class AuditEntry(TenantModel):
    """One change of one record. ``changes`` maps a field to [old, new], as JSON values."""

    __tablename__ = "core_audit"
    __append_only__ = True
    __table_args__ = (index("entity", "entity_id"), index("at"), index("user_id", "at"))

    at: Mapped[datetime]
    user_id: Mapped[UUID | None] = bare_id("the name stands beside it; an entry outlives the account")
    user_name: Mapped[str] = mapped_column(String(200), default="")
    action: Mapped[str] = mapped_column(key_text(40))
    entity: Mapped[str] = mapped_column(key_text(63))
    entity_id: Mapped[UUID | None] = link_to_any("entity", stays=True)
    changes: Mapped[dict[str, Any]]
    request_id: Mapped[str | None] = mapped_column(String(64))
