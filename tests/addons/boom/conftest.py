"""Shops that sell to the same people, and orders that came back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from core.testing.databases import AddonSet
from core.testing.world import World

ROOT = Path(__file__).parent / "root"

CUSTOMERS = ("customer.read", "customer.view_all", "customer.create", "customer.edit")
SELLER = (*CUSTOMERS, "boom.read", "boom.report")
OWNER = (*SELLER, "boom.decide", "boom.manage_terms", "core.manage_settings")


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("boom", "parcels"), (ROOT,))


@dataclass
class Shop:
    """A shop with its owner and a salesperson."""

    world: World
    tenant: Any
    owner: Any
    seller: Any

    def customer(self, phone: str | None = "0912 345 678", name: str = "Trần Văn Bom", **changes: Any) -> UUID:
        """A stored customer with this phone."""
        from addons.customer.models import CustomerGroup, CustomerRelationship, CustomerSource
        from addons.customer.services import create_customer
        from core.phone import parse_phone

        with self.world.session(self.tenant, self.seller) as session:
            source, relationship, group = (
                session.scalars(select(model.id).order_by(model.position)).first()
                for model in (CustomerSource, CustomerRelationship, CustomerGroup)
            )
            fields = {"source_id": source, "relationship_id": relationship, "group_ids": [group], **changes}
            number = parse_phone(phone).e164 if phone else None
            return create_customer(session, confirm=True, name=name, phone=number, **fields).id

    def returned(self, customer_id: UUID, code: str = "DH-1", day: date = date(2026, 11, 1)) -> UUID:
        """An order of the customer that came back."""
        from addons.parcels import RETURNED

        from addons.boom.contributions import ReturnedOrder

        order = ReturnedOrder(uuid4(), code, day)
        RETURNED.setdefault(customer_id, []).append(order)
        return order.id

    def accept(self) -> None:
        """The owner accepts the terms of sharing."""
        assert self.world.client(self.owner).post("/boom/network/accept").status_code == 303

    def report(self, customer_id: UUID, order_id: UUID | None = None, **changes: Any) -> Any:
        """The answer to the salesperson's report."""
        sent = {"reason": "refused", "content": "Đặt rồi không nhận", "order_id": str(order_id or ""), **changes}
        return self.world.client(self.seller).post(f"/boom/customers/{customer_id}/report", data=sent)

    def report_id(self, customer_id: UUID, order_id: UUID | None = None, **changes: Any) -> UUID:
        """A report that was taken."""
        made = self.report(customer_id, order_id, **changes)
        assert made.status_code == 303, made.text
        return UUID(made.location.rpartition("/")[2])

    def history(self, customer_id: UUID, by: Any = None) -> str:
        """What the pop-up shows."""
        page = self.world.client(by or self.seller).get(f"/boom/customers/{customer_id}/history")
        assert page.status_code == 200
        return str(page.text.partition("<main")[2])


@pytest.fixture
def open_shop(world: World) -> Iterator[Any]:
    """Makes shops: ``open_shop("Hải Đăng")``."""
    from addons.parcels import RETURNED

    def make(name: str) -> Shop:
        tenant = world.tenant(name=name)
        owner = world.user(tenant, *OWNER, name=f"Chủ {name}")
        return Shop(world, tenant, owner, world.user(tenant, *SELLER, name=f"Sale {name}"))

    yield make
    RETURNED.clear()
