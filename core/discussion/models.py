"""Comments on records, whom they mention, who likes them, and how far each user has read."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from core.access.models import User
from core.db.base import TenantModel, bare_id, index, link, link_to_any, to, unique
from core.db.types import Json, key_text


class Comment(TenantModel):
    """What somebody wrote on the record ``entity_id`` of the table ``entity``.

    ``post_key`` is made with the form: a double click posts once (CUS-034). A removed comment keeps its place without its
    text, which stands in the audit trail (CUS-024). ``place`` is where the author was (CUS-028): ``lat`` and ``lng`` in
    degrees, ``accuracy`` in metres, ``at`` as an ISO moment.
    """

    __tablename__ = "core_comment"
    __table_args__ = (index("entity", "entity_id", "created_at"), index("created_at"), unique("author_id", "post_key"))

    entity: Mapped[str] = mapped_column(key_text(63))
    entity_id: Mapped[UUID] = link_to_any("entity")
    author_id: Mapped[UUID] = link("core_user")
    author: Mapped[User] = to(author_id)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    place: Mapped[dict[str, Any] | None] = mapped_column(Json)
    post_key: Mapped[UUID] = bare_id("made with the form, and the id of nothing")


class CommentMention(TenantModel):
    """A person called by @name in a comment."""

    __tablename__ = "core_comment_mention"
    __table_args__ = (unique("comment_id", "user_id"),)

    comment_id: Mapped[UUID] = link("core_comment", ondelete="CASCADE", index=False)
    user_id: Mapped[UUID] = link("core_user")


class CommentLike(TenantModel):
    """Somebody likes a comment, once (CUS-022)."""

    __tablename__ = "core_comment_like"
    __table_args__ = (unique("comment_id", "user_id"),)

    comment_id: Mapped[UUID] = link("core_comment", ondelete="CASCADE", index=False)
    user_id: Mapped[UUID] = link("core_user", index=False)
    user: Mapped[User] = to(user_id)


class Reading(TenantModel):
    """Up to when ``user_id`` has read the comments on a record (CUS-056)."""

    __tablename__ = "core_reading"
    __table_args__ = (unique("user_id", "entity", "entity_id"),)

    user_id: Mapped[UUID] = link("core_user", index=False)
    entity: Mapped[str] = mapped_column(key_text(63))
    entity_id: Mapped[UUID] = link_to_any("entity")
    until: Mapped[datetime]
