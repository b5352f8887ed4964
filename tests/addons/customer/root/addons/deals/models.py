"""A deal with a customer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Money, TenantModel, index, key_text, link


class Deal(TenantModel):
    """What ``seller`` sold at ``sold_at``, for ``amount`` đồng."""

    __tablename__ = "deals"
    __table_args__ = (index("sold_at"),)

    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(key_text(12), default="new")
    customer_id: Mapped[UUID] = link("customer")
    seller_id: Mapped[UUID] = link("core_user")
    sold_at: Mapped[datetime]
    amount: Mapped[int] = mapped_column(Money)
    is_cancelled: Mapped[bool] = mapped_column(default=False)
