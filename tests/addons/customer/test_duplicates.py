"""The warning before a customer is entered twice (CUS-017)."""

from __future__ import annotations

import pytest

from tests.addons.customer.conftest import Shop

NEW = "/customer/customers/new"
SAME = {
    "phone": {"phone": "+84 912.345.678"},
    "second phone": {"phone2": "0912345678"},
    "old number": {"phone": "01695678945"},
    "e-mail": {"email": "HA@mail.example"},
    "tax code": {"tax_code": "0100 047 516"},
}


def known(shop: Shop, by: object) -> object:
    return shop.customer(
        by=by,
        name="Đặng Thu Hà",
        code="A1",
        phone="0912345678",
        phone2="0395678945",
        email="ha@mail.example",
        tax_code="0100047516",
    )


@pytest.mark.req("CUS-017")
@pytest.mark.parametrize("what", SAME)
def test_the_same_phone_email_or_tax_code_is_warned_of_and_saved_on_confirmation(shop: Shop, what: str) -> None:
    id = known(shop, shop.seller)
    client = shop.world.client(shop.seller)
    sent = shop.form(name="Người Mới", **SAME[what])

    warned = client.post(NEW, data=sent)
    assert warned.status_code == 422
    assert warned.text.count(f'href="/customer/customers/{id}"') == 1
    assert "to correct" not in warned.text
    assert 'name="confirm"' in warned.text
    assert 'value="Người Mới"' in warned.text

    assert client.post(NEW, data={**sent, "confirm": "y"}).status_code == 303
    assert shop.names() == ["Đặng Thu Hà", "Người Mới"]


@pytest.mark.req("CUS-017")
def test_of_a_colleagues_customer_only_the_person_in_charge_is_told(shop: Shop) -> None:
    id = known(shop, shop.colleague)
    page = shop.world.client(shop.seller).post(NEW, data=shop.form(name="Người Mới", phone="0912345678")).text
    assert "Exists already (same phone number), in charge: Trần Ngọc Ánh" in page
    for secret in ("Đặng Thu Hà", "· A1", str(id), "ha@mail.example"):
        assert secret not in page


@pytest.mark.req("CUS-017")
def test_the_warning_comes_while_typing(shop: Shop) -> None:
    known(shop, shop.seller)
    client = shop.world.client(shop.seller)

    def hint(field: str, value: str) -> str:
        sent = shop.form(**{field: value})
        headers = {"HX-Trigger-Name": field}
        return client.post("/customer/customers/validate", data=sent, htmx=True, headers=headers).text

    assert "Đặng Thu Hà · A1" in hint("phone", "0912 345 678")
    assert "Đặng Thu Hà · A1" in hint("email", "ha@mail.example")
    assert "Đặng Thu Hà" not in hint("phone", "0912 345 679")


@pytest.mark.req("CUS-017")
def test_an_edit_warns_of_others_only_and_only_of_what_was_changed(shop: Shop) -> None:
    known(shop, shop.seller)
    id = shop.customer(name="Người Hai", phone="0912345678")
    client = shop.world.client(shop.seller)
    url = f"/customer/customers/{id}/edit"
    same = shop.form(name="Người Hai", phone="0912 345 678", note="Ghi chú", version="1")
    assert client.post(url, data=same).status_code == 303
    assert client.post(url, data={**same, "email": "ha@mail.example", "version": "2"}).status_code == 422


@pytest.mark.req("CUS-017")
def test_deleted_customers_and_other_businesses_are_no_duplicates(shop: Shop) -> None:
    from addons.customer.models import Customer

    id = known(shop, shop.seller)
    with shop.world.session(shop.tenant) as session:
        session.delete(session.need(Customer, id))
    assert shop.world.client(shop.seller).post(NEW, data=shop.form(phone="0912345678")).status_code == 303


@pytest.mark.req("CUS-017")
def test_the_api_finds_duplicates_for_other_addons(shop: Shop) -> None:
    from addons.customer.api import find_duplicates

    known(shop, shop.colleague)
    mine = shop.customer(name="Của Tôi", phone="0912345678")
    with shop.world.session(shop.tenant, shop.seller) as session:
        found = find_duplicates(session, phones=("+84912345678",), email="ha@mail.example")
    assert [(each.id, each.fields, each.owner_name) for each in found] == [
        (mine, ("phone",), "Lê Minh Quân"),
        (None, ("phone", "email"), "Trần Ngọc Ánh"),
    ]


@pytest.mark.req("CUS-017")
def test_a_customer_is_no_duplicate_of_himself(shop: Shop) -> None:
    from addons.customer.models import Customer
    from addons.customer.services import update_customer

    id = shop.customer(phone="0912345678", email="trang@mail.example")
    with shop.world.session(shop.tenant, shop.seller) as session:
        update_customer(session, session.need(Customer, id), phone="0987654321", phone2="0912345678")
    assert shop.stored("Nguyễn Thị Huyền Trang").phone2 == "+84912345678"
