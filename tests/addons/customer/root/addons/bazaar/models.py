"""A paper about a customer: an order, a contract, a call, … by its kind."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, String
from sqlalchemy.orm import Mapped, mapped_column

from addons.customer.models import shown_with_customer
from core.db import Actor, Money, TenantModel, index, key_text, link

KINDS = ("order", "quotation", "opportunity", "contract", "payment", "call", "route", "stock_out", "stock_in")


class Paper(TenantModel):
    """What ``seller`` made of ``kind`` at ``made_at``, for ``amount`` đồng; others see it only with the customer."""

    __tablename__ = "bazaar"
    __table_args__ = (index("made_at"), index("ends_on"))

    kind: Mapped[str] = mapped_column(key_text(12))
    name: Mapped[str] = mapped_column(String(80), default="")
    customer_id: Mapped[UUID] = link("customer")
    seller_id: Mapped[UUID] = link("core_user")
    made_at: Mapped[datetime]
    ends_on: Mapped[date | None]
    amount: Mapped[int] = mapped_column(Money, default=0)
    seconds: Mapped[int] = mapped_column(default=0)
    is_incoming: Mapped[bool] = mapped_column(default=False)
    is_renewal: Mapped[bool] = mapped_column(default=False)
    is_approved: Mapped[bool] = mapped_column(default=True)
    counts_debt: Mapped[bool] = mapped_column(default=True)
    is_cancelled: Mapped[bool] = mapped_column(default=False)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        if actor.can("customer.view_all"):
            return None
        seen = cls.seller_id == actor.user_id
        for kind in ("order", "quotation", "opportunity", "contract"):
            shown = shown_with_customer(cls.customer_id, actor, share=kind, handover=f"bazaar.{kind}")
            seen |= (cls.kind == kind) & shown
        return seen
