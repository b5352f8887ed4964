"""Products and the documents of sales with their lines. Amounts are whole đồng; ``amounts`` says how they are computed."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, Text, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from addons.customer.models import Customer
from core.access.models import User
from core.db import (
    Actor,
    Audited,
    CustomFields,
    Money,
    Numbered,
    Numbering,
    PhoneNumber,
    Scaled,
    Searchable,
    SoftDelete,
    Sortable,
    TenantModel,
    Versioned,
    index,
    key_text,
    link,
    to,
    unique,
)
from core.decimals import format_decimal
from core.i18n import translator

_ = translator(__name__)

ORDERS_PATH = "/order/orders"
"""Where the pages stand: notices carry a path, and are also written where there is no request to build it from."""


class OrderState(StrEnum):
    """How far an order is. Its ways are in ``workflows``."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    DELIVERING = "delivering"
    DONE = "done"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class Product(Audited, SoftDelete, Versioned, Searchable, Sortable, Numbered, CustomFields, TenantModel):
    """Something that is sold: goods or a service, at ``price`` đồng for a ``unit``, before VAT."""

    __tablename__ = "order_product"
    __table_args__ = (unique("code"), index("sort_name"), index("created_at"), index("price"))
    __search__ = ("code", "name")
    __number__ = Numbering("code", prefix="SP")

    code: Mapped[str] = mapped_column(key_text(40))
    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(40), default="")
    price: Mapped[int] = mapped_column(Money, default=0)
    vat_rate: Mapped[int | None]
    """In per cent; None: not subject to VAT."""
    description: Mapped[str | None] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(default=True)
    is_stocked: Mapped[bool] = mapped_column(default=True)
    """Goods that lie in a warehouse; a service does not."""
    has_technician: Mapped[bool] = mapped_column(default=False)
    """A technician may be chosen who installs it."""


class ProductDiscount(TenantModel):
    """What customers of a tier get off a product, in per cent (TIE-16). None means no discount."""

    __tablename__ = "order_product_discount"
    __table_args__ = (unique("product_id", "tier_id"),)

    product_id: Mapped[UUID] = link("order_product", ondelete="CASCADE", index=False)
    tier_id: Mapped[UUID] = link("customer_tier", ondelete="CASCADE")
    percent: Mapped[Decimal] = mapped_column(Scaled)


class Totals:
    """The sums of a document's lines in đồng: ``subtotal - discount + vat``, and what is added to them, is the ``total``."""

    subtotal: Mapped[int] = mapped_column(Money, default=0)
    discount: Mapped[int] = mapped_column(Money, default=0)
    vat: Mapped[int] = mapped_column(Money, default=0)
    total: Mapped[int] = mapped_column(Money, default=0)


class Recipient:
    """Who gets it and where, as it was when the document was made: later changes of the customer change no document."""

    recipient_name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(PhoneNumber)
    address: Mapped[str | None] = mapped_column(String(300))
    ward: Mapped[str | None] = mapped_column(String(120))
    district: Mapped[str | None] = mapped_column(String(120))
    province: Mapped[str | None] = mapped_column(String(120))

    @property
    def full_address(self) -> str:
        """The address in one line; empty where nothing is known."""
        return ", ".join(part for part in (self.address, self.ward, self.district, self.province) if part)


class Line:
    """A line of a document: ``quantity`` of something at ``price``, less ``discount`` per cent, plus VAT.

    Code, name and unit are those of the product when it was entered, ``discount_tier`` the name of the customer's tier where
    the discount was the tier's.
    """

    position: Mapped[int] = mapped_column(default=0)
    code: Mapped[str] = mapped_column(key_text(40), default="")
    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(40), default="")
    quantity: Mapped[Decimal] = mapped_column(Scaled)
    price: Mapped[int] = mapped_column(Money)
    discount: Mapped[Decimal] = mapped_column(Scaled, default=Decimal(0))
    discount_tier: Mapped[str] = mapped_column(String(120), default="")
    discount_amount: Mapped[int] = mapped_column(Money, default=0)
    vat_rate: Mapped[int | None]
    vat_amount: Mapped[int] = mapped_column(Money, default=0)
    amount: Mapped[int] = mapped_column(Money, default=0)
    """What the line comes to, with its discount and its VAT."""

    @property
    def discount_reason(self) -> str:
        """Where the discount comes from: ``Hạng Vàng: 5%``; empty for none."""
        percent = format_decimal(self.discount)
        if self.discount_tier:
            return str(_("Tier %(name)s: %(percent)s%%", name=self.discount_tier, percent=percent))
        return str(_("Agreed: %(percent)s%%", percent=percent)) if self.discount else ""


class Order(Audited, SoftDelete, Versioned, Searchable, CustomFields, Totals, Recipient, TenantModel):
    """What a customer has ordered (Đơn hàng). ``seller`` sells it; ``in_charge_id`` was in charge of the customer then."""

    __tablename__ = "order"
    __table_args__ = (
        unique("number"),
        index("ordered_at"),
        index("state", "ordered_at"),
        index("customer_id", "ordered_at"),
        index("seller_id", "ordered_at"),
        index("created_by_id", "ordered_at"),
        index("in_charge_id"),
        index("phone"),
        index("total"),
    )
    __search__: ClassVar[tuple[str, ...]] = ("number", "recipient_name", "phone", "reference")
    __audit_exclude__ = ("in_charge_id",)

    number: Mapped[str] = mapped_column(key_text(40))
    state: Mapped[str] = mapped_column(key_text(20), default=OrderState.DRAFT)
    customer_id: Mapped[UUID] = link("customer", index=False, unseen=True)
    customer: Mapped[Customer | None] = to(customer_id)
    seller_id: Mapped[UUID] = link("core_user", index=False)
    seller: Mapped[User] = to(seller_id)
    in_charge_id: Mapped[UUID | None] = link("core_user", index=False)
    ordered_at: Mapped[datetime]
    reference: Mapped[str | None] = mapped_column(String(80))
    """The number that the order has elsewhere: in a marketplace, on the customer's purchase order."""
    shipping_fee: Mapped[int] = mapped_column(Money, default=0)
    """What the customer pays for the delivery, part of ``total``."""
    cod_amount: Mapped[int] = mapped_column(Money, default=0)
    """What the carrier collects; 0: nothing."""
    note: Mapped[str | None] = mapped_column(Text)
    cancel_reason: Mapped[str | None] = mapped_column(String(500))

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return seen_with_order(cls.id, actor)


def seen_with_order(order_id: Any, actor: Actor) -> ColumnElement[bool] | None:
    """The visibility rule of an order and of what hangs on it, a shipment for instance."""
    return _seen(Order, order_id, actor)


def _seen(model: Any, document_id: Any, actor: Actor) -> ColumnElement[bool] | None:
    """Sold by the actor · entered by him · of a customer who was his when it was made · all."""
    if actor.can("order.view_all"):
        return None
    own = model.__table__.alias("own_document")
    mine = or_(
        own.c.seller_id == actor.user_id, own.c.created_by_id == actor.user_id, own.c.in_charge_id == actor.user_id
    )
    ids: Select[tuple[UUID]] = select(own.c.id).where(own.c.tenant_id == actor.tenant_id, mine)
    criterion: ColumnElement[bool] = document_id.in_(ids)
    return criterion


class OrderLine(Audited, Line, TenantModel):
    """A line of an order."""

    __tablename__ = "order_line"

    order_id: Mapped[UUID] = link("order", ondelete="CASCADE")
    order: Mapped[Order] = to(order_id)
    product_id: Mapped[UUID | None] = link("order_product")
    product: Mapped[Product | None] = to(product_id)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return seen_with_order(cls.order_id, actor)
