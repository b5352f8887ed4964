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


@pytest.mark.req("CUS-021", "CUS-025", "SHR-13")
def test_an_at_shows_the_customer_where_its_author_may_share_and_is_refused_elsewhere(shop: Shop) -> None:
    from addons.customer.models import CustomerShare
    from core.access.models import User
    from core.notifications import Notification

    third = shop.world.user(shop.tenant, "customer.read", "customer.comment", name="Phạm Hoàng Giang")
    blind = shop.world.user(shop.tenant, "customer.comment", name="Không Xem")
    id = shop.customer(email="a@mail.example")
    url = f"/discussion/customer/{id}"

    def offered(user: Any) -> set[str]:
        return set(re.findall('data-value="([^"]+)"', shop.world.client(user).get(f"{url}/people").text))

    def post(user: Any, body: str) -> int:
        return int(shop.world.client(user).post(url, data={"body": body}, htmx="talk").status_code)

    assert offered(shop.seller) == {each.username for each in (shop.manager, shop.colleague, third, blind)}
    assert post(shop.manager, "xem") == 403  # sees all customers, and is related to none
    assert post(shop.seller, f"gửi a@{shop.colleague.username}") == 200  # an address is no tag
    assert shop.world.client(shop.colleague).get(url).status_code == 404
    assert post(shop.seller, f"@{shop.colleague.username} và @{shop.manager.username} xem giúp") == 200
    with shop.world.session(shop.tenant) as session:
        assert [(share.user_id, share.boxes) for share in session.scalars(select(CustomerShare))] == [
            (shop.colleague.id, ["basic"])
        ]
        notices = session.scalars(select(Notification.user_id).where(Notification.kind == "mention"))
        assert set(notices) == {shop.colleague.id, shop.manager.id}
    assert post(shop.manager, "đã xem") == 200  # was called by one of those related

    assert offered(shop.colleague) == {shop.seller.username, shop.manager.username}  # a recipient shares no further
    refused = shop.world.client(shop.colleague).post(url, data={"body": f"@{third.username}"}, htmx="talk")
    assert refused.status_code == 422
    assert "Phạm Hoàng Giang may not see this record" in refused.text
    assert f">@{third.username}</textarea>" in refused.text
    assert post(shop.seller, f"@{blind.username}") == 422  # lacks the right to see any customer
    with shop.world.session(shop.tenant) as session:
        assert len(session.scalars(select(CustomerShare)).all()) == 1, "what is refused shares nothing"
        session.need(User, third.id).is_active = False
    assert post(shop.seller, f"@{third.username} đã nghỉ") == 200  # a locked account is plain text
    assert shop.world.client(shop.seller).post(f"/customer/customers/{id}/share", data={
        "option": "remove", "people": f"user:{shop.colleague.id}"}).status_code == 303  # fmt: skip
    assert post(shop.colleague, "còn đây") == 404  # lost the relation: his comments stay, new ones are refused
