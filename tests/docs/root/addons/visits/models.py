"""The visit."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.access.models import User
from core.db import Actor, Audited, Searchable, SoftDelete, TenantModel, Versioned, index, link, to


class Visit(Audited, SoftDelete, Versioned, Searchable, TenantModel):
    """A visit that ``traveller`` made. Without ``visits.read_all`` one sees one's own."""

    __tablename__ = "visits"
    __table_args__ = (index("visited_on"),)
    __search__ = ("place", "note")

    place: Mapped[str] = mapped_column(String(120))
    visited_on: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="")
    traveller_id: Mapped[UUID] = link("core_user")
    traveller: Mapped[User] = to(traveller_id)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return None if actor.can("visits.read_all") else cls.traveller_id == actor.user_id
