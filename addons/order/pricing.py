"""What a line costs, and why: the product's price and the discount of the customer's tier (TIE-01, TIE-16)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from addons.customer.models import Customer, CustomerTier
from addons.order.models import ProductDiscount
from core.db import ActorSession, system

NO_DISCOUNT = Decimal(0)


@dataclass(frozen=True, slots=True)
class Discounts:
    """What a customer gets off products, in per cent, by his ``tier`` (its name; empty for none)."""

    tier: str
    percents: Mapping[UUID, Decimal]

    def of(self, product_id: UUID | None) -> Decimal:
        return self.percents.get(product_id, NO_DISCOUNT) if product_id is not None else NO_DISCOUNT

    def tier_of(self, product_id: UUID | None, percent: Decimal) -> str:
        """The name of the tier whose discount ``percent`` is; empty where it is none, or agreed by hand."""
        return self.tier if percent and percent == self.of(product_id) else ""


def read_discounts(session: ActorSession, customer_id: UUID | None, product_ids: Iterable[UUID]) -> Discounts:
    """The discounts of the customer's tier on these products; also of a colleague's customer: the tier is the customer's."""
    if customer_id is None:
        return Discounts("", {})
    with system(session) as all_seeing:
        query = select(CustomerTier.id, CustomerTier.name).join(Customer, Customer.tier_id == CustomerTier.id)
        found = all_seeing.execute(query.where(Customer.id == customer_id)).first()
    if found is None:
        return Discounts("", {})
    rows = session.execute(
        select(ProductDiscount.product_id, ProductDiscount.percent).where(
            ProductDiscount.tier_id == found.id, ProductDiscount.product_id.in_(list(product_ids))
        )
    )
    return Discounts(found.name, {row.product_id: row.percent for row in rows})
