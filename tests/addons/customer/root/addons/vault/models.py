"""Rows that refer to customers in every way there is."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Audited, SoftDelete, TenantModel, Versioned, key_text, link, link_to_any, unique


class Badge(Audited, Versioned, TenantModel):
    """One of each kind for each customer."""

    __tablename__ = "vault_badge"
    __table_args__ = (unique("customer_id", "kind"),)

    customer_id: Mapped[UUID] = link("customer", ondelete="CASCADE", index=False)
    kind: Mapped[str] = mapped_column(key_text(20))
    note: Mapped[str] = mapped_column(String(80), default="")


class Parcel(SoftDelete, TenantModel):
    """From one customer to another."""

    __tablename__ = "vault_parcel"

    sender_id: Mapped[UUID] = link("customer")
    receiver_id: Mapped[UUID] = link("customer", ondelete="CASCADE")


class Sticker(TenantModel):
    """On any record."""

    __tablename__ = "vault_sticker"

    kind: Mapped[str] = mapped_column(key_text(63))
    record_id: Mapped[UUID] = link_to_any("kind")


class Entry(TenantModel):
    """A line of a book that is never changed."""

    __tablename__ = "vault_entry"
    __append_only__ = True

    customer_id: Mapped[UUID] = link("customer")
