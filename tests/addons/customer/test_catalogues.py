"""Sources, relationships, groups and types: editable lists with order and colour (SYS-14, CLS-02, CLS-06 to CLS-08)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.errors import Conflict
from tests.addons.customer.conftest import Shop

ALL = ("sources", "relationships", "groups", "types")


@pytest.mark.req("SYS-14", "CLS-02", "CLS-06", "CLS-07")
@pytest.mark.parametrize("catalogue", ALL)
def test_an_entry_is_added_with_a_name_that_is_unique_but_for_case_and_spaces(shop: Shop, catalogue: str) -> None:
    client = shop.world.client(shop.manager)
    url = f"/customer/{catalogue}/new"
    sent = {"name": "Khu vực  Đông", "is_active": "y", "tone": "teal"}
    assert client.post(url, data=sent).status_code == 303
    assert "Khu vực Đông" in client.get(f"/customer/{catalogue}/").text
    for same in ("khu vực đông", "KHUVỰCĐÔNG"):
        assert client.post(url, data={**sent, "name": same}).status_code == 422
    assert client.post(url, data={**sent, "name": "Khu vực Đồng"}).status_code == 303  # marks make another name
    assert client.post(url, data={**sent, "name": " "}).status_code == 422


@pytest.mark.req("SYS-02", "SYS-14")
@pytest.mark.parametrize("catalogue", ALL)
def test_only_who_manages_catalogues_opens_them(shop: Shop, catalogue: str) -> None:
    client = shop.world.client(shop.seller)
    assert client.get(f"/customer/{catalogue}/").status_code == 403
    assert client.post(f"/customer/{catalogue}/new", data={"name": "X"}).status_code == 403


@pytest.mark.req("CLS-08", "CUS-011")
def test_an_entry_that_is_off_is_not_offered_and_stays_on_its_customers(shop: Shop) -> None:
    from addons.customer.models import CustomerSource

    id = shop.customer()
    with shop.world.session(shop.tenant) as session:
        source = session.need(CustomerSource, shop.source_id)
        name, version = source.name, source.version
    sent = {"name": name, "position": "10", "version": str(version)}
    manager = shop.world.client(shop.manager)
    assert manager.post(f"/customer/sources/{shop.source_id}/edit", data=sent).status_code == 303

    client = shop.world.client(shop.seller)
    assert str(shop.source_id) not in client.get("/customer/customers/new").text
    assert str(shop.source_id) in client.get(f"/customer/customers/{id}/edit").text
    assert client.post(f"/customer/customers/{id}/edit", data=shop.form(note="x", version="1")).status_code == 303


@pytest.mark.req("CLS-09")
def test_an_entry_in_use_is_not_deleted_also_when_its_users_are_invisible(shop: Shop) -> None:
    from addons.customer.catalogues import delete_entry
    from addons.customer.models import CustomerSource

    shop.customer(by=shop.colleague)
    with shop.world.session(shop.tenant, shop.seller) as session, pytest.raises(Conflict) as refused:
        delete_entry(session, session.need(CustomerSource, shop.source_id))
    assert "1" in str(refused.value)
    client = shop.world.client(shop.manager)
    assert client.post(f"/customer/sources/{shop.source_id}/delete").status_code == 409
    with shop.world.session(shop.tenant) as session:
        unused = session.scalars(select(CustomerSource.id).order_by(CustomerSource.position.desc())).first()
    assert client.post(f"/customer/sources/{unused}/delete").status_code == 303


@pytest.mark.req("CUS-013")
def test_relationships_have_an_order_and_a_colour(shop: Shop) -> None:
    from addons.customer.models import CustomerRelationship

    client = shop.world.client(shop.manager)
    assert (
        client.post(
            "/customer/relationships/new", data={"name": "Đầu tiên", "position": "1", "tone": "red", "is_active": "y"}
        ).status_code
        == 303
    )
    assert (
        client.post("/customer/relationships/new", data={"name": "Hồng", "tone": "pink", "is_active": "y"}).status_code
        == 422
    )
    page = client.get("/customer/customers/new").text
    assert page.index("Đầu tiên") < page.index("Tiềm năng")
    with shop.world.session(shop.tenant) as session:
        assert session.scalar(select(CustomerRelationship.tone).where(CustomerRelationship.name == "Đầu tiên")) == "red"


@pytest.mark.req("CLS-02")
def test_switching_customers_on_again_leaves_the_catalogues_as_they_are(shop: Shop) -> None:
    from addons.customer.models import CustomerSource
    from core.tenancy.services import disable_addon, enable_addon

    with shop.world.session(shop.tenant) as session:
        for source in session.scalars(select(CustomerSource).where(CustomerSource.id != shop.source_id)):
            session.delete(source)
        session.flush()
        disable_addon(session, "customer")
        enable_addon(session, "customer")
        assert len(session.scalars(select(CustomerSource.id)).all()) == 1


@pytest.mark.req("SYS-14", "CLS-02")
def test_the_gear_leads_to_the_catalogues_for_whom_may(shop: Shop) -> None:
    keeper = shop.world.user(shop.tenant, "customer.manage_catalogues", "core.manage_settings")
    gear = shop.world.client(keeper).get("/settings", follow_redirects=True).text
    assert [each for each in ALL if f"/customer/{each}/" not in gear] == []
    extended = shop.world.client(shop.manager).get("/customer/customers/").text  # the other way in
    assert "/customer/sources/" in extended
    page = shop.world.client(shop.manager).get("/customer/sources/").text
    assert [each for each in ALL if f"/customer/{each}/" not in page] == []
    assert "/customer/sources/" not in shop.world.client(shop.seller).get("/customer/customers/").text
