"""The workbooks of products and documents."""

from __future__ import annotations

from typing import Any

from addons.order.billing import METHODS
from addons.order.forms import CONTRACT_TYPES, PAYMENT_KINDS, VAT_NAMES
from addons.order.workflows import CONTRACT, INVOICE, ORDER, PAYMENT, QUOTATION
from core.exchange.fields import ExchangeField
from core.i18n import translator

_ = translator(__name__)

PRODUCTS = (
    ExchangeField("code", _("Product code"), kind="code", aliases=("Mã hàng", "Mã HH", "SKU"), distinct="code"),
    ExchangeField("name", _("Product name"), required=True, aliases=("Tên hàng", "Tên sản phẩm")),
    ExchangeField("unit", _("Unit"), max_length=40, aliases=("ĐVT", "Đơn vị")),
    ExchangeField("price", _("Price"), kind="money", aliases=("Giá bán", "Giá")),
    ExchangeField("vat_rate", _("VAT"), choices=VAT_NAMES, aliases=("Thuế suất", "% VAT")),
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
        ExchangeField("recipient_name", _("Name"), aliases=("Họ tên", "Người nhận")),
        ExchangeField("phone", _("Phone"), kind="phone", aliases=("SĐT",)),
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
    ExchangeField("reference", _("Reference number"), max_length=80),
    ExchangeField("shipping_fee", _("Delivery fee"), kind="money"),
    ExchangeField("cod_amount", _("Collect on delivery (COD)"), kind="money"),
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
