"""Lines of a document: checked all together, priced, and put in place of those that were there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypedDict
from uuid import UUID

from sqlalchemy import select

from addons.order.amounts import MAX_AMOUNT, LineAmounts, document_amounts, line_amounts
from addons.order.models import Product
from addons.order.pricing import Discounts, read_discounts
from core.db import ActorSession
from core.errors import Problem
from core.i18n import translator
from core.text import clean

_ = translator(__name__)

MAX_LINES = 200
MAX_QUANTITY = Decimal(1_000_000_000)

VAT_RATES = (0, 5, 8, 10)
"""In per cent; besides them a line can be not subject to VAT."""


class LineFields(TypedDict, total=False):
    """What is said of a line. Without ``price``, ``discount`` (per cent) or ``vat_rate`` it takes those of the product and of
    the customer's tier; ``id`` names a line that is there already.
    """

    id: UUID | None
    product_id: UUID | None
    name: str | None
    unit: str | None
    quantity: Decimal | None
    price: int | None
    discount: Decimal | None
    vat_rate: int | None


class PricedLines:
    """Lines that were checked: their values as they are stored, and what they come to."""

    def __init__(self, values: Sequence[dict[str, Any]], amounts: Sequence[LineAmounts]) -> None:
        self.values, self.amounts = values, amounts
        self.totals = document_amounts(amounts)


def price_lines(
    session: ActorSession,
    customer_id: UUID | None,
    lines: Sequence[LineFields],
    problems: list[Problem],
    *,
    present: Mapping[UUID, Any] | None = None,
    is_agreed: bool = False,
) -> PricedLines:
    """Check and price the lines of a document for this customer. ``present`` are those it has, by their ids.

    What is wrong goes into ``problems``, at ``lines-<n>-<field>``. A price or a discount that is neither the product's nor the
    tier's, nor stands in the line already, wants ``order.discount``, unless another document has agreed it.
    """
    present = present or {}
    lines = list(lines)
    if not lines:
        problems.append(Problem("no_lines", _("Add at least one line."), "lines"))
    if len(lines) > MAX_LINES:
        problems.append(Problem("too_many_lines", _("At most %(n)s lines.", n=MAX_LINES), "lines"))
        lines = lines[:MAX_LINES]
    ids = {line["product_id"] for line in lines if line.get("product_id")}
    products = {each.id: each for each in session.scalars(select(Product).where(Product.id.in_(ids)))}
    discounts = read_discounts(session, customer_id, ids)
    values, amounts = [], []
    for at, line in enumerate(lines):
        stands = present.get(line.get("id") or UUID(int=0))
        pricing = _Pricing(session, at, line, products, discounts, stands, problems, is_agreed)
        checked, came_to = pricing.result()
        values.append(checked)
        amounts.append(came_to)
    return PricedLines(values, amounts)


class _Pricing:
    """One line on its way from what was said to what is stored."""

    def __init__(
        self,
        session: ActorSession,
        at: int,
        line: LineFields,
        products: Mapping[UUID, Product],
        discounts: Discounts,
        present: Any,
        problems: list[Problem],
        is_agreed: bool,
    ) -> None:
        self.is_agreed = is_agreed
        self.session, self.at, self.line, self.discounts = session, at, line, discounts
        self.present, self.problems = present, problems
        self.product_id = line.get("product_id")
        self.product = products.get(self.product_id) if self.product_id else None

    def result(self) -> tuple[dict[str, Any], LineAmounts]:
        product = self.product
        if self.product_id and product is None:
            self._refuse("unknown_product", _("This product does not exist any more."), "product_id")
        name = clean(self.line.get("name") or "") or (product.name if product else "")
        if not name:
            self._refuse("required", _("Choose a product, or say what it is."), "product_id")
        if (
            product
            and not product.is_active
            and not self.is_agreed
            and (self.present is None or self.present.product_id != product.id)
        ):
            self._refuse("not_sold", _("%(name)s is not sold any more.", name=product.name), "product_id")
        quantity, price, percent = self._quantity(), self._price(), self._percent()
        vat_rate = self._vat_rate()
        came_to = line_amounts(quantity, price, percent, vat_rate)
        if came_to.gross > MAX_AMOUNT:
            self._refuse("too_large", _("The amount is too large."), "quantity")
            came_to = LineAmounts(0, 0, 0)
        return {
            "id": self.present.id if self.present is not None else None,
            "position": self.at,
            "product_id": product.id if product else None,
            "code": product.code if product else "",
            "name": name[:200],
            "unit": (clean(self.line.get("unit") or "") or (product.unit if product else ""))[:40],
            "quantity": quantity,
            "price": price,
            "discount": percent,
            "discount_tier": self.discounts.tier_of(self.product_id, percent),
            "discount_amount": came_to.discount,
            "vat_rate": vat_rate,
            "vat_amount": came_to.vat,
            "amount": came_to.amount,
        }, came_to

    def _refuse(self, code: str, message: object, field: str) -> None:
        self.problems.append(Problem(code, message, f"lines-{self.at}-{field}"))

    def _quantity(self) -> Decimal:
        quantity = self.line.get("quantity")
        quantity = Decimal(1) if quantity is None else quantity
        if not 0 < quantity <= MAX_QUANTITY:
            self._refuse("bad_quantity", _("The quantity must be more than 0."), "quantity")
            return Decimal(1)
        return quantity

    def _price(self) -> int:
        usual = self.product.price if self.product else 0
        price = self.line.get("price")
        if price is None:
            if self.product is None:
                self._refuse("required", _("Enter a price."), "price")
            return usual
        if not 0 <= price <= MAX_AMOUNT:
            self._refuse("bad_price", _("A price is 0 or more."), "price")
            return 0
        if self.product is not None and price != usual and not self._may_set("price", price):
            self._refuse("forbidden", _("You may not set another price than the product's."), "price")
        return price

    def _percent(self) -> Decimal:
        usual = self.discounts.of(self.product_id)
        percent = self.line.get("discount")
        if percent is None:
            return usual
        if not 0 <= percent <= 100:
            self._refuse("bad_discount", _("The discount is a percentage from 0 to 100."), "discount")
            return Decimal(0)
        if percent != usual and not self._may_set("discount", percent):
            self._refuse("forbidden", _("You may not give another discount than the tier's."), "discount")
        return percent

    def _vat_rate(self) -> int | None:
        rate = self.line.get("vat_rate", self.product.vat_rate if self.product else None)
        if rate is not None and rate not in VAT_RATES:
            self._refuse("bad_vat", _("This VAT rate does not exist."), "vat_rate")
            return None
        return rate

    def _may_set(self, name: str, value: Any) -> bool:
        stands = self.present is not None and self.present.product_id == self.product_id
        return (
            self.is_agreed
            or self.session.actor.can("order.discount")
            or (stands and getattr(self.present, name) == value)
        )


def put_lines(session: ActorSession, model: Any, parent: str, document_id: UUID, lines: PricedLines) -> None:
    """Make these the lines of the document: ``parent`` is the line's link to it. Nothing is flushed."""
    own = getattr(model, parent) == document_id
    present = {line.id: line for line in session.scalars(select(model).where(own))}
    for values in lines.values:
        line = present.pop(values["id"], None) if values["id"] else None
        changed = {name: value for name, value in values.items() if name != "id"}
        if line is None:
            session.add(model(**{parent: document_id}, **changed))
            continue
        for name, value in changed.items():
            if getattr(line, name) != value:
                setattr(line, name, value)
    for gone in present.values():
        session.delete(gone)
