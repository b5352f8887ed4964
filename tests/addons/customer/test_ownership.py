"""Changing the owner: dealing out, preview, one transaction, notices, undo (OWN)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from addons.customer.ownership import dealt
from core.clock import now
from tests.addons.customer.conftest import Shop
from tests.addons.customer.test_bulk import send
from tests.addons.customer.test_sharing import sees, user

PEOPLE = [UUID(int=n) for n in range(9)]


@pytest.mark.req("OWN-06")
@given(st.integers(0, 60), st.integers(1, 9))
def test_customers_are_dealt_out_evenly_from_the_top(n: int, m: int) -> None:
    deal = dealt(range(n), PEOPLE[:m])
    counts = [Counter(deal.values())[person] for person in PEOPLE[:m]]
    assert counts == [n // m + (at < n % m) for at in range(m)]
    assert [deal[item] for item in range(n)] == [PEOPLE[item % m] for item in range(n)]


def owners(shop: Shop) -> dict[str, Any]:
    return {name: shop.stored(name).owner_id for name in shop.names()}


@pytest.mark.req("OWN-01", "OWN-02", "OWN-03", "OWN-06", "OWN-14")
def test_several_are_split_after_a_preview_and_can_be_taken_back(shop: Shop) -> None:
    from addons.customer.models import CustomerHandover
    from core.notifications import Notification

    third = shop.world.user(shop.tenant, "customer.read", name="Phạm Hoàng Giang")
    names = [f"Khách {number}" for number in range(5)]
    ids = [shop.customer(name=name) for name in names]
    receivers = [user(third), user(shop.colleague)]
    asked = {"people": receivers, "split": "1"}

    preview = send(shop, shop.manager, "owner", ids, preview="1", **asked)
    assert preview.status_code == 200
    assert (
        preview.text.rindex("Phạm Hoàng Giang</")
        < preview.text.index("3 customers")
        < preview.text.index("2 customers")
    )
    assert set(owners(shop).values()) == {shop.seller.id}

    assert send(shop, shop.manager, "owner", ids, **asked).status_code == 303
    assert [owners(shop)[name] for name in names] == [
        third.id,
        shop.colleague.id,
        third.id,
        shop.colleague.id,
        third.id,
    ]
    assert sees(shop, shop.seller) == []
    for person, words in (
        (third, "charge of 3 customers"),
        (shop.colleague, "charge of 2"),
        (shop.seller, "took 5 customers"),
    ):
        with shop.world.session(shop.tenant, person) as session:
            assert words in session.scalars(select(Notification.title)).one()

    with shop.world.session(shop.tenant) as session:
        handover = session.scalars(select(CustomerHandover.id)).one()
    page = shop.world.client(shop.manager).get(f"/customer/handovers/{handover}?tab=customers").text
    assert "Khách 4" in page
    with shop.world.session(shop.tenant, shop.manager) as session:  # one has gone on meanwhile
        from addons.customer.ownership import hand_over

        hand_over(session, [ids[0]], [shop.manager.id])
    undo = f"/customer/handovers/{handover}/undo"
    assert shop.world.client(shop.seller).post(undo).status_code == 403
    assert shop.world.client(shop.manager).post(undo).status_code == 303
    assert Counter(owners(shop).values()) == {shop.seller.id: 4, shop.manager.id: 1}
    assert shop.world.client(shop.manager).post(undo).status_code == 409


@pytest.mark.req("OWN-04", "OWN-05", "OWN-06", "OWN-13", "OWN-14")
def test_one_customer_by_his_owner_with_and_without_the_shares(shop: Shop) -> None:
    from addons.customer.models import CustomerHandover

    third = shop.world.user(shop.tenant, "customer.read", name="Phạm Hoàng Giang")
    lan, mai = shop.customer(name="Lan"), shop.customer(name="Mai")
    send(shop, shop.seller, "share", [lan, mai], option="add", people=user(third))
    client = shop.world.client(shop.seller)

    assert (
        client.post(
            f"/customer/customers/{lan}/handover", data={"people": [user(third), user(shop.colleague)]}
        ).status_code
        == 422
    )
    assert client.post(f"/customer/customers/{lan}/handover", data={"people": user(shop.colleague)}).status_code == 303
    sent = {"people": user(shop.colleague), "end_shares": "1"}
    assert client.post(f"/customer/customers/{mai}/handover", data=sent).status_code == 303
    assert sees(shop, third) == ["Lan"]
    assert sees(shop, shop.colleague) == ["Lan", "Mai"]
    assert client.get(f"/customer/customers/{lan}/handover").status_code == 404

    with shop.world.session(shop.tenant) as session:
        last = session.scalars(select(CustomerHandover.id).order_by(CustomerHandover.id.desc())).first()
    undo = f"/customer/handovers/{last}/undo"
    with time_machine.travel(now() + timedelta(days=7, seconds=1)):
        assert shop.world.client(shop.manager).post(undo).status_code == 409
    shop.world.client(shop.manager).post(undo)
    assert sees(shop, third) == ["Lan", "Mai"]
    assert sees(shop, shop.seller) == ["Mai"]


@pytest.mark.req("OWN-14")
def test_others_customers_need_the_right(shop: Shop) -> None:
    mine = shop.customer(name="Của Tôi")
    foreign = shop.customer(by=shop.colleague, name="Của Ánh")
    send(shop, shop.colleague, "share", [foreign], option="add", people=user(shop.seller))
    page = send(shop, shop.seller, "owner", [mine, foreign], people=user(shop.manager)).text
    assert "1 changed, 1 skipped" in page
    assert owners(shop) == {"Của Tôi": shop.manager.id, "Của Ánh": shop.colleague.id}


@pytest.mark.req("CUS-030", "OWN-14")
def test_the_short_form_and_the_customers_own_form_are_the_same_handing_over(shop: Shop) -> None:
    from addons.customer.models import CustomerHandover, CustomerHandoverItem
    from core.access.models import User

    lan, mai = shop.customer(name="Lan"), shop.customer(name="Mai")
    locked = shop.world.user(shop.tenant, "customer.read", name="Đã Nghỉ")
    with shop.world.session(shop.tenant) as session:
        session.need(User, locked.id).is_active = False
    manager = shop.world.client(shop.manager)
    path = f"/customer/customers/{lan}/owner"
    assert manager.post(path, data={"owner_id": str(locked.id)}).status_code == 422
    assert manager.post(path, data={"owner_id": str(shop.colleague.id)}).status_code == 303
    assert manager.post(path, data={"owner_id": ""}).status_code == 303
    form = shop.form(name="Mai", owner_id=str(shop.colleague.id), note="Mới", version="1")
    assert manager.post(f"/customer/customers/{mai}/edit", data=form).status_code == 303
    assert owners(shop) == {"Lan": None, "Mai": shop.colleague.id}
    assert shop.stored("Mai").note == "Mới"
    with shop.world.session(shop.tenant) as session:
        items = session.scalars(select(CustomerHandoverItem).order_by(CustomerHandoverItem.id)).all()
        assert [(item.customer_id, item.from_user_id, item.to_user_id) for item in items] == [
            (lan, shop.seller.id, shop.colleague.id),
            (lan, shop.colleague.id, None),
            (mai, shop.seller.id, shop.colleague.id),
        ]
        given = session.scalars(select(CustomerHandover.id).order_by(CustomerHandover.id)).all()
    for handover in reversed(given):
        assert manager.post(f"/customer/handovers/{handover}/undo").status_code == 303
    assert set(owners(shop).values()) == {shop.seller.id}
