"""What another addon adds to customers, and that it is gone where the addon is off."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from core.testing.databases import AddonSet
from tests.addons.customer.conftest import Shop
from tests.addons.customer.test_bulk import send


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("customer", "deals"), (Path(__file__).parent / "root",))


@pytest.mark.req("SHR-06", "SHR-09", "OWN-05")
def test_documents_are_shared_and_passed_on_only_while_their_addon_is_on(shop: Shop) -> None:

    from addons.deals.extends.customer import PASSED_ON

    from addons.customer.models import CustomerShare
    from core.tenancy.services import disable_addon

    lan = shop.customer(name="Lan")
    client, path = shop.world.client(shop.seller), f"/customer/customers/{lan}"
    people = f"user:{shop.colleague.id}"
    client.post(f"{path}/share", data={"option": "add", "people": people})
    client.post(f"{path}/share", data={"option": "add", "people": people, "boxes": "deals"})
    client.post(f"{path}/share", data={"option": "add", "people": people})
    with shop.world.session(shop.tenant) as session:
        assert session.scalars(select(CustomerShare.boxes)).one() == ["basic", "deals"]
    assert "Basic information, Deals" in client.get(f"{path}?tab=viewers").text

    with shop.world.session(shop.tenant) as session:
        disable_addon(session, "deals")
    assert "Old deals" not in client.get(f"{path}/handover").text
    assert "Deals" not in client.get(f"{path}?tab=viewers").text
    PASSED_ON.clear()
    assert client.post(f"{path}/handover", data={"people": people, "boxes": "deals"}).status_code == 303
    assert PASSED_ON == []


@pytest.mark.req("CUS-030")
def test_the_short_form_passes_everything_on_unless_a_tick_is_taken_away(shop: Shop) -> None:
    from addons.deals.extends.customer import PASSED_ON

    lan, mai = shop.customer(name="Lan"), shop.customer(name="Mai")
    client = shop.world.client(shop.seller)
    form = client.get(f"/customer/customers/{lan}/owner").text
    assert re.search(r'<input[^>]*name="boxes"[^>]*checked|<input[^>]*checked[^>]*name="boxes"', form)
    PASSED_ON.clear()
    owner = str(shop.colleague.id)
    assert (
        client.post(f"/customer/customers/{lan}/owner", data={"owner_id": owner, "boxes": "deals"}).status_code == 303
    )
    assert client.post(f"/customer/customers/{mai}/owner", data={"owner_id": owner}).status_code == 303
    assert [each.customer_id for each in PASSED_ON] == [lan]


@pytest.mark.req("OWN-05")
def test_ticked_documents_go_to_the_new_person(shop: Shop) -> None:
    from addons.deals.extends.customer import PASSED_ON

    lan, mai = shop.customer(name="Lan"), shop.customer(name="Mai")
    PASSED_ON.clear()
    people = f"user:{shop.colleague.id}"
    send(shop, shop.seller, "owner", [lan], people=people)
    assert PASSED_ON == []
    send(shop, shop.seller, "owner", [mai], people=people, boxes="deals")
    assert [(each.customer_id, each.from_user_id, each.to_user_id) for each in PASSED_ON] == [
        (mai, shop.seller.id, shop.colleague.id)
    ]
