"""A notice to one user, how users want to be told, and how far their digests have come."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, String
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import now
from core.db.actor import Actor
from core.db.base import TenantModel, bare_id, index, link, unique
from core.db.types import key_text


class Notification(TenantModel):
    """A notice to one user, who alone sees it. ``url`` is a path of this host; reading it sets ``read_at``.

    Ids grow with time, so they also give the order.
    """

    __tablename__ = "core_notification"
    __table_args__ = (index("user_id", "read_at"), index("user_id", "id"))

    user_id: Mapped[UUID] = link("core_user", ondelete="CASCADE", index=False)
    kind: Mapped[str] = mapped_column(key_text(60))
    title: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(String(500), default="")
    url: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    read_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return cls.user_id == actor.user_id


class NoticePreference(TenantModel):
    """What a user chose for a kind of notice: a value of :class:`core.notifications.contributions.Way`."""

    __tablename__ = "core_notice_preference"
    __table_args__ = (unique("user_id", "kind"),)

    user_id: Mapped[UUID] = link("core_user", ondelete="CASCADE", index=False)
    kind: Mapped[str] = mapped_column(key_text(60))
    way: Mapped[str] = mapped_column(key_text(12))


class NoticeDigest(TenantModel):
    """How far a user's digests have come: the newest notice that was in one."""

    __tablename__ = "core_notice_digest"
    __table_args__ = (unique("user_id"),)

    user_id: Mapped[UUID] = link("core_user", ondelete="CASCADE", index=False)
    until_id: Mapped[UUID] = bare_id("a place in the order of notices, which are cleared")
    sent_at: Mapped[datetime]
