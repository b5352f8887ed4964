"""A business with a salesperson, a colleague and a manager, and what a customer needs to be saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from core.testing.databases import AddonSet
from core.testing.world import World


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("customer",))


@dataclass
class Shop:
    """One business with its people, and the first entry of each catalogue."""

    world: World
    tenant: Any
    seller: Any
    colleague: Any
    manager: Any
    source_id: UUID
    relationship_id: UUID
    group_id: UUID

    def fields(self, **changes: Any) -> dict[str, Any]:
        """What the services take for a customer that can be saved."""
        chosen = {"source_id": self.source_id, "relationship_id": self.relationship_id, "group_ids": [self.group_id]}
        return {"name": "Nguyễn Thị Huyền Trang", **chosen, **changes}

    def form(self, **changes: Any) -> dict[str, Any]:
        """What a browser sends for a customer that can be saved; None leaves a field out."""
        sent = {
            "name": "Nguyễn Thị Huyền Trang",
            "owner_id": str(self.seller.id),
            "source_id": str(self.source_id),
            "relationship_id": str(self.relationship_id),
            "group_ids": str(self.group_id),
            **changes,
        }
        return {name: value for name, value in sent.items() if value is not None}

    def stored(self, name: str) -> Any:
        """The customer of this name, with everything that the business knows of him."""
        from addons.customer.models import Customer

        with self.world.session(self.tenant) as session:
            found = session.scalars(select(Customer).where(Customer.name == name)).all()
            assert len(found) == 1, f"{len(found)} customers are called {name}"
            session.expunge_all()
            return found[0]

    def names(self) -> list[str]:
        """The names of all customers of the business, in the order in which they were made."""
        from addons.customer.models import Customer

        with self.world.session(self.tenant) as session:
            return list(session.scalars(select(Customer.name).order_by(Customer.id)))

    def customer(self, by: Any = None, **changes: Any) -> UUID:
        """A stored customer; ``by`` created it (default: the salesperson)."""
        from addons.customer.services import create_customer

        with self.world.session(self.tenant, by or self.seller) as session:
            return create_customer(session, confirm=True, **self.fields(**changes)).id


@pytest.fixture
def shop(world: World) -> Shop:
    from addons.customer.models import CustomerGroup, CustomerRelationship, CustomerSource

    tenant = world.tenant()
    salesperson = (
        "customer.read", "customer.create", "customer.edit", "customer.change_relationship", "customer.comment",
    )  # fmt: skip
    everything = (*salesperson, "customer.view_all", "customer.view_unassigned", "customer.delete",
                  "customer.change_owner", "customer.export", "customer.import", "customer.manage_catalogues")  # fmt: skip
    with world.session(tenant) as session:
        first = [
            session.scalars(select(model.id).order_by(model.position)).first()
            for model in (CustomerSource, CustomerRelationship, CustomerGroup)
        ]
    return Shop(
        world,
        tenant,
        world.user(tenant, *salesperson, name="Lê Minh Quân"),
        world.user(tenant, *salesperson, name="Trần Ngọc Ánh"),
        world.user(tenant, *everything, name="Nguyễn Đức Thắng"),
        *first,
    )
