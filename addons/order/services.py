"""Use cases of products and orders. Each checks everything first and raises one DomainError with all problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import delete, insert, select

from addons.customer.api import tier_discounts
from addons.order.amounts import MAX_AMOUNT
from addons.order.documents import DocumentFields, check_amount, need_draft, put_document
from addons.order.events import OrderCreated, OrderMoved
from addons.order.lines import VAT_RATES
from addons.order.models import Order, OrderState, Product, ProductDiscount
from addons.order.workflows import ORDER
from core.db import ActorSession
from core.db.numbers import taken_values
from core.errors import DomainError, Problem
from core.events import emit
from core.i18n import translator
from core.text import clean

_ = translator(__name__)


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


class OrderFields(DocumentFields, total=False):
    """An order's fields, beside those of every document. ``cod_amount`` 0: nothing is collected."""

    ordered_at: datetime | None
    reference: str | None
    shipping_fee: int | None
    cod_amount: int | None


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


def create_order(
    session: ActorSession, *, quotation_id: UUID | None = None, is_agreed: bool = False, **fields: Unpack[OrderFields]
) -> Order:
    """Enter an order, as a draft with its number. Who enters it sells it unless ``seller_id`` is given.

    ``is_agreed`` takes over prices that another document has agreed.
    """
    order = Order(state=OrderState.DRAFT, quotation_id=quotation_id)
    put_document(session, order, fields, lambda problems: _own_of_order(order, fields, problems), is_agreed=is_agreed)
    emit(session, OrderCreated(order.id))
    return order


def update_order(
    session: ActorSession, order: Order, *, version: int | None = None, **fields: Unpack[OrderFields]
) -> None:
    """Change a draft. Conflict for an order that is confirmed, or that was saved since ``version``."""
    session.expect_version(order, version)
    need_draft(order)
    put_document(session, order, fields, lambda problems: _own_of_order(order, fields, problems))


def move_order(session: ActorSession, order: Order, step: str, *, reason: str = "") -> None:
    """Take a step of the workflow ``ORDER``. Raises what :meth:`core.workflows.Workflow.take` raises."""
    before = ORDER.take(session, order, step, reason)
    session.flush()
    emit(session, OrderMoved(order.id, before, order.state))


def _own_of_order(order: Order, fields: OrderFields, problems: list[Problem]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, label in (("shipping_fee", _("The delivery fee")), ("cod_amount", _("What is collected"))):
        if name in fields or order.number is None:
            values[name] = check_amount(fields, name, label, problems)
    if "reference" in fields:
        values["reference"] = clean(fields["reference"] or "")[:80] or None
    return values


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
