"""Guests and the sources they come from."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import (
    Actor,
    Audited,
    CustomFields,
    Money,
    Numbered,
    Numbering,
    PhoneNumber,
    Searchable,
    SoftDelete,
    Sortable,
    TenantModel,
    Versioned,
    index,
    key_text,
    link,
    to,
    unique,
)


class Source(TenantModel):
    """Where guests come from."""

    __tablename__ = "guestbook_source"
    __table_args__ = (unique("name"),)

    name: Mapped[str] = mapped_column(String(60))


class Guest(Audited, SoftDelete, Versioned, Searchable, Sortable, Numbered, CustomFields, TenantModel):
    """A guest. Everybody sees his own and those of nobody."""

    __tablename__ = "guestbook"
    __table_args__ = (unique("code"), index("sort_name"), index("created_at"), index("phone"))
    __search__ = ("name", "code")
    __number__ = Numbering("code", prefix="G")

    name: Mapped[str] = mapped_column(String(80))
    code: Mapped[str] = mapped_column(key_text(20))
    phone: Mapped[str | None] = mapped_column(PhoneNumber)
    birthday: Mapped[date | None]
    budget: Mapped[int | None] = mapped_column(Money)
    level: Mapped[str | None] = mapped_column(String(10))
    is_member: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str | None] = mapped_column(String(500))
    source_id: Mapped[UUID | None] = link("guestbook_source")
    source: Mapped[Source | None] = to(source_id)
    owner_id: Mapped[UUID | None] = link("core_user")

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return (cls.owner_id == actor.user_id) | cls.owner_id.is_(None)
