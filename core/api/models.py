"""What the API remembers: answers that a repeated request gets again, and how much was asked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Model, TenantModel, index, link, unique
from core.db.types import key_text


class ApiReply(TenantModel):
    """The answer to a request with an ``Idempotency-Key``, committed with the request's effect.

    The row is claimed before the effect; ``status`` is null only inside the transaction that works on it.
    ``fingerprint`` is the SHA-256 of what was asked.
    """

    __tablename__ = "core_api_reply"
    __table_args__ = (unique("token_id", "key"), index("created_at"))

    token_id: Mapped[UUID] = link("core_api_token", ondelete="CASCADE", index=False)
    key: Mapped[str] = mapped_column(key_text(255))
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[datetime]
    status: Mapped[int | None]
    location: Mapped[str] = mapped_column(String(300), default="")
    etag: Mapped[str] = mapped_column(String(40), default="")
    body: Mapped[str] = mapped_column(Text, default="")


class ApiCount(Model):
    """How many requests a token or an address has made in the minute ``minute`` (minutes since 1970).

    Outside the tenants: it is asked before anybody is known, and an address belongs to no business. ``key`` is a keyed
    digest, so the table tells nobody's token or address.
    """

    __tablename__ = "core_api_count"
    __table_args__ = (Index(None, "minute"),)

    key: Mapped[str] = mapped_column(key_text(64), primary_key=True)
    minute: Mapped[int]
    requests: Mapped[int]
