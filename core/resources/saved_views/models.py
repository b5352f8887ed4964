"""A saved view, the views that permission groups begin with, and what a user chose for a list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db.actor import Actor
from core.db.base import TenantModel, index, link, unique
from core.db.mixins import Audited
from core.db.types import key_text

RESOURCE = 120
"""Characters of a resource's full name."""


class SavedView(Audited, TenantModel):
    """A list as somebody wants to find it again. Its owner sees it, and once it is shared everybody who may read the list.

    ``args`` are parameters of the list, [name, value] each; they narrow what the reader sees anyway. ``columns`` are keys in
    order; None leaves them to the reader.
    """

    __tablename__ = "core_saved_view"
    __table_args__ = (index("resource"),)

    resource: Mapped[str] = mapped_column(key_text(RESOURCE))
    name: Mapped[str] = mapped_column(String(80))
    owner_id: Mapped[UUID] = link("core_user")
    is_shared: Mapped[bool] = mapped_column(default=False)
    args: Mapped[list[Any]]
    columns: Mapped[list[str] | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return (cls.owner_id == actor.user_id) | cls.is_shared


class GroupView(TenantModel):
    """The shared view that a permission group's members begin with, unless they chose another."""

    __tablename__ = "core_group_view"
    __table_args__ = (unique("resource", "group_id"),)

    resource: Mapped[str] = mapped_column(key_text(RESOURCE))
    group_id: Mapped[UUID] = link("core_group", ondelete="CASCADE")
    view_id: Mapped[UUID] = link("core_saved_view", ondelete="CASCADE")


class ListChoice(TenantModel):
    """What a user made of one list. Nobody else sees it.

    ``opens``: the id of the view he begins with, "plain" for none, empty for that of his group. ``columns``: the keys he
    chose, under the id of a view or, for the list itself, under "".
    """

    __tablename__ = "core_list_choice"
    __table_args__ = (unique("user_id", "resource"),)

    user_id: Mapped[UUID] = link("core_user", ondelete="CASCADE", index=False)
    resource: Mapped[str] = mapped_column(key_text(RESOURCE))
    opens: Mapped[str] = mapped_column(key_text(36), default="")
    columns: Mapped[dict[str, Any]] = mapped_column(default=dict)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return cls.user_id == actor.user_id
