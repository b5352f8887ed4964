"""The queue of outgoing messages, and the texts that a tenant made of templates."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import TenantModel, index, link_to_any, unique
from core.db.mixins import Audited, Searchable, Stamped, Versioned
from core.db.types import key_text


class MessageState(StrEnum):
    """How far a message is. ``sending`` is the moment in which its sender has it."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = (MessageState.SENT, MessageState.FAILED, MessageState.CANCELLED)


class Message(Searchable, Stamped, TenantModel):
    """One message to one recipient. ``key`` makes it one: a second request with the same key adds nothing.

    ``entity`` and ``entity_id`` name the record that it is about, ``url`` its page (a path of this host). ``secret`` holds
    the sealed value of ``{{ secret }}`` in the body until it has been sent; nobody reads it on a page. Who may read
    messages is a right of the pages (``core.view_messages``), not of rows.
    """

    __tablename__ = "core_message"
    __table_args__ = (
        unique("key"),
        index("created_at"),
        index("state", "created_at"),
        index("entity", "entity_id"),
        index("sent_at"),
        index("read_at"),
    )
    __search__ = ("recipient", "recipient_name", "subject")

    channel: Mapped[str] = mapped_column(key_text(12))
    recipient: Mapped[str] = mapped_column(String(254))
    recipient_name: Mapped[str] = mapped_column(String(200), default="")
    subject: Mapped[str] = mapped_column(String(300), default="")
    body: Mapped[str] = mapped_column(Text)
    template: Mapped[str] = mapped_column(key_text(120), default="")
    reply_to: Mapped[str] = mapped_column(String(254), default="")
    state: Mapped[str] = mapped_column(key_text(12), default=MessageState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(500), default="")
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    """When an e-mail was opened for the first time, as far as its reader's program lets that be known."""
    entity: Mapped[str] = mapped_column(key_text(60), default="")
    entity_id: Mapped[UUID | None] = link_to_any("entity")
    url: Mapped[str] = mapped_column(String(500), default="")
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    key: Mapped[str] = mapped_column(key_text(200))

    @property
    def title(self) -> str:
        """What a list calls it."""
        return self.subject or self.body[:60]


class MessageText(Audited, Versioned, TenantModel):
    """A tenant's own wording of the template ``key``. ``title`` is empty for the declared one, else it names a further text."""

    __tablename__ = "core_message_text"
    __table_args__ = (unique("key", "title"),)

    key: Mapped[str] = mapped_column(key_text(120))
    title: Mapped[str] = mapped_column(String(120), default="")
    subject_vi: Mapped[str] = mapped_column(String(300), default="")
    body_vi: Mapped[str] = mapped_column(Text, default="")
    subject_en: Mapped[str] = mapped_column(String(300), default="")
    body_en: Mapped[str] = mapped_column(Text, default="")
