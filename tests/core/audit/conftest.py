"""A business of customers whose administrator reads the record of changes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from core.testing.databases import AddonSet
from core.testing.world import Client, World

AUDIT = "/core/audit/"


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("customer",))


@dataclass
class Archive:
    """The business, who sells in it, and who may read what everybody did."""

    world: World
    tenant: Any
    seller: Any
    colleague: Any
    reader: Client
    ids: dict[str, UUID]

    def entries(self, query: str = "") -> list[str]:
        """The rows of the page, each as the text that stands in it."""
        answer = self.reader.get(f"{AUDIT}{query}")
        assert answer.status_code == 200, query
        body = answer.text.partition("<tbody>")[2].partition("</tbody>")[0]
        rows = [re.sub(r'<td class="more">.*?</ul></div></td>', "", row, flags=re.S) for row in body.split("</tr>")]
        return [" ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in rows if "<td" in row]

    def sent(self, **changes: Any) -> dict[str, Any]:
        """The form of a customer."""
        return {
            "name": "Đặng Thu Hà",
            "phone": "0912 345 678",
            "birthday": "21/11/1990",
            "owner_id": str(self.seller.id),
            **{name: str(id) for name, id in self.ids.items()},
            **changes,
        }

    def add(self, **changes: Any) -> UUID:
        """A customer whom the seller enters."""
        answer = self.world.client(self.seller).post("/customer/customers/new", data=self.sent(**changes))
        assert answer.status_code == 303, answer.text
        return UUID(answer.location.rpartition("/")[2])


@pytest.fixture
def archive(world: World) -> Archive:
    from addons.customer.models import CustomerGroup, CustomerRelationship, CustomerSource

    tenant = world.tenant()
    sells = ("customer.read", "customer.create", "customer.edit", "customer.delete", "customer.change_owner",
             "customer.change_relationship")  # fmt: skip
    models = {"source_id": CustomerSource, "relationship_id": CustomerRelationship, "group_ids": CustomerGroup}
    with world.session(tenant) as session:
        ids = {
            name: session.scalars(select(model.id).order_by(model.position)).first() for name, model in models.items()
        }
    reader = world.user(tenant, "core.view_audit", "customer.read", "customer.view_all", name="Phạm Thị Thu Hà")
    return Archive(
        world,
        tenant,
        world.user(tenant, *sells, name="Lê Minh Quân"),
        world.user(tenant, *sells, name="Trần Ngọc Ánh"),
        world.client(reader),
        ids,
    )
