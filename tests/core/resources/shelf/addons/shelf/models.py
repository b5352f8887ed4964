"""Books, their genres and their notes."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from core.access.models import User
from core.db import (
    Actor,
    Audited,
    CustomFields,
    Money,
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


class Genre(Audited, Searchable, Sortable, TenantModel):
    """A kind of book."""

    __tablename__ = "shelf_genre"
    __table_args__ = (unique("name"), index("sort_name"))
    __search__ = ("name",)

    name: Mapped[str] = mapped_column(key_text(60))
    tone: Mapped[str] = mapped_column(String(12), default="grey")


class Book(Audited, SoftDelete, Versioned, Searchable, Sortable, CustomFields, TenantModel):
    """A book. Who may not read all of them sees his own and those of nobody."""

    __tablename__ = "shelf"
    __table_args__ = (
        unique("code"),
        index("sort_name"),
        index("pages"),
        index("price"),
        index("created_at"),
        index("stage", "created_at"),
    )
    __search__ = ("name", "code", "phone")

    name: Mapped[str] = mapped_column(String(80))
    code: Mapped[str] = mapped_column(key_text(20))
    phone: Mapped[str | None] = mapped_column(PhoneNumber)
    pages: Mapped[int | None] = mapped_column(Integer)
    price: Mapped[int] = mapped_column(Money, default=0)
    printed_on: Mapped[date | None]
    is_lent: Mapped[bool] = mapped_column(default=False)
    stage: Mapped[str | None] = mapped_column(key_text(12), default="new")
    genre_id: Mapped[UUID | None] = link("shelf_genre")
    genre: Mapped[Genre | None] = to(genre_id)
    owner_id: Mapped[UUID | None] = link("core_user")
    owner: Mapped[User | None] = to(owner_id)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return (cls.owner_id == actor.user_id) | cls.owner_id.is_(None)


class Note(TenantModel):
    """A note in a book."""

    __tablename__ = "shelf_note"

    book_id: Mapped[UUID] = link("shelf", ondelete="CASCADE")
    text: Mapped[str] = mapped_column(String(40))
