"""Use cases of products and orders. Each checks everything first and raises one DomainError with all problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import delete, insert, select

from addons.customer.api import tier_discounts
from addons.customer.models import Customer
from addons.order.amounts import MAX_AMOUNT
from addons.order.buyers import enter_buyer, read_phone, settle_buyer
from addons.order.events import OrderCreated, OrderMoved
from addons.order.lines import VAT_RATES, LineFields, price_lines, put_lines
from addons.order.models import Order, OrderLine, OrderState, Product, ProductDiscount
from addons.order.numbering import next_number
from addons.order.workflows import ORDER
from core.access.models import User
from core.clock import now
from core.db import ActorSession
from core.db.numbers import taken_values
from core.errors import Conflict, DomainError, Problem
from core.events import emit
from core.i18n import translator
from core.text import clean

_ = translator(__name__)

RECIPIENT = ("recipient_name", "address", "ward", "district", "province")


class ProductFields(TypedDict, total=False):
    """A product's fields. An absent one stays as it is. ``discounts`` is per cent by tier, the whole of it."""

    code: str | None
    name: str
    unit: str
    price: int | None
    vat_rate: int | None
    description: str | None
    is_active: bool
    is_stocked: bool
    has_technician: bool
    discounts: Mapping[UUID, Decimal]


class OrderFields(TypedDict, total=False):
    """An order's fields. An absent one stays as it is; ``lines`` is the whole of them.

    Without ``customer_id`` the customer is the one with ``phone``, or a new one. ``cod_amount`` None: nothing is collected.
    """

    customer_id: UUID | None
    phone: str | None
    recipient_name: str | None
    address: str | None
    ward: str | None
    district: str | None
    province: str | None
    seller_id: UUID | None
    ordered_at: datetime | None
    reference: str | None
    shipping_fee: int | None
    cod_amount: int | None
    note: str | None
    lines: Sequence[LineFields]


def create_product(session: ActorSession, **fields: Unpack[ProductFields]) -> Product:
    """Add a product; without ``discounts`` it begins with those of the tiers (TIE-16)."""
    values = _checked_product(session, None, fields)
    product = Product(**values)
    session.add(product)
    session.flush()
    given = fields.get("discounts")
    set_discounts(session, product, tier_discounts(session) if given is None else given)
    return product


def update_product(session: ActorSession, product: Product, **fields: Unpack[ProductFields]) -> None:
    """Change the given fields. Documents that exist keep what they say."""
    for name, value in _checked_product(session, product, fields).items():
        if getattr(product, name) != value:
            setattr(product, name, value)
    session.flush()
    if "discounts" in fields:
        set_discounts(session, product, fields["discounts"])


def set_discounts(session: ActorSession, product: Product, discounts: Mapping[UUID, Decimal]) -> None:
    """Make these the product's discounts by tier; none is a row less."""
    options = {"synchronize_session": False}
    session.execute(delete(ProductDiscount).where(ProductDiscount.product_id == product.id), execution_options=options)
    rows = [
        {"product_id": product.id, "tier_id": tier, "percent": percent}
        for tier, percent in discounts.items()
        if percent
    ]
    if rows:
        session.execute(insert(ProductDiscount), rows)


def read_product_discounts(session: ActorSession, product_id: UUID) -> dict[UUID, Decimal]:
    """The discounts of a product by tier."""
    query = select(ProductDiscount.tier_id, ProductDiscount.percent).where(ProductDiscount.product_id == product_id)
    return {row.tier_id: row.percent for row in session.execute(query)}


def create_order(session: ActorSession, **fields: Unpack[OrderFields]) -> Order:
    """Enter an order, as a draft with its number. Who enters it sells it unless ``seller_id`` is given."""
    order = Order(state=OrderState.DRAFT)
    _put_order(session, order, fields)
    emit(session, OrderCreated(order.id))
    return order


def update_order(
    session: ActorSession, order: Order, *, version: int | None = None, **fields: Unpack[OrderFields]
) -> None:
    """Change a draft. Conflict for an order that is confirmed, or that was saved since ``version``."""
    session.expect_version(order, version)
    if order.state != OrderState.DRAFT:
        raise Conflict.of("wrong_state", _("Only drafts can be changed; put the order back to draft first."))
    _put_order(session, order, fields)


def move_order(session: ActorSession, order: Order, step: str, *, reason: str = "") -> None:
    """Take a step of the workflow ``ORDER``. Raises what :meth:`core.workflows.Workflow.take` raises."""
    before = ORDER.take(session, order, step, reason)
    session.flush()
    emit(session, OrderMoved(order.id, before, order.state))


def delete_order(session: ActorSession, order: Order) -> None:
    """Move a draft or a cancelled order to the recycle bin."""
    if order.state not in {OrderState.DRAFT, OrderState.CANCELLED}:
        raise Conflict.of("wrong_state", _("%(number)s is confirmed: cancel it first.", number=order.number))
    session.delete(order)


def _put_order(session: ActorSession, order: Order, fields: OrderFields) -> None:
    problems: list[Problem] = []
    is_new = order.number is None
    values: dict[str, Any] = _recipient(order, fields, problems)
    phone = values["phone"]
    wanted = fields.get("customer_id", order.customer_id)
    if order.customer_id is not None and wanted in {order.customer_id, None}:
        buyer_id: UUID | None = order.customer_id
        buyer = None
    else:
        given = {name: values[name] for name in ("address", "ward", "district", "province")}
        buyer = settle_buyer(session, wanted, phone, {**given, "name": values["recipient_name"]}, problems)
        buyer_id = buyer.id
    values |= _other_fields(session, order, fields, problems)
    own = OrderLine.order_id == order.id
    present = {} if is_new else {line.id: line for line in session.scalars(select(OrderLine).where(own))}
    lines = (
        price_lines(session, buyer_id, fields.get("lines") or (), problems, present=present)
        if (is_new or "lines" in fields)
        else None
    )
    if problems:
        raise DomainError(*problems)
    if buyer is not None:
        values["customer_id"] = enter_buyer(session, buyer)
        values["in_charge_id"] = buyer.in_charge_id
    if not values["recipient_name"]:
        values["recipient_name"] = _name_of(session, values.get("customer_id") or order.customer_id)
    if lines is not None:
        values |= {"subtotal": lines.totals.subtotal, "discount": lines.totals.discount, "vat": lines.totals.vat}
    fee = values.get("shipping_fee", order.shipping_fee or 0)
    sums = {name: values.get(name, getattr(order, name)) for name in ("subtotal", "discount", "vat")}
    values["total"] = sums["subtotal"] - sums["discount"] + sums["vat"] + fee
    for name, value in values.items():
        if getattr(order, name) != value:
            setattr(order, name, value)
    if is_new:
        order.number = next_number(session, Order.__table__.c.number, "order.number_of_orders")
        session.add(order)
        session.flush()
    if lines is not None:
        put_lines(session, OrderLine, "order_id", order.id, lines)
    session.flush()


def _recipient(order: Order, fields: OrderFields, problems: list[Problem]) -> dict[str, Any]:
    """Who gets it and where; what is not given stays."""
    values: dict[str, Any] = {
        name: (clean(fields.get(name) or "") or None) if name in fields else getattr(order, name) for name in RECIPIENT
    }
    values["phone"] = read_phone(fields["phone"], problems) if "phone" in fields else order.phone
    for name, most in (("recipient_name", 200), ("address", 300), ("ward", 120), ("district", 120), ("province", 120)):
        if values[name] and len(values[name]) > most:
            problems.append(Problem("too_long", _("This is too long: at most %(n)s characters.", n=most), name))
    return values


def _other_fields(session: ActorSession, order: Order, fields: OrderFields, problems: list[Problem]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, label in (("shipping_fee", _("The delivery fee")), ("cod_amount", _("What is collected"))):
        if name in fields or order.number is None:
            amount = fields.get(name) or 0
            values[name] = amount
            if not 0 <= amount <= MAX_AMOUNT:
                problems.append(Problem("bad_amount", _("%(what)s is 0 or more.", what=label), name))
    if "note" in fields:
        values["note"] = clean(fields["note"] or "", multiline=True) or None
    if "reference" in fields:
        values["reference"] = clean(fields["reference"] or "")[:80] or None
    if fields.get("ordered_at") is not None or order.number is None:
        values["ordered_at"] = fields.get("ordered_at") or now()
    seller_id = fields.get("seller_id") or order.seller_id or session.actor.user_id
    if seller_id is None or (
        seller_id != order.seller_id
        and session.scalar(select(User.id).where(User.id == seller_id, User.is_active)) is None
    ):
        problems.append(Problem("unknown_user", _("This account is not in use."), "seller_id"))
    values["seller_id"] = seller_id
    return values


def _name_of(session: ActorSession, customer_id: UUID | None) -> str:
    customer = session.find(Customer, customer_id)
    return customer.name if customer is not None else "—"


def _checked_product(session: ActorSession, product: Product | None, fields: ProductFields) -> dict[str, Any]:
    """The values as they are stored. DomainError with all that is wrong."""
    problems: list[Problem] = []
    values: dict[str, Any] = {
        name: fields[name]  # type: ignore[literal-required]
        for name in ("vat_rate", "is_active", "is_stocked", "has_technician")
        if name in fields
    }
    for name in ("name", "unit", "code"):
        if name in fields:
            values[name] = " ".join(clean(fields.get(name) or "").split())  # type: ignore[call-overload]
    if "description" in fields:
        values["description"] = clean(fields["description"] or "", multiline=True) or None
    if (product is None or "name" in values) and not values.get("name"):
        problems.append(Problem("required", _("Enter a name."), "name"))
    if product is None or "price" in fields:
        price = values["price"] = fields.get("price") or 0
        if not 0 <= price <= MAX_AMOUNT:
            problems.append(Problem("bad_price", _("A price is 0 or more."), "price"))
    if values.get("vat_rate") is not None and values["vat_rate"] not in VAT_RATES:
        problems.append(Problem("bad_vat", _("This VAT rate does not exist."), "vat_rate"))
    _check_code(session, product, values, problems)
    if any(not 0 <= percent <= 100 for percent in (fields.get("discounts") or {}).values()):
        message = _("The discount is a percentage from 0 to 100.")
        problems.append(Problem("bad_discount", message, "discounts"))
    if problems:
        raise DomainError(*problems)
    return values


def _check_code(
    session: ActorSession, product: Product | None, values: dict[str, Any], problems: list[Problem]
) -> None:
    """A code is one word; an empty one is given by the system, or stays."""
    code = values.pop("code", "")
    if not code:
        return
    if " " in code or len(code) > 40:
        problems.append(Problem("bad_code", _("A code has at most 40 characters and no spaces."), "code"))
    elif (product is None or product.code != code) and taken_codes(session, [code]):
        message = _("The code %(code)s is taken, perhaps by a deleted product.", code=code)
        problems.append(Problem("duplicate_code", message, "code"))
    values["code"] = code


def taken_codes(session: ActorSession, codes: Sequence[str]) -> set[str]:
    """Which of the codes products have, deleted ones included."""
    return taken_values(session, Product.__table__.c.code, codes)
