"""Types are dimensions, groups their values: classifying by both, and deleting a type with or without its customers (CLS)."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from core.testing.databases import AddonSet
from tests.addons.customer.conftest import Shop

CUSTOMERS = "/customer/customers/"


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("customer", "ledger"), (Path(__file__).parent / "root",))


@pytest.fixture
def market(shop: Shop) -> SimpleNamespace:
    """Region (North, South), age (Young) and an administrator who may delete a type with its customers but sees only some."""
    from addons.customer.catalogues import create_entry
    from addons.customer.models import CustomerGroup, CustomerType

    ids: dict[str, Any] = {}
    with shop.world.session(shop.tenant) as session:
        for type_name, names in (("Khu vực", ("Miền Bắc", "Miền Nam")), ("Độ tuổi", ("20-30",))):
            ids[type_name] = create_entry(session, CustomerType, name=type_name).id
            for name in names:
                ids[name] = create_entry(session, CustomerGroup, name=name, type_id=ids[type_name]).id
    admin = shop.world.user(
        shop.tenant, "customer.read", "customer.manage_catalogues", "customer.delete", "customer.delete_with_type",
        name="Võ Thành Đạt",
    )  # fmt: skip
    return SimpleNamespace(shop=shop, ids=ids, admin=admin)


def members(market: Any) -> dict[str, Any]:
    """Four customers of the region: one of the administrator, one of another person, one in age too, one with an account."""
    shop, ids = market.shop, market.ids
    north, south, young = ids["Miền Bắc"], ids["Miền Nam"], ids["20-30"]
    return {
        "Của Đạt": shop.customer(by=shop.manager, name="Của Đạt", group_ids=[north, young], owner_id=market.admin.id),
        "Của Quân": shop.customer(name="Của Quân", group_ids=[north, south]),
        "Của Ánh": shop.customer(by=shop.colleague, name="Của Ánh", group_ids=[south], note="paid"),
        "Ở ngoài": shop.customer(name="Ở ngoài", group_ids=[young]),
    }


@pytest.mark.req("CLS-01", "CLS-03", "CLS-04", "CLS-05", "CLS-06")
@pytest.mark.engine("sqlite")
def test_customers_are_ticked_by_several_dimensions_when_added_and_when_edited(market: Any) -> None:
    shop, ids = market.shop, market.ids
    client = shop.world.client(shop.seller)
    form = client.get(f"{CUSTOMERS}new").text
    for label in ("Khu vực: Miền Bắc", "Khu vực: Miền Nam", "Độ tuổi: 20-30"):
        assert label in form
    ticked = [str(ids["Miền Bắc"]), str(ids["20-30"])]
    made = client.post(f"{CUSTOMERS}new", data=shop.form(name="Lan", group_ids=ticked))
    page = client.get(made.location).text
    assert "Miền Bắc" in page
    assert "20-30" in page
    listed = client.get(CUSTOMERS).text
    assert f'href="{made.location}"' in listed  # the name, and the row's own way to the form
    assert f'href="{made.location}/edit"' in listed
    edit = client.get(f"{made.location}/edit").text
    assert len(re.findall(r'name="group_ids" value="[^"]+" checked', edit)) == 2
    sent = shop.form(name="Lan", group_ids=str(ids["Miền Nam"]), version="1")
    assert client.post(f"{made.location}/edit", data=sent).status_code == 303
    page = client.get(made.location).text.partition('id="pane"')[2]
    assert ("Miền Nam" in page, "Miền Bắc" in page, "20-30" in page) == (True, False, False)


@pytest.mark.req("CLS-09", "CLS-11", "CLS-12")
def test_only_the_type_goes_and_its_groups_and_customers_stay(market: Any) -> None:
    from addons.customer.models import CustomerGroup, CustomerGroupMember, CustomerType

    shop, region = market.shop, market.ids["Khu vực"]
    members(market)
    keeper = shop.world.client(shop.manager)  # has no right to delete customers with a type
    path = f"/customer/types/{region}/delete"
    question = keeper.get(path, htmx="dialog").text
    assert "3 customers are in this type." in question
    assert "Do not delete customers" in question
    assert "delete-customers" not in question
    assert "data-close" in question  # Cancel; asking changes nothing
    assert keeper.post(f"/customer/types/{region}/delete-customers", data={"typed": "3"}).status_code == 403
    assert keeper.get(f"/customer/types/{region}").status_code == 200

    assert keeper.post(path).status_code == 303
    with shop.world.session(shop.tenant) as session:
        assert set(session.scalars(select(CustomerType.name))) == {"Độ tuổi"}
        types = dict(session.execute(select(CustomerGroup.name, CustomerGroup.type_id)).all())
        assert (types["Miền Bắc"], types["Miền Nam"], types["20-30"]) == (None, None, market.ids["Độ tuổi"])
        assert len(session.scalars(select(CustomerGroupMember.id)).all()) == 6
    assert len(shop.names()) == 4
    taken = keeper.post("/customer/types/new", data={"name": "KHU  vực", "is_active": "y"})
    assert taken.status_code == 422
    assert "recycle bin" in taken.text
    assert keeper.post(f"/customer/types/{region}/restore").status_code == 303
    assert keeper.get(f"/customer/types/{region}").status_code == 200
    with shop.world.session(shop.tenant) as session:
        types = dict(session.execute(select(CustomerGroup.name, CustomerGroup.type_id)).all())
        north, south = (session.scalars(select(CustomerGroup).where(CustomerGroup.name == name)).one()
                        for name in ("Miền Bắc", "Miền Nam"))  # fmt: skip
        assert types["Miền Bắc"] == types["Miền Nam"] == region, "it takes its groups along"
        north_id, south_id = north.id, south.id
    assert keeper.post(path).status_code == 303
    with shop.world.session(shop.tenant) as session:
        session.need(CustomerGroup, south_id).type_id = market.ids["Độ tuổi"]
    assert keeper.post(f"/customer/types/{region}/restore").status_code == 303
    with shop.world.session(shop.tenant) as session:
        assert session.need(CustomerGroup, north_id).type_id == region
        assert session.need(CustomerGroup, south_id).type_id == market.ids["Độ tuổi"], "given another one since"


@pytest.mark.req("CLS-09", "CLS-10")
def test_a_type_goes_with_all_its_customers_after_their_number_was_typed(market: Any) -> None:
    from addons.customer.models import Customer, CustomerType
    from core.audit import AuditEntry
    from core.notifications import Notification

    shop, region, ids = market.shop, market.ids["Khu vực"], members(market)
    client = shop.world.client(market.admin)
    question = client.get(f"/customer/types/{region}/delete").text.partition("<main")[2]
    for text in (
        "3 customers are in this type.", "2 of them you may not see.", "1 of them has documents",
        "1 of them is in another type too", "Của Đạt",
    ):  # fmt: skip
        assert text in question
    assert "Của Quân" not in question
    path = f"/customer/types/{region}/delete-customers"
    for wrong in ("", "2", "4", "x", "³"):
        refused = client.post(path, data={"typed": wrong})
        assert refused.status_code == 422, wrong
        assert "Type 3, the number of customers" in refused.text
    assert len(shop.names()) == 4

    assert client.post(path, data={"typed": "3"}).status_code == 303
    assert shop.names() == ["Ở ngoài"]
    with shop.world.session(shop.tenant) as session:
        assert set(session.scalars(select(CustomerType.name))) == {"Độ tuổi"}
        deleted = select(AuditEntry).where(AuditEntry.action == "delete", AuditEntry.entity == "customer")
        told = {(entry.entity_id, entry.user_id) for entry in session.scalars(deleted)}
        assert told == {(ids[name], market.admin.id) for name in ("Của Đạt", "Của Quân", "Của Ánh")}
        notices = session.scalars(select(Notification).where(Notification.title.like("%Khu vực%"))).all()
        assert {notice.user_id for notice in notices} == {shop.seller.id, shop.colleague.id}
    manager = shop.world.client(shop.manager)
    assert manager.post(f"{CUSTOMERS}{ids['Của Ánh']}/restore").status_code == 303  # archived, not gone
    with shop.world.session(shop.tenant) as session:
        assert session.need(Customer, ids["Của Ánh"]).group_names == "Miền Nam"


@pytest.mark.req("CLS-10")
def test_one_customer_whom_an_application_holds_keeps_all_of_them(market: Any) -> None:
    shop, region = market.shop, market.ids["Khu vực"]
    members(market)
    shop.customer(by=shop.colleague, name="Còn nợ", group_ids=[market.ids["Miền Nam"]], note="owes")
    client = shop.world.client(market.admin)
    question = client.get(f"/customer/types/{region}/delete").text
    assert "1 of them may not be deleted" in question
    assert "delete-customers" not in question
    refused = client.post(f"/customer/types/{region}/delete-customers", data={"typed": "4"})
    assert refused.status_code == 409
    assert "1 open debt" in refused.text
    assert len(shop.names()) == 5
    assert client.get(f"/customer/types/{region}").status_code == 200
