"""A record with a visibility rule."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Actor, Audited, SoftDelete, TenantModel, link


class Note(Audited, SoftDelete, TenantModel):
    __tablename__ = "notes_note"

    name: Mapped[str] = mapped_column(String(200))
    owner_id: Mapped[UUID | None] = link("core_user")

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return None if actor.can("notes.read_all") else cls.owner_id == actor.user_id
