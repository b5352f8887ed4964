"""What is known of an attached file; the bytes lie in the data folder under their own SHA-256."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import TenantModel, index, link, link_to_any
from core.db.mixins import Audited, SoftDelete
from core.db.types import key_text


class Attachment(Audited, SoftDelete, TenantModel):
    """A file on the record ``entity_id`` of the table ``entity``. ``size`` is in bytes; ``name`` is as the user had it.

    It goes with the comment that brought it.
    """

    __tablename__ = "core_attachment"
    __table_args__ = (index("entity", "entity_id", "created_at"),)
    __audit_exclude__ = ("comment_id", "sha256")

    entity: Mapped[str] = mapped_column(key_text(63))
    entity_id: Mapped[UUID] = link_to_any("entity")
    comment_id: Mapped[UUID | None] = link("core_comment", ondelete="CASCADE")
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(key_text(64))
    uploaded_at: Mapped[datetime]
