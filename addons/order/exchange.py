"""The workbooks of products and documents."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from addons.order.billing import METHODS
from addons.order.forms import CONTRACT_TYPES, PAYMENT_KINDS
from addons.order.lines import LineFields
from addons.order.models import Order, OrderLine, Product
from addons.order.services import create_order
from addons.order.workflows import CONTRACT, INVOICE, ORDER, PAYMENT, QUOTATION
from core.db import ActorSession
from core.decimals import format_decimal, parse_decimal
from core.errors import DomainError, Problem
from core.exchange.fields import ExchangeField
from core.i18n import translator

_ = translator(__name__)

_ITEM = re.compile(r"(?P<code>[^\s×*]+)(?:(?:\s+x\s*|\s*[×*]\s*)(?P<quantity>[\d.,]+))?", re.IGNORECASE)
"""``LOI-PP x 2``; without a quantity one."""


def read_items(value: Any) -> list[tuple[str, Decimal]]:
    """The products of an order in one cell, parted by semicolons or lines: ``LOI-PP x 2; CONG-LAP``."""
    items = []
    for part in filter(None, (each.strip() for each in re.split(r"[;\n]", str(value)))):
        match = _ITEM.fullmatch(part)
        if match is None:
            message = _("“%(text)s” is not read: write codes and quantities like LOI-PP x 2; CONG-LAP.", text=part)
            raise DomainError.of("bad_items", message)
        quantity = parse_decimal(match["quantity"]) if match["quantity"] else Decimal(1)
        items.append((match["code"].upper(), quantity))
    return items


def write_items(session: ActorSession, ids: Sequence[UUID]) -> dict[UUID, str]:
    """The lines of orders as :func:`read_items` reads them; a line without product by its text."""
    query = select(OrderLine.order_id, OrderLine.code, OrderLine.name, OrderLine.quantity)
    told: dict[UUID, list[str]] = {}
    for row in session.execute(query.where(OrderLine.order_id.in_(list(ids))).order_by(OrderLine.position)):
        told.setdefault(row.order_id, []).append(f"{row.code or row.name} x {format_decimal(row.quantity)}")
    return {id: "; ".join(items) for id, items in told.items()}


def store_order(session: ActorSession, values: Mapping[str, Any]) -> Order:
    """Enter the order of a row: the customer is the one with the number, or a new one. DomainError with all that is wrong."""
    items: list[tuple[str, Decimal]] = values.get("lines") or []
    query = select(Product.code, Product.id).where(Product.code.in_([code for code, _quantity in items]))
    ids = {row.code: row.id for row in session.execute(query)}
    if unknown := [code for code, _quantity in items if code not in ids]:
        message = _("There is no product %(codes)s.", codes=", ".join(unknown))
        raise DomainError(Problem("unknown_product", message, "lines"))
    lines: list[LineFields] = [{"product_id": ids[code], "quantity": quantity} for code, quantity in items]
    fields: Any = {**values, "lines": lines}
    return create_order(session, **fields)


def read_vat(value: Any) -> int:
    """A VAT rate in per cent: ``8``, ``8%``, ``0,08`` as a sheet keeps 8%."""
    rate = parse_decimal(str(value).strip().removesuffix("%") if isinstance(value, str) else value)
    return int(rate * 100 if 0 < rate < 1 else rate)


PRODUCTS = (
    ExchangeField(
        "code", _("Product code"), kind="code", aliases=("Mã hàng hóa", "Mã hàng", "Mã HH", "SKU"), distinct="code"
    ),
    ExchangeField("name", _("Product name"), required=True, aliases=("Tên hàng hóa", "Tên hàng", "Tên sản phẩm")),
    ExchangeField("unit", _("Unit"), max_length=40, aliases=("Đơn vị tính", "ĐVT", "Đơn vị")),
    ExchangeField("price", _("Price"), kind="money", aliases=("Đơn giá", "Giá bán", "Giá")),
    ExchangeField("vat_rate", _("VAT"), kind="integer", parse=read_vat, aliases=("Thuế GTGT", "Thuế suất", "% VAT")),
    ExchangeField("description", _("Description"), multiline=True, max_length=5_000, aliases=("Mô tả",)),
    ExchangeField("is_active", _("Is sold"), kind="boolean"),
    ExchangeField("is_stocked", _("Lies in a warehouse"), kind="boolean"),
    ExchangeField("has_technician", _("A technician may be chosen"), kind="boolean"),
)


def _document(moment: str, label: object, states: Any, *more: ExchangeField) -> tuple[ExchangeField, ...]:
    """The columns of an export of documents."""
    return (
        ExchangeField("number", _("Number"), kind="code", imported=False),
        ExchangeField(moment, label, kind="datetime", imported=False),
        ExchangeField("state", _("State"), choices=states, imported=False),
        ExchangeField("customer", _("Customer"), path="customer.name", imported=False),
        ExchangeField(
            "recipient_name", _("Name"), aliases=("Tên người nhận", "Tên khách hàng", "Họ tên", "Người nhận")
        ),
        ExchangeField("phone", _("Phone"), kind="phone", aliases=("Điện thoại", "Số điện thoại", "SĐT")),
        ExchangeField("address", _("House number, street"), max_length=300, aliases=("Địa chỉ",)),
        ExchangeField("ward", _("Ward, commune"), max_length=120),
        ExchangeField("province", _("Province, city"), max_length=120),
        *more,
        ExchangeField("subtotal", _("Sum of the lines"), kind="money", imported=False),
        ExchangeField("discount", _("Discount"), kind="money", imported=False),
        ExchangeField("vat", _("VAT"), kind="money", imported=False),
        ExchangeField("total", _("Total"), kind="money", imported=False),
        ExchangeField("seller", _("Seller"), path="seller.name", imported=False),
        ExchangeField("note", _("Note"), multiline=True, max_length=5_000),
    )


QUOTATIONS = _document(
    "made_at", _("Made"), QUOTATION.labels, ExchangeField("valid_until", _("Good until"), kind="date")
)
ORDERS = _document(
    "ordered_at",
    _("Ordered"),
    ORDER.labels,
    ExchangeField(
        "lines",
        _("Products"),
        parse=read_items,
        load=write_items,
        required=True,
        aliases=("Hàng hóa", "Sản phẩm"),
        example="LOI-PP x 2; CONG-LAP",
        help=_("Codes and quantities, parted by semicolons."),
    ),
    ExchangeField("reference", _("Reference number"), max_length=80, aliases=("Số tham chiếu", "Mã đơn", "Mã vận đơn")),
    ExchangeField("shipping_fee", _("Delivery fee"), kind="money", aliases=("Phí vận chuyển", "Phí ship")),
    ExchangeField("cod_amount", _("Collect on delivery (COD)"), kind="money", aliases=("COD", "Thu hộ")),
)
CONTRACTS = _document(
    "made_at",
    _("Made"),
    CONTRACT.labels,
    ExchangeField("kind", _("Type of contract"), choices=CONTRACT_TYPES),
    ExchangeField("effective_on", _("In force from"), kind="date"),
    ExchangeField("term_months", _("Term in months"), kind="integer"),
    ExchangeField("ends_on", _("Last day"), kind="date"),
    ExchangeField("counts_debt", _("Counts debts"), kind="boolean"),
)
INVOICES = _document("made_at", _("Made"), INVOICE.labels, ExchangeField("due_on", _("To be paid by"), kind="date"))
PAYMENTS = (
    ExchangeField("number", _("Number"), kind="code"),
    ExchangeField("paid_on", _("Paid on"), kind="date"),
    ExchangeField("state", _("State"), choices=PAYMENT.labels),
    ExchangeField("kind", _("Kind"), choices=PAYMENT_KINDS),
    ExchangeField("customer", _("Customer"), path="customer.name"),
    ExchangeField("payer", _("Who paid")),
    ExchangeField("invoice", _("Invoice"), path="invoice.number"),
    ExchangeField("contract", _("Contract"), path="contract.number"),
    ExchangeField("amount", _("Amount"), kind="money"),
    ExchangeField("method", _("Way of paying"), choices=METHODS),
    ExchangeField("note", _("Note"), multiline=True),
)
