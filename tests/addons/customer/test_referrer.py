"""Who referred a customer: another customer or an employee, chosen from two sources (CUS-003 to CUS-006)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from core.errors import DomainError
from tests.addons.customer.conftest import Shop

NEW = "/customer/customers/new"
PICK = "/customer/referrers"


@pytest.mark.req("CUS-004")
def test_the_form_offers_both_sources(shop: Shop) -> None:
    page = shop.world.client(shop.seller).get(NEW).text
    assert "Customer data" in page
    assert "User data" in page
    assert 'data-depends="referrer_source"' in page


@pytest.mark.req("CUS-005")
def test_the_picker_shows_all_customers_but_only_name_code_and_masked_phone(shop: Shop) -> None:
    shop.customer(by=shop.colleague, name="Đặng Thu Hà", phone="0912345678", email="ha@mail.example", code="A1")
    page = shop.world.client(shop.seller).get(f"{PICK}?q=DANG thu").text
    assert "Đặng Thu Hà" in page
    assert "A1 · 0912 *** 678" in page
    assert "0912345678" not in page
    assert "mail.example" not in page


@pytest.mark.req("CUS-005")
def test_only_names_and_codes_are_searched_so_that_nothing_else_can_be_found_out(shop: Shop) -> None:
    shop.customer(by=shop.colleague, name="Đặng Thu Hà", phone="0912345678", email="ha@mail.example", code="A1")
    client = shop.world.client(shop.seller)
    assert "Đặng Thu Hà" in client.get(f"{PICK}?q=a1").text
    for query in ("0912345678", "0912", "mail.example"):
        assert "Đặng Thu Hà" not in client.get(f"{PICK}?q={query}").text


@pytest.mark.req("CUS-005", "SYS-18")
def test_a_search_that_names_hidden_customers_is_put_on_record(shop: Shop) -> None:
    from core.audit import AuditEntry

    hidden = shop.customer(by=shop.colleague, name="Đặng Thu Hà")
    shop.customer(name="Lê Của Tôi")
    client = shop.world.client(shop.seller)
    client.get(f"{PICK}?q=cua toi")
    client.get(f"{PICK}?q=thu ha")
    with shop.world.session(shop.tenant) as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "search_referrer")).all()
        assert [(entry.user_id, entry.changes["hidden"][1]) for entry in entries] == [(shop.seller.id, [str(hidden)])]


@pytest.mark.req("CUS-005")
def test_many_customers_come_a_page_at_a_time(shop: Shop) -> None:
    from addons.customer.models import Customer

    with shop.world.session(shop.tenant) as session:
        session.add_all(Customer(name=f"Khách số {number:03}") for number in range(60))
    page = shop.world.client(shop.seller).get(f"{PICK}?q=khach so").text
    assert page.count('role="option"') == 20
    assert page.index("Khách số 000") < page.index("Khách số 019")


@pytest.mark.req("CUS-005")
def test_another_business_has_no_part_in_it(shop: Shop) -> None:
    shop.customer(name="Đặng Thu Hà")
    stranger = shop.world.user(shop.world.tenant(), "customer.create")
    assert "Đặng Thu Hà" not in shop.world.client(stranger).get(f"{PICK}?q=thu ha").text


@pytest.mark.req("SYS-02")
def test_the_picker_is_for_those_who_enter_customers(shop: Shop) -> None:
    reader = shop.world.user(shop.tenant, "customer.read", "customer.view_all")
    assert shop.world.client(reader).get(f"{PICK}?q=a").status_code == 403


@pytest.mark.req("CUS-006")
def test_the_other_source_lists_accounts_in_use(shop: Shop) -> None:
    client = shop.world.client(shop.seller)
    url = f"{PICK}?referrer_source=user"
    assert "Trần Ngọc Ánh" in client.get(f"{url}&q=ngoc anh").text
    assert "Trần Ngọc Ánh" in client.get(f"{url}&q={shop.colleague.username}").text
    lock(shop, shop.colleague)
    assert "Trần Ngọc Ánh" not in client.get(f"{url}&q=ngoc anh").text


def lock(shop: Shop, user: Any) -> None:
    from core.access.models import User

    with shop.world.session(shop.tenant) as session:
        session.need(User, user.id).is_active = False


@pytest.mark.req("CUS-003", "CUS-005", "CUS-048")
def test_a_colleagues_customer_can_be_the_referrer(shop: Shop) -> None:
    hidden = shop.customer(by=shop.colleague, name="Đặng Thu Hà", code="A1")
    client = shop.world.client(shop.seller)
    answer = client.post(NEW, data=shop.form(referrer=f"customer:{hidden}"))

    customer = shop.stored("Nguyễn Thị Huyền Trang")
    assert (customer.referrer_customer_id, customer.referrer_user_id) == (hidden, None)
    assert "Đặng Thu Hà (A1)" in client.get(answer.location).text
    assert client.get(f"/customer/customers/{hidden}").status_code == 404


@pytest.mark.req("CUS-003", "CUS-006")
def test_an_employee_can_be_the_referrer_and_stays_when_locked(shop: Shop) -> None:
    from addons.customer.models import Customer

    client = shop.world.client(shop.seller)
    answer = client.post(NEW, data=shop.form(referrer_source="user", referrer=f"user:{shop.colleague.id}"))
    lock(shop, shop.colleague)
    assert "Trần Ngọc Ánh" in client.get(answer.location).text

    id = shop.stored("Nguyễn Thị Huyền Trang").id
    again = shop.form(referrer_source="user", referrer=f"user:{shop.colleague.id}", note="Sửa", version="1")
    assert client.post(f"/customer/customers/{id}/edit", data=again).status_code == 303
    with shop.world.session(shop.tenant) as session:
        assert session.need(Customer, id).referrer_user_id == shop.colleague.id
    refused = client.post(NEW, data=shop.form(name="Khách Mới", referrer=f"user:{shop.colleague.id}"))
    assert refused.status_code == 422


@pytest.mark.req("CUS-005")
def test_nobody_refers_himself_or_who_referred_him(shop: Shop) -> None:
    from addons.customer.models import Customer
    from addons.customer.services import update_customer

    first = shop.customer(name="Khách A")
    second = shop.customer(name="Khách B", referrer_customer_id=first)
    third = shop.customer(name="Khách C", referrer_customer_id=second)
    for wrong in (first, second, third):
        with shop.world.session(shop.tenant, shop.seller) as session, pytest.raises(DomainError) as refused:
            update_customer(session, session.need(Customer, first), referrer_customer_id=wrong)
        assert refused.value.problems[0].field == "referrer"
    assert shop.stored("Khách A").referrer_customer_id is None


@pytest.mark.req("CUS-005")
def test_the_edited_customer_is_not_offered_as_his_own_referrer(shop: Shop) -> None:
    id = shop.customer(name="Đặng Thu Hà")
    client = shop.world.client(shop.seller)
    assert f"without={id}" in client.get(f"/customer/customers/{id}/edit").text
    assert "Đặng Thu Hà" not in client.get(f"{PICK}?q=thu ha&without={id}").text


@pytest.mark.req("CUS-005")
def test_a_deleted_referrer_stays_readable_and_is_not_offered(shop: Shop) -> None:
    from addons.customer.models import Customer

    referrer = shop.customer(name="Đặng Thu Hà", code="A1")
    id = shop.customer(referrer_customer_id=referrer)
    with shop.world.session(shop.tenant) as session:
        session.delete(session.need(Customer, referrer))
    client = shop.world.client(shop.seller)
    assert "Đặng Thu Hà (A1)" in client.get(f"/customer/customers/{id}").text
    assert "Đặng Thu Hà" not in client.get(f"{PICK}?q=thu ha").text
    kept = client.post(
        f"/customer/customers/{id}/edit", data=shop.form(referrer=f"customer:{referrer}", note="x", version="1")
    )
    assert kept.status_code == 303
    refused = client.post(NEW, data=shop.form(name="Khách Mới", referrer=f"customer:{referrer}"))
    assert refused.status_code == 422


@pytest.mark.req("CUS-003")
@pytest.mark.parametrize("sent", ["customer:no-id", "nobody", "customer:01990000-0000-7000-8000-000000000000"])
def test_what_is_no_choice_is_refused(shop: Shop, sent: str) -> None:
    assert shop.world.client(shop.seller).post(NEW, data=shop.form(referrer=sent)).status_code == 422
    assert shop.names() == []


@pytest.mark.req("CUS-003")
def test_without_scripts_a_code_is_typed(shop: Shop) -> None:
    referrer = shop.customer(name="Đặng Thu Hà", code="A1")
    client = shop.world.client(shop.seller)
    assert client.post(NEW, data=shop.form(name="Khách Mới", referrer_text="a1")).status_code == 303
    assert shop.stored("Khách Mới").referrer_customer_id == referrer
    assert client.post(NEW, data=shop.form(name="Khách Nữa", referrer_text="thu ha")).status_code == 422


@pytest.mark.req("CUS-048")
def test_the_tab_tells_who_referred_the_customer_and_whom_he_has_referred(shop: Shop) -> None:
    first = shop.customer(name="Đặng Thu Hà", code="A1")
    second = shop.customer(name="Lê Văn Bình", referrer_customer_id=first)
    shop.customer(by=shop.colleague, name="Của Ánh", referrer_customer_id=first)
    third = shop.customer(name="Trần Thị Cúc", referrer_user_id=shop.colleague.id)
    hidden = shop.customer(by=shop.colleague, name="Người Khuất", code="A9")
    fourth = shop.customer(name="Vũ Thị Dung", referrer_customer_id=hidden)
    client = shop.world.client(shop.seller)

    def tab(id: Any) -> str:
        return str(client.get(f"/customer/customers/{id}?tab=referrer").text.partition('id="pane"')[2])

    assert "Nobody referred this customer" in tab(first)
    assert f'href="/customer/customers/{second}"' in tab(first)
    assert "Của Ánh" not in tab(first)
    assert f'<a href="/customer/customers/{first}">Đặng Thu Hà (A1)</a>' in tab(second)
    assert "has referred nobody whom you may see" in tab(second)
    employee = tab(third)
    assert "Trần Ngọc Ánh" in employee
    assert "Employee" in employee
    assert "Người Khuất (A9)" in tab(fourth)
    assert f"/customer/customers/{hidden}" not in tab(fourth)
