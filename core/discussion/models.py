"""Comments on records, and whom they mention."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from core.access.models import User
from core.db.base import TenantModel, index, link, to, unique
from core.db.types import key_text


class Comment(TenantModel):
    """What somebody wrote on the record ``entity_id`` of the table ``entity``.

    ``post_key`` is made with the form: a double click posts once (CUS-034).
    """

    __tablename__ = "core_comment"
    __table_args__ = (index("entity", "entity_id", "created_at"), unique("author_id", "post_key"))

    entity: Mapped[str] = mapped_column(key_text(63))
    entity_id: Mapped[UUID]
    author_id: Mapped[UUID] = link("core_user")
    author: Mapped[User] = to(author_id)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    post_key: Mapped[UUID]


class CommentMention(TenantModel):
    """A person called by @name in a comment."""

    __tablename__ = "core_comment_mention"
    __table_args__ = (unique("comment_id", "user_id"),)

    comment_id: Mapped[UUID] = link("core_comment", ondelete="CASCADE", index=False)
    user_id: Mapped[UUID] = link("core_user")
