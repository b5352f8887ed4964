"""A model with every mixin and a visibility rule, and one that points at it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, String, select
from sqlalchemy.orm import Mapped, mapped_column

from core.access.models import User
from core.db import (
    Actor,
    Audited,
    Money,
    Numbered,
    Numbering,
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


class Specimen(Audited, SoftDelete, Versioned, Searchable, Sortable, Numbered, TenantModel):
    __tablename__ = "lab_specimen"
    __table_args__ = (unique("code"), index("sort_name"))
    __search__ = ("name", "code")
    __number__ = Numbering("code", prefix="SP", digits=4)

    code: Mapped[str] = mapped_column(key_text(40))
    name: Mapped[str] = mapped_column(String(200))
    price: Mapped[int | None] = mapped_column(Money)
    owner_id: Mapped[UUID | None] = link("core_user")
    owner: Mapped[User | None] = to(owner_id)
    parent_id: Mapped[UUID | None] = link("lab_specimen")
    parent: Mapped[Specimen | None] = to(parent_id)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        if actor.can("lab.read_all"):
            return None
        shared = select(Loan.specimen_id).where(Loan.user_id == actor.user_id)
        own = select(Specimen.id).where(Specimen.owner_id == actor.user_id)
        return cls.id.in_(own.union_all(shared))


class Loan(TenantModel):
    __tablename__ = "lab_loan"
    __table_args__ = (unique("specimen_id", "user_id"),)

    specimen_id: Mapped[UUID] = link("lab_specimen", ondelete="CASCADE", index=False)
    specimen: Mapped[Specimen] = to(specimen_id)
    user_id: Mapped[UUID] = link("core_user")
