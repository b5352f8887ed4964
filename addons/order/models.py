"""Products and the documents of sales with their lines. Amounts are whole đồng; ``amounts`` says how they are computed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, Text, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from addons.customer.models import Customer, shown_with_customer
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


class QuotationState(StrEnum):
    """How far a quotation is."""

    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class ContractState(StrEnum):
    """How far a contract is. Whether it has expired follows from its end."""

    DRAFT = "draft"
    APPROVED = "approved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class InvoiceState(StrEnum):
    """How far an invoice is. Whether it is paid follows from its payments."""

    DRAFT = "draft"
    ISSUED = "issued"
    CANCELLED = "cancelled"


class PaymentState(StrEnum):
    """How far a payment is: only confirmed money counts."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class ContractType(StrEnum):
    """Whether a contract is a first one or goes on with an earlier one (CUS-082)."""

    NEW = "new"
    RENEWAL = "renewal"


class PaymentKind(StrEnum):
    """Which way the money goes."""

    PAYMENT = "payment"
    REFUND = "refund"


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


def discount_reason(percent: Decimal, tier: str) -> str:
    """Where a discount comes from: ``Hạng Vàng: 5%``; empty for none."""
    if tier:
        return str(_("Tier %(name)s: %(percent)s%%", name=tier, percent=format_decimal(percent)))
    return str(_("Agreed: %(percent)s%%", percent=format_decimal(percent))) if percent else ""


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
        return discount_reason(self.discount, self.discount_tier)


class Document(Audited, SoftDelete, Versioned, Searchable):
    """What quotations, orders, contracts and invoices have in common. ``seller_id`` is who sells; ``in_charge_id`` who was in
    charge of the customer when it was made, and sees it therefore.
    """

    __search__: ClassVar[tuple[str, ...]] = ("number", "recipient_name", "phone")
    __audit_exclude__: ClassVar[tuple[str, ...]] = ("in_charge_id",)

    number: Mapped[str] = mapped_column(key_text(40))
    state: Mapped[str] = mapped_column(key_text(20), default="draft")
    note: Mapped[str | None] = mapped_column(Text)
    cancel_reason: Mapped[str | None] = mapped_column(String(500))


class Quotation(Document, CustomFields, Totals, Recipient, TenantModel):
    """What a customer was offered (Báo giá), good until ``valid_until``."""

    __tablename__ = "order_quotation"
    __table_args__ = (
        unique("number"),
        index("made_at"),
        index("customer_id", "made_at"),
        index("seller_id", "made_at"),
        index("created_by_id"),
        index("in_charge_id"),
        index("total"),
    )

    customer_id: Mapped[UUID] = link("customer", index=False, unseen=True)
    customer: Mapped[Customer | None] = to(customer_id)
    seller_id: Mapped[UUID] = link("core_user", index=False)
    seller: Mapped[User] = to(seller_id)
    in_charge_id: Mapped[UUID | None] = link("core_user", index=False)
    made_at: Mapped[datetime]
    valid_until: Mapped[date | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return seen_with(cls, cls.id, actor)


class Order(Document, CustomFields, Totals, Recipient, TenantModel):
    """What a customer has ordered (Đơn hàng)."""

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
    __search__ = ("number", "recipient_name", "phone", "reference")

    customer_id: Mapped[UUID] = link("customer", index=False, unseen=True)
    customer: Mapped[Customer | None] = to(customer_id)
    seller_id: Mapped[UUID] = link("core_user", index=False)
    seller: Mapped[User] = to(seller_id)
    in_charge_id: Mapped[UUID | None] = link("core_user", index=False)
    quotation_id: Mapped[UUID | None] = link("order_quotation", unseen=True)
    quotation: Mapped[Quotation | None] = to(quotation_id)
    ordered_at: Mapped[datetime]
    reference: Mapped[str | None] = mapped_column(String(80))
    """The number that the order has elsewhere: in a marketplace, on the customer's purchase order."""
    shipping_fee: Mapped[int] = mapped_column(Money, default=0)
    """What the customer pays for the delivery, part of ``total``."""
    cod_amount: Mapped[int] = mapped_column(Money, default=0)
    """What the carrier collects; 0: nothing."""

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return seen_with_order(cls.id, actor)


class Contract(Document, CustomFields, Totals, Recipient, TenantModel):
    """A sales contract (Hợp đồng), in force from ``effective_on`` to ``ends_on``; ``counts_debt`` is "tính công nợ"."""

    __tablename__ = "order_contract"
    __table_args__ = (
        unique("number"),
        index("made_at"),
        index("ends_on"),
        index("customer_id", "made_at"),
        index("seller_id", "made_at"),
        index("created_by_id"),
        index("in_charge_id"),
        index("total"),
    )
    __search__ = ("number", "title", "recipient_name", "phone")

    title: Mapped[str | None] = mapped_column(String(200))
    customer_id: Mapped[UUID] = link("customer", index=False, unseen=True)
    customer: Mapped[Customer | None] = to(customer_id)
    seller_id: Mapped[UUID] = link("core_user", index=False)
    seller: Mapped[User] = to(seller_id)
    in_charge_id: Mapped[UUID | None] = link("core_user", index=False)
    quotation_id: Mapped[UUID | None] = link("order_quotation", unseen=True)
    quotation: Mapped[Quotation | None] = to(quotation_id)
    order_id: Mapped[UUID | None] = link("order", unseen=True)
    order: Mapped[Order | None] = to(order_id)
    renews_id: Mapped[UUID | None] = link("order_contract", unseen=True)
    kind: Mapped[str] = mapped_column(key_text(12), default=ContractType.NEW)
    made_at: Mapped[datetime]
    effective_on: Mapped[date]
    term_months: Mapped[int | None]
    ends_on: Mapped[date]
    """The last day: the one that was typed, else ``effective_on`` and the term (CUS-083)."""
    counts_debt: Mapped[bool] = mapped_column(default=True)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return seen_with(cls, cls.id, actor)


class Invoice(Document, CustomFields, Totals, Recipient, TenantModel):
    """What a customer is to pay (Hóa đơn), by ``due_on``."""

    __tablename__ = "order_invoice"
    __table_args__ = (
        unique("number"),
        index("made_at"),
        index("due_on"),
        index("customer_id", "made_at"),
        index("seller_id", "made_at"),
        index("created_by_id"),
        index("in_charge_id"),
        index("total"),
    )

    customer_id: Mapped[UUID] = link("customer", index=False, unseen=True)
    customer: Mapped[Customer | None] = to(customer_id)
    seller_id: Mapped[UUID] = link("core_user", index=False)
    seller: Mapped[User] = to(seller_id)
    in_charge_id: Mapped[UUID | None] = link("core_user", index=False)
    order_id: Mapped[UUID | None] = link("order", unseen=True)
    order: Mapped[Order | None] = to(order_id)
    contract_id: Mapped[UUID | None] = link("order_contract", unseen=True)
    contract: Mapped[Contract | None] = to(contract_id)
    made_at: Mapped[datetime]
    due_on: Mapped[date | None]
    shipping_fee: Mapped[int] = mapped_column(Money, default=0)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return seen_with(cls, cls.id, actor)


class Payment(Audited, SoftDelete, Versioned, Searchable, TenantModel):
    """Money for a contract or an invoice, one of the two (Phiếu thanh toán); a refund is money given back. ``amount`` > 0."""

    __tablename__ = "order_payment"
    __table_args__ = (
        unique("number"),
        index("paid_on"),
        index("customer_id", "paid_on"),
        index("created_by_id"),
        index("amount"),
    )
    __search__ = ("number", "payer", "note")

    number: Mapped[str] = mapped_column(key_text(40))
    state: Mapped[str] = mapped_column(key_text(20), default=PaymentState.DRAFT)
    kind: Mapped[str] = mapped_column(key_text(12), default=PaymentKind.PAYMENT)
    customer_id: Mapped[UUID] = link("customer", index=False, unseen=True)
    customer: Mapped[Customer | None] = to(customer_id)
    contract_id: Mapped[UUID | None] = link("order_contract")
    contract: Mapped[Contract | None] = to(contract_id)
    invoice_id: Mapped[UUID | None] = link("order_invoice")
    invoice: Mapped[Invoice | None] = to(invoice_id)
    payer: Mapped[str] = mapped_column(String(200), default="")
    amount: Mapped[int] = mapped_column(Money)
    may_exceed: Mapped[bool] = mapped_column(default=False)
    """Somebody has said that more than is due is right."""
    method: Mapped[str] = mapped_column(key_text(20), default="transfer")
    paid_on: Mapped[date]
    note: Mapped[str | None] = mapped_column(Text)
    cancel_reason: Mapped[str | None] = mapped_column(String(500))

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        """Seen with what it pays for."""
        if actor.can("order.view_all"):
            return None
        contracts, invoices = seen_with(Contract, cls.contract_id, actor), seen_with(Invoice, cls.invoice_id, actor)
        assert contracts is not None
        assert invoices is not None
        return or_(contracts, invoices)


def seen_with_order(order_id: Any, actor: Actor) -> ColumnElement[bool] | None:
    """The visibility rule of an order and of what hangs on it, a shipment for instance."""
    return seen_with(Order, order_id, actor)


BOXES = {
    "order": "orders",
    "order_quotation": "quotations",
    "order_contract": "contracts",
    "order_invoice": "contracts",
}
"""Table → the box with which documents are shared with a customer (SHR-06), and passed on with him (OWN-09, 10, 12)."""


def seen_with(model: Any, document_id: Any, actor: Actor) -> ColumnElement[bool] | None:
    """Sold by the actor · entered by him · of a customer who was his then · shown with the customer · all."""
    box = BOXES[model.__tablename__]
    if actor.can("order.view_all"):
        return None
    own = model.__table__.alias("own_document")
    mine = or_(
        own.c.seller_id == actor.user_id,
        own.c.created_by_id == actor.user_id,
        own.c.in_charge_id == actor.user_id,
        shown_with_customer(own.c.customer_id, actor, share=box, handover=f"order.{box}"),
    )
    ids: Select[tuple[UUID]] = select(own.c.id).where(own.c.tenant_id == actor.tenant_id, mine)
    criterion: ColumnElement[bool] = document_id.in_(ids)
    return criterion


class QuotationLine(Audited, Line, TenantModel):
    """A line of a quotation."""

    __tablename__ = "order_quotation_line"

    quotation_id: Mapped[UUID] = link("order_quotation", ondelete="CASCADE")
    quotation: Mapped[Quotation] = to(quotation_id)
    product_id: Mapped[UUID | None] = link("order_product")
    product: Mapped[Product | None] = to(product_id)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return seen_with(Quotation, cls.quotation_id, actor)


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


class ContractLine(Audited, Line, TenantModel):
    """A line of a contract."""

    __tablename__ = "order_contract_line"

    contract_id: Mapped[UUID] = link("order_contract", ondelete="CASCADE")
    contract: Mapped[Contract] = to(contract_id)
    product_id: Mapped[UUID | None] = link("order_product")
    product: Mapped[Product | None] = to(product_id)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return seen_with(Contract, cls.contract_id, actor)


class InvoiceLine(Audited, Line, TenantModel):
    """A line of an invoice."""

    __tablename__ = "order_invoice_line"

    invoice_id: Mapped[UUID] = link("order_invoice", ondelete="CASCADE")
    invoice: Mapped[Invoice] = to(invoice_id)
    product_id: Mapped[UUID | None] = link("order_product")
    product: Mapped[Product | None] = to(product_id)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return seen_with(Invoice, cls.invoice_id, actor)
