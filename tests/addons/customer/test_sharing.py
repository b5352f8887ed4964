"""Sharing customers: the algebra, the rights, and what everybody sees at once (SHR, CUS-040)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from addons.customer.sharing import ShareChange, shared_after
from tests.addons.customer.conftest import Shop
from tests.addons.customer.test_bulk import send

PEOPLE = [UUID(int=n) for n in range(5)]
boxes = st.frozensets(st.sampled_from(["basic", "orders", "contracts"]), min_size=1)
some_shares = st.dictionaries(st.sampled_from(PEOPLE), boxes)
some_people = st.frozensets(st.sampled_from(PEOPLE))


@pytest.mark.req("SHR-09", "SHR-10", "SHR-11")
@given(some_shares, some_people, boxes)
def test_what_each_option_promises(present: Any, chosen: Any, ticked: Any) -> None:
    added = shared_after(present, ShareChange.ADD, chosen, ticked)
    assert added.keys() == present.keys() | chosen
    assert all(added[id] == present.get(id, frozenset()) | (ticked if id in chosen else frozenset()) for id in added)
    assert shared_after(added, ShareChange.ADD, chosen, ticked) == added
    assert shared_after(present, ShareChange.TRANSFER, chosen, ticked) == dict.fromkeys(chosen, ticked)
    removed = shared_after(present, ShareChange.REMOVE, chosen, ticked)
    assert removed == {id: kept for id, kept in present.items() if id not in chosen}
    assert shared_after(added, ShareChange.REMOVE, chosen - present.keys(), ticked).keys() == present.keys()


def sees(shop: Shop, user: Any) -> list[str]:
    from addons.customer.models import Customer

    with shop.world.session(shop.tenant, user) as session:
        return list(session.scalars(select(Customer.name).order_by(Customer.id)))


def user(person: Any) -> str:
    return f"user:{person.id}"


@pytest.mark.req("SHR-01", "SHR-02", "SHR-03", "SHR-07", "SHR-09", "SHR-10", "SHR-11", "SHR-13", "SYS-18")
def test_a_share_shows_at_once_is_passed_over_and_taken_back(shop: Shop) -> None:
    from core.notifications import Notification

    third = shop.world.user(shop.tenant, "customer.read", name="Phạm Hoàng Giang")
    lan, mai = shop.customer(name="Lan"), shop.customer(name="Mai")
    foreign = shop.customer(by=shop.colleague, name="Của Ánh")

    page = send(shop, shop.seller, "share", [lan, mai, foreign], option="add", people=user(shop.colleague)).text
    assert "2 changed, 1 skipped" in page
    assert sees(shop, shop.colleague) == ["Lan", "Mai", "Của Ánh"]
    with shop.world.session(shop.tenant, shop.colleague) as session:
        assert session.scalars(select(Notification.title)).one().endswith("shared 2 customers with you")

    # a recipient shares no further
    assert "0 changed" in send(shop, shop.colleague, "share", [lan], option="add", people=user(third)).text
    assert sees(shop, third) == []

    assert send(shop, shop.seller, "share", [lan], option="transfer", people=user(third)).status_code == 303
    assert sees(shop, shop.colleague) == ["Mai", "Của Ánh"]
    assert sees(shop, third) == ["Lan"]
    assert send(shop, shop.seller, "share", [lan], option="remove", people=user(third)).status_code == 303
    assert sees(shop, third) == []
    assert "It is so already." in send(shop, shop.seller, "share", [lan], option="remove", people=user(third)).text


@pytest.mark.req("SHR-04", "SHR-12", "CUS-040")
def test_a_department_is_its_members_of_now_and_viewers_say_why(shop: Shop) -> None:
    from core.access.models import Department, DepartmentMember

    locked = shop.world.user(shop.tenant, "customer.read", name="Đã Nghỉ")
    with shop.world.session(shop.tenant) as session:
        department = Department(name="Kinh doanh")
        session.add(department)
        session.flush()
        session.add_all(
            DepartmentMember(department_id=department.id, user_id=each.id)
            for each in (shop.colleague, locked, shop.seller)
        )
        department_id = department.id
    with shop.world.session(shop.tenant) as session:
        from core.access.models import User

        session.need(User, locked.id).is_active = False
    lan = shop.customer(name="Lan")
    client = shop.world.client(shop.seller)
    path = f"/customer/customers/{lan}"

    question = client.get(f"{path}/share").text
    assert "Kinh doanh" in question
    assert "2 people" in question
    assert "Đã Nghỉ" not in question
    assert (
        client.post(f"{path}/share", data={"option": "add", "people": f"department:{department_id}"}).status_code == 303
    )
    late = shop.world.user(shop.tenant, "customer.read", department_ids=[department_id])
    assert sees(shop, shop.colleague) == ["Lan"]
    assert sees(shop, late) == []

    viewers = client.get(f"{path}?tab=viewers").text
    assert "In charge" in viewers
    assert "Shared: Basic information" in viewers
    assert "May see all customers" in viewers
    assert "Đã Nghỉ" not in viewers


@pytest.mark.req("SHR-06", "SHR-08", "SHR-13")
@pytest.mark.parametrize(
    "sent", [{}, {"people": "user:x"}, {"people": f"user:{UUID(int=1)}"}, {"boxes": "wallet"}, {"option": "steal"}]
)
def test_what_cannot_be_shared_is_said_and_changes_nothing(shop: Shop, sent: dict[str, str]) -> None:
    lan = shop.customer(name="Lan")
    good = {} if "people" in sent or not sent else {"people": user(shop.colleague)}
    answer = shop.world.client(shop.seller).post(
        f"/customer/customers/{lan}/share", data={"option": "add", **good, **sent}
    )
    assert answer.status_code == 422
    assert sees(shop, shop.colleague) == []
    hidden = shop.customer(by=shop.colleague, name="Của Ánh")
    assert shop.world.client(shop.seller).get(f"/customer/customers/{hidden}/share").status_code == 404
