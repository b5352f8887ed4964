"""Who sees which customers: own, shared, unassigned, all; and what hangs on them alike."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import aliased

from core.errors import NotFound
from tests.addons.customer.conftest import Shop


def seen(shop: Shop, user: Any) -> set[str]:
    from addons.customer.models import Customer

    with shop.world.session(shop.tenant, user) as session:
        names = set(session.scalars(select(Customer.name)))
        other = aliased(Customer)
        assert set(session.scalars(select(other.name).join(Customer, Customer.id == other.id))) == names
        return names


@pytest.fixture
def customers(shop: Shop) -> dict[str, Any]:
    from addons.customer.models import CustomerShare

    ids = {
        "Của Quân": shop.customer(name="Của Quân"),
        "Của Ánh": shop.customer(by=shop.colleague, name="Của Ánh"),
        "Chia sẻ": shop.customer(by=shop.colleague, name="Chia sẻ"),
        "Bỏ trống": shop.customer(by=shop.manager, name="Bỏ trống", owner_id=None),
    }
    with shop.world.session(shop.tenant) as session:
        session.add(CustomerShare(customer_id=ids["Chia sẻ"], user_id=shop.seller.id, boxes=["basic"]))
    return ids


@pytest.mark.req("SYS-02", "SYS-06", "SHR-01", "SHR-02")
def test_a_salesperson_sees_his_own_and_shared_customers(shop: Shop, customers: dict[str, Any]) -> None:
    assert seen(shop, shop.seller) == {"Của Quân", "Chia sẻ"}
    assert seen(shop, shop.colleague) == {"Của Ánh", "Chia sẻ"}


@pytest.mark.req("SYS-02", "CUS-055")
def test_the_unassigned_need_a_right_and_all_customers_another(shop: Shop, customers: dict[str, Any]) -> None:
    assert seen(shop, shop.manager) == set(customers)
    finder = shop.world.user(shop.tenant, "customer.read", "customer.view_unassigned")
    assert seen(shop, finder) == {"Bỏ trống"}


@pytest.mark.req("SYS-02")
def test_without_the_right_to_read_nothing_is_seen(shop: Shop, customers: dict[str, Any]) -> None:
    assert seen(shop, shop.world.user(shop.tenant)) == set()


@pytest.mark.req("SHR-01")
def test_who_creates_a_customer_for_a_colleague_does_not_see_it(shop: Shop) -> None:
    shop.customer(name="Cho Ánh", owner_id=shop.colleague.id)

    assert seen(shop, shop.seller) == set()
    assert seen(shop, shop.colleague) == {"Cho Ánh"}


@pytest.mark.req("SYS-06")
def test_contacts_and_groups_are_seen_with_their_customer(shop: Shop, customers: dict[str, Any]) -> None:
    from addons.customer.models import CustomerContact, CustomerGroupMember
    from addons.customer.services import set_contacts

    with shop.world.session(shop.tenant) as session:
        from addons.customer.models import Customer

        for name in customers:
            set_contacts(session, session.need(Customer, customers[name]), [{"name": f"Liên hệ {name}"}])
    with shop.world.session(shop.tenant, shop.seller) as session:
        assert set(session.scalars(select(CustomerContact.name))) == {"Liên hệ Của Quân", "Liên hệ Chia sẻ"}
        assert len(session.scalars(select(CustomerGroupMember.id)).all()) == 2


@pytest.mark.req("CUS-053")
def test_another_business_has_none_of_it(shop: Shop, customers: dict[str, Any]) -> None:
    from addons.customer.models import Customer

    elsewhere = shop.world.tenant()
    boss = shop.world.user(elsewhere, "customer.read", "customer.view_all")
    with shop.world.session(elsewhere, boss) as session:
        assert session.scalars(select(Customer.id)).all() == []
        with pytest.raises(NotFound):
            session.need(Customer, customers["Của Quân"])


@pytest.mark.req("CUS-021")
def test_an_at_offers_and_takes_only_colleagues_who_see_the_customer(shop: Shop) -> None:
    from addons.customer.models import CustomerShare

    id = shop.customer()
    client = shop.world.client(shop.seller)
    url = f"/discussion/customer/{id}"

    def offered() -> set[str]:
        return set(re.findall('data-value="([^"]+)"', client.get(f"{url}/people").text))

    assert offered() == {shop.manager.username}
    body = {"body": f"@{shop.colleague.username} xem giúp"}
    assert client.post(url, data=body, htmx="talk").status_code == 422
    with shop.world.session(shop.tenant) as session:
        session.add(CustomerShare(customer_id=id, user_id=shop.colleague.id))
    assert offered() == {shop.manager.username, shop.colleague.username}
    assert client.post(url, data=body, htmx="talk").status_code == 200
