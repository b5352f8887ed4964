"""The workbooks of products and orders."""

from __future__ import annotations

from addons.order.forms import VAT_NAMES
from addons.order.workflows import ORDER
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
ORDERS = (
    ExchangeField("number", _("Number"), kind="code"),
    ExchangeField("ordered_at", _("Ordered"), kind="datetime"),
    ExchangeField("state", _("State"), choices=ORDER.labels),
    ExchangeField("customer", _("Customer"), path="customer.name"),
    ExchangeField("recipient_name", _("Name")),
    ExchangeField("phone", _("Phone"), kind="phone"),
    ExchangeField("address", _("House number, street")),
    ExchangeField("ward", _("Ward, commune")),
    ExchangeField("province", _("Province, city")),
    ExchangeField("subtotal", _("Sum of the lines"), kind="money"),
    ExchangeField("discount", _("Discount"), kind="money"),
    ExchangeField("vat", _("VAT"), kind="money"),
    ExchangeField("shipping_fee", _("Delivery fee"), kind="money"),
    ExchangeField("total", _("Total"), kind="money"),
    ExchangeField("cod_amount", _("Collect on delivery (COD)"), kind="money"),
    ExchangeField("seller", _("Seller"), path="seller.name"),
    ExchangeField("reference", _("Reference number")),
    ExchangeField("note", _("Note"), multiline=True),
)
