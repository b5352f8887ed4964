"""The custom field: what a tenant wants to know of the records of one table."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import TenantModel, index, unique
from core.db.mixins import Audited, SoftDelete, Versioned
from core.db.types import key_text


class CustomField(Audited, SoftDelete, Versioned, TenantModel):
    """A field of the records of ``entity`` (a table). ``key`` is its name for programs and never changes.

    ``choices`` are ``{"key", "vi", "en", "is_offered"}`` in their order; ``default`` is written as a cell of an import would
    hold it, choices by their keys. An empty English text means that the Vietnamese one serves both.
    """

    __tablename__ = "core_custom_field"
    __table_args__ = (unique("entity", "key"), index("entity", "position"), index("position"))

    entity: Mapped[str] = mapped_column(key_text(63))
    key: Mapped[str] = mapped_column(key_text(40))
    type: Mapped[str] = mapped_column(key_text(12))
    label_vi: Mapped[str] = mapped_column(String(80))
    label_en: Mapped[str] = mapped_column(String(80), default="")
    help_vi: Mapped[str] = mapped_column(String(300), default="")
    help_en: Mapped[str] = mapped_column(String(300), default="")
    section: Mapped[str] = mapped_column(String(80), default="")
    position: Mapped[int] = mapped_column(default=0)
    is_required: Mapped[bool] = mapped_column(default=False)
    in_list: Mapped[bool] = mapped_column(default=False)
    default: Mapped[str] = mapped_column(String(300), default="")
    choices: Mapped[list[Any]] = mapped_column(default=list)

    @property
    def name(self) -> str:
        """What the field is called for people."""
        return self.label_vi
