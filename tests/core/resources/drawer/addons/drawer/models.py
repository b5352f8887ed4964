"""Cabinets, the folders in them, and what lies in a folder or refers to it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.access.models import User
from core.db import Actor, Audited, Searchable, SoftDelete, TenantModel, index, key_text, link, to


class Cabinet(Audited, SoftDelete, Searchable, TenantModel):
    """A cabinet; its folders go with it."""

    __tablename__ = "drawer"
    __table_args__ = (index("created_at"),)
    __search__ = ("name",)

    name: Mapped[str] = mapped_column(String(80))


class Folder(Audited, SoftDelete, Searchable, TenantModel):
    """A folder. A code is taken by one that is not deleted only. One sees one's own and those of nobody."""

    __tablename__ = "drawer_folder"
    __table_args__ = (
        index("created_at"),
        Index(
            "uq_drawer_folder_code",
            "tenant_id",
            "code",
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )
    __search__ = ("name", "code")

    name: Mapped[str] = mapped_column(String(80))
    code: Mapped[str] = mapped_column(key_text(20))
    cabinet_id: Mapped[UUID | None] = link("drawer", ondelete="CASCADE")
    model_id: Mapped[UUID | None] = link("drawer_folder")
    owner_id: Mapped[UUID | None] = link("core_user")
    owner: Mapped[User | None] = to(owner_id)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return (cls.owner_id == actor.user_id) | cls.owner_id.is_(None)


class Paper(Audited, TenantModel):
    """A paper in a folder."""

    __tablename__ = "drawer_paper"

    folder_id: Mapped[UUID] = link("drawer_folder", ondelete="CASCADE")
    name: Mapped[str] = mapped_column(String(80))


class Loan(Audited, TenantModel):
    """That a folder was lent: it has to stay."""

    __tablename__ = "drawer_loan"

    folder_id: Mapped[UUID] = link("drawer_folder")
    name: Mapped[str] = mapped_column(String(80))
