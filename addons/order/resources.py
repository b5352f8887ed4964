"""What staff see of products and documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select

from addons.customer.models import CustomerTier
from addons.order import exchange, services
from addons.order.forms import VAT_NAMES, OrderForm, ProductForm
from addons.order.models import Order, OrderLine, OrderState, Product
from addons.order.queries import list_order_lines
from addons.order.workflows import ORDER
from core.audit import Recorded
from core.db import Actor, ActorSession
from core.discussion import Discussed
from core.i18n import translator
from core.resources import (
    Api,
    BooleanFilter,
    ChoiceFilter,
    Column,
    DetailTab,
    Fact,
    NumberFilter,
    PeriodFilter,
    Permissions,
    Picker,
    Resource,
    Sent,
    Tab,
    UserFilter,
)

_ = translator(__name__)

FIELD_NAMES = {
    "number": _("Number"),
    "state": _("State"),
    "customer_id": _("Customer"),
    "seller_id": _("Seller"),
    "ordered_at": _("Ordered"),
    "reference": _("Reference number"),
    "recipient_name": _("Name"),
    "phone": _("Phone"),
    "address": _("House number, street"),
    "ward": _("Ward, commune"),
    "district": _("District"),
    "province": _("Province, city"),
    "subtotal": _("Sum of the lines"),
    "discount": _("Discount"),
    "vat": _("VAT"),
    "total": _("Total"),
    "shipping_fee": _("Delivery fee"),
    "cod_amount": _("Collect on delivery (COD)"),
    "note": _("Note"),
    "cancel_reason": _("Reason"),
}
"""The fields of the record of changes."""

LINE_NAMES = {
    "order_id": _("Order"),
    "product_id": _("Product"),
    "position": _("Position"),
    "code": _("Product code"),
    "name": _("Description"),
    "unit": _("Unit"),
    "quantity": _("Quantity"),
    "price": _("Price"),
    "discount": _("Discount (%)"),
    "discount_tier": _("Discount of the tier"),
    "discount_amount": _("Discount"),
    "vat_rate": _("VAT"),
    "vat_amount": _("VAT amount"),
    "amount": _("Amount"),
}


def _state_is(*states: str) -> Any:
    return lambda actor: Order.state.in_(states)


def _mine(actor: Actor) -> ColumnElement[bool]:
    return Order.seller_id == actor.user_id


class Products(Resource[Product]):
    """What is sold."""

    model = Product
    name = "products"
    title = _("Products")
    one = _("product")
    icon = "package"
    found_everywhere = True
    permissions = Permissions(
        "order",
        read="order.read_products",
        create="order.manage_products",
        edit="order.manage_products",
        delete="order.manage_products",
    )
    columns = (
        Column("name", _("Product name"), kind="title", subtitle=("code",), sort=True, avatar=False),
        Column("unit", _("Unit"), wide="xl"),
        Column("price", _("Price"), sort=True),
        Column("vat_rate", _("VAT"), labels=VAT_NAMES, wide="2xl"),
        Column("created_at", _("Created"), sort=True, wide="3xl"),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("sold", _("Is sold"), where=lambda actor: Product.is_active.is_(True)),
        Tab("off", _("Not sold any more"), where=lambda actor: Product.is_active.is_(False)),
    )
    filters = (
        NumberFilter("price", _("Price"), Product.price),
        BooleanFilter("stocked", _("Warehouse"), Product.is_stocked, yes=_("Lies in a warehouse"), no=_("Does not")),
        BooleanFilter("technician", _("A technician may be chosen"), Product.has_technician),
    )
    default_sort = "name"
    facts = (
        Fact("code", _("Product code"), kind="code"),
        Fact("unit", _("Unit")),
        Fact("price", _("Price")),
        Fact("vat_rate", _("VAT"), labels=VAT_NAMES),
        Fact("is_active", _("Is sold")),
        Fact("is_stocked", _("Lies in a warehouse")),
        Fact("has_technician", _("A technician may be chosen")),
        Fact("description", _("Description")),
    )
    exchange = exchange.PRODUCTS
    exchange_key = "code"
    picker = Picker(hint=("code", "price"))
    form = ProductForm

    def create(self, session: ActorSession, form: Any) -> Product:
        return services.create_product(session, **form.fields())

    def update(self, session: ActorSession, record: Product, form: Any) -> None:
        services.update_product(session, record, **form.fields())

    def make_form(self, session: ActorSession, record: Product | None, *, sent: Sent = True) -> Any:
        form = super().make_form(session, record, sent=sent)
        form.name_tiers(session)
        return form

    def form_data(self, session: ActorSession, record: Product | None) -> Mapping[str, Any]:
        tiers = session.execute(select(CustomerTier.id, CustomerTier.discount).order_by(CustomerTier.position)).all()
        present = services.read_product_discounts(session, record.id) if record else {}
        usual = {} if record else {tier.id: tier.discount for tier in tiers}
        return {
            "discounts": [
                {"tier_id": str(tier.id), "percent": present.get(tier.id) or usual.get(tier.id)} for tier in tiers
            ]
        }


class Orders(Resource[Order]):
    """What customers have ordered."""

    model = Order
    name = "orders"
    title = _("Orders")
    one = _("order")
    icon = "shopping-cart"
    found_everywhere = True
    permissions = Permissions("order", import_=None)
    columns = (
        Column("number", _("Order"), kind="title", subtitle=("recipient_name", "phone"), avatar=False),
        Column("state", _("State"), kind="tag", tone=ORDER.tones, labels=ORDER.labels),
        Column("total", _("Total"), sort=True),
        Column("cod_amount", _("COD"), wide="3xl"),
        Column("seller.name", _("Seller"), kind="person", wide="2xl"),
        Column("ordered_at", _("Ordered"), sort=True, wide="xl"),
        Column("customer.name", _("Customer"), optional=True),
        Column("province", _("Province, city"), optional=True),
        Column("reference", _("Reference number"), optional=True),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("draft", _("Drafts"), where=_state_is(OrderState.DRAFT), is_new=True),
        Tab("confirmed", _("Confirmed"), where=_state_is(OrderState.CONFIRMED)),
        Tab("delivering", _("On the way"), where=_state_is(OrderState.DELIVERING)),
        Tab("done", _("Delivered"), where=_state_is(OrderState.DONE)),
        Tab("mine", _("Mine"), where=_mine),
    )
    filters = (
        ChoiceFilter("state", _("State"), Order.state, options=list(ORDER.labels.items()), several=True),
        PeriodFilter("ordered", _("Ordered"), Order.ordered_at),
        UserFilter("seller", _("Seller"), Order.seller_id),
        UserFilter("creator", _("Entered by"), Order.created_by_id, empty=_("The system")),
        NumberFilter("total", _("Total"), Order.total),
    )
    default_sort = "-ordered_at"
    empty_text = _("Enter the first order: type the customer's telephone number, add products, save.")
    tags = (Fact("state", kind="tag", tone=ORDER.tones, labels=ORDER.labels),)
    contacts = (
        Fact("recipient_name", icon="user"),
        Fact("phone", icon="phone"),
        Fact("full_address", kind="text", icon="map-pin"),
        Fact("seller.name", _("Seller"), kind="person"),
    )
    facts = (
        Fact("customer.name", _("Customer")),
        Fact("ordered_at", _("Ordered")),
        Fact("subtotal", _("Sum of the lines")),
        Fact("discount", _("Discount")),
        Fact("vat", _("VAT")),
        Fact("shipping_fee", _("Delivery fee")),
        Fact("total", _("Total")),
        Fact("cod_amount", _("Collect on delivery (COD)")),
        Fact("reference", _("Reference number")),
        Fact("note", _("Note")),
        Fact("cancel_reason", _("Reason")),
    )
    actions = ORDER.actions("order.order_step")
    detail_tabs = (
        DetailTab(
            "lines",
            _("Lines"),
            "order/lines.html",
            context=lambda session, order: {"lines": list_order_lines(session, order.id)},
            order=5,
        ),
    )
    discussion = True
    exchange = exchange.ORDERS
    picker = Picker(hint=("recipient_name", "total"))
    api = Api(fields=("address", "ward", "district", "province"))
    form = OrderForm

    def create(self, session: ActorSession, form: Any) -> Order:
        return services.create_order(session, **form.fields())

    def update(self, session: ActorSession, record: Order, form: Any) -> None:
        services.update_order(session, record, **form.fields())

    def delete(self, session: ActorSession, record: Order) -> None:
        services.delete_order(session, record)

    def can_edit(self, session: ActorSession, record: Order) -> bool:
        return record.state == OrderState.DRAFT

    def can_delete(self, session: ActorSession, record: Order) -> bool:
        return record.state in {OrderState.DRAFT, OrderState.CANCELLED}

    def form_data(self, session: ActorSession, record: Order | None) -> Mapping[str, Any]:
        if record is None:
            return {"seller_id": session.actor.user_id}
        names = ("id", "product_id", "name", "quantity", "price", "discount")
        lines = list_order_lines(session, record.id)
        return {"lines": [{name: getattr(line, name) for name in names} for line in lines]}


discussed_orders = Discussed(
    Order,
    read="order.read",
    comment="order.comment",
    endpoint="order.orders_detail",
    title=lambda order: order.number,
    labels=FIELD_NAMES,
)
recorded_lines = Recorded(OrderLine.__tablename__, one=_("line of an order"), labels=LINE_NAMES)
