"""A shop with a seller, a colleague and a manager, customers of theirs in tiers, and a few products."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from core.testing.databases import AddonSet
from core.testing.world import World

SELLER = (
    "order.read", "order.create", "order.edit", "order.delete", "order.comment", "order.export", "order.confirm",
    "order.read_products", "order.read_contracts", "customer.read", "customer.create", "customer.edit",
)  # fmt: skip
MANAGER = (
    *SELLER, "order.view_all", "order.import", "order.complete", "order.cancel", "order.discount", "order.manage_products",
    "order.create_contracts", "order.approve_contracts", "order.issue_invoices", "order.read_payments",
    "order.create_payments", "order.confirm_payments",
    "customer.view_all", "customer.kpi", "customer.manage_tiers", "customer.change_owner", "core.use_api",
)  # fmt: skip


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("order", "customer"))


@dataclass
class Shop:
    """One business: its people, the customer ``gold`` of the seller's with 5% off, and products by their codes."""

    world: World
    tenant: Any
    seller: Any
    colleague: Any
    manager: Any
    gold: UUID
    theirs: UUID
    """A customer of the colleague's, without tier."""
    tier: UUID
    products: dict[str, UUID]

    def client(self, user: Any = None) -> Any:
        return self.world.client(user or self.seller)

    def form(self, *lines: tuple[str, str], **fields: Any) -> dict[str, Any]:
        """What a browser sends for an order of these (code, quantity)."""
        sent: dict[str, Any] = {"phone": "0912 345 678", **fields}
        for at, (code, quantity) in enumerate(lines or (("LOC1", "2"),)):
            sent |= {f"lines-{at}-product_id": str(self.products[code]), f"lines-{at}-quantity": quantity}
        return {name: value for name, value in sent.items() if value is not None}

    def enter(self, *lines: tuple[str, str], by: Any = None, **fields: Any) -> UUID:
        """An order that was entered on the form."""
        made = self.client(by).post("/order/orders/new", data=self.form(*lines, **fields))
        assert made.status_code == 303, made.text
        return UUID(made.location.rpartition("/")[2])

    def step(self, id: UUID, step: str, by: Any = None, **data: Any) -> Any:
        return self.client(by or self.manager).post(f"/order/orders/{id}/steps/{step}", data=data)

    def stored(self, model: Any, id: UUID) -> Any:
        """A record as the whole business knows it."""
        with self.world.session(self.tenant) as session:
            found = session.need(model, id)
            session.expunge_all()
            return found

    def all(self, query: Any) -> list[Any]:
        """What the whole business has."""
        with self.world.session(self.tenant) as session:
            return list(session.execute(query).all())


@pytest.fixture
def shop(world: World) -> Shop:
    from addons.customer.api import enter_customer
    from addons.customer.models import Customer, CustomerTier
    from addons.order.services import create_product

    tenant = world.tenant()
    seller = world.user(tenant, *SELLER, name="Lê Minh Quân")
    colleague = world.user(tenant, *SELLER, name="Trần Ngọc Ánh")
    manager = world.user(tenant, *MANAGER, name="Nguyễn Đức Thắng")
    with world.session(tenant) as session:
        tier = CustomerTier(name="Vàng", position=10, min_amount=1_000_000, discount=Decimal(5))
        session.add(tier)
        session.flush()
        goods = (("LOC1", "Lõi lọc PP 5 micron", "cái", 85_000, 8), ("MAY1", "Máy lọc nước RO", "bộ", 6_990_000, 10),
                 ("CONG", "Công lắp đặt", "lần", 200_000, None))  # fmt: skip
        products = {
            code: create_product(session, code=code, name=name, unit=unit, price=price, vat_rate=vat).id
            for code, name, unit, price, vat in goods
        }
        gold = enter_customer(session, name="Nguyễn Thị Huyền Trang", phone="0912345678", owner_id=seller.id).id
        theirs = enter_customer(session, name="Công ty An Phát", phone="0987654321", owner_id=colleague.id).id
        session.flush()
        session.expire_all()
        from core.db.bulk import set_derived

        set_derived(session, Customer, {"tier_id": tier.id}, Customer.id == gold)
        tier_id = session.scalars(select(CustomerTier.id)).one()
    return Shop(world, tenant, seller, colleague, manager, gold, theirs, tier_id, products)
