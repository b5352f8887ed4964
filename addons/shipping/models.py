"""Shipments, what was told of them, and the addresses that carriers call."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, LargeBinary, String, select
from sqlalchemy.orm import Mapped, mapped_column

from addons.order.models import Order, seen_with_order
from addons.shipping.standing import ReturnCause, ShipmentState
from core.db import Actor, Audited, Money, Searchable, Stamped, TenantModel, index, key_text, link, to, unique


class Shipment(Audited, Searchable, TenantModel):
    """A parcel of an order. State, cause and the rest that follows from its events is kept by ``services``."""

    __tablename__ = "shipping_shipment"
    __table_args__ = (
        unique("carrier", "waybill"),
        index("created_at"),
        index("state", "moved_at"),
        index("moved_at"),
    )
    __search__ = ("waybill", "order_number")
    __audit_exclude__ = ("told_at", "order_number")

    order_id: Mapped[UUID] = link("order", ondelete="CASCADE", unseen=True)
    order: Mapped[Order | None] = to(order_id)
    order_number: Mapped[str] = mapped_column(key_text(40))
    """The order's number, so that a parcel is found by it."""
    carrier: Mapped[str] = mapped_column(key_text(12))
    waybill: Mapped[str] = mapped_column(key_text(40))
    state: Mapped[str] = mapped_column(key_text(12), default=ShipmentState.CREATED)
    moved_at: Mapped[datetime]
    """When it came into its state, by the carrier's clock."""
    was_handed_over: Mapped[bool] = mapped_column(default=False)
    """The carrier took the parcel, some time."""
    cause: Mapped[str] = mapped_column(key_text(12), default=ReturnCause.UNKNOWN)
    cause_by_hand: Mapped[str | None] = mapped_column(key_text(12))
    reason: Mapped[str] = mapped_column(String(500), default="")
    unknown_code: Mapped[str] = mapped_column(key_text(40), default="")
    """The carrier's latest word where we do not know it."""
    cod_amount: Mapped[int] = mapped_column(Money, default=0)
    fee: Mapped[int | None] = mapped_column(Money)
    told_at: Mapped[datetime | None]
    """When somebody was told that nothing is heard of it."""

    @property
    def real_cause(self) -> str:
        """Whose doing it is: what staff say, else what the carrier says."""
        return self.cause_by_hand or self.cause

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return seen_with_order(cls.order_id, actor)


class ShipmentEvent(Stamped, TenantModel):
    """Something that was told of a waybill, kept as it was told. Without ``shipment`` nobody has entered that waybill yet."""

    __tablename__ = "shipping_event"
    __table_args__ = (unique("carrier", "waybill", "code", "at"), index("created_at"))

    shipment_id: Mapped[UUID | None] = link("shipping_shipment", ondelete="CASCADE", unseen=True)
    carrier: Mapped[str] = mapped_column(key_text(12))
    waybill: Mapped[str] = mapped_column(key_text(40))
    code: Mapped[str] = mapped_column(key_text(40))
    """The carrier's own word for the state."""
    state: Mapped[str | None] = mapped_column(key_text(12))
    at: Mapped[datetime]
    cause: Mapped[str | None] = mapped_column(key_text(12))
    reason: Mapped[str] = mapped_column(String(500), default="")
    is_by_hand: Mapped[bool] = mapped_column(default=False)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        if actor.can("order.view_all"):
            return None
        own = Shipment.__table__.alias("own_shipment")
        seen = seen_with_order(own.c.order_id, actor)
        ids = select(own.c.id).where(own.c.tenant_id == actor.tenant_id)
        return cls.shipment_id.in_(ids if seen is None else ids.where(seen))


class CarrierAccount(Stamped, TenantModel):
    """An address that a carrier calls, and the secret by which he proves himself. Deleting it gives the address up."""

    __tablename__ = "shipping_account"
    __table_args__ = (unique("carrier"),)

    carrier: Mapped[str] = mapped_column(key_text(12))
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    last_call_at: Mapped[datetime | None]
