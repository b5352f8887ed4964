"""The customer code: typed or generated, unique in the business (CUS-007)."""

from __future__ import annotations

import threading

import pytest

from core.errors import DomainError
from tests.addons.customer.conftest import Shop

NEW = "/customer/customers/new"


@pytest.mark.req("CUS-007")
def test_an_empty_code_is_generated_by_the_settings(shop: Shop) -> None:
    from core.settings import set_setting

    shop.customer(name="Một Hai")
    with shop.world.session(shop.tenant) as session:
        set_setting(session, "customer.code_prefix", "HD-")
        set_setting(session, "customer.code_digits", 4)
    shop.customer(name="Ba Bốn")
    assert [shop.stored(name).code for name in ("Một Hai", "Ba Bốn")] == ["KH000001", "HD-0002"]


@pytest.mark.req("CUS-007")
def test_a_typed_code_stays_and_is_refused_a_second_time_in_any_case(shop: Shop) -> None:
    client = shop.world.client(shop.seller)
    assert client.post(NEW, data=shop.form(code=" dl-hn01 ")).status_code == 303
    assert shop.stored("Nguyễn Thị Huyền Trang").code == "DL-HN01"

    refused = client.post(NEW, data=shop.form(name="Người Khác", code="DL-hn01", confirm="y"))
    assert refused.status_code == 422
    assert "DL-HN01 is taken" in refused.text
    assert client.post(NEW, data=shop.form(code="có dấu cách")).status_code == 422


@pytest.mark.req("CUS-007")
def test_a_colleagues_invisible_code_and_a_deleted_ones_are_taken_too(shop: Shop) -> None:
    from addons.customer.models import Customer

    shop.customer(by=shop.colleague, name="Của Ánh", code="A1")
    deleted = shop.customer(name="Đã Xóa", code="A2")
    with shop.world.session(shop.tenant) as session:
        session.delete(session.need(Customer, deleted))
    client = shop.world.client(shop.seller)
    for code in ("A1", "A2"):
        assert client.post(NEW, data=shop.form(code=code)).status_code == 422


@pytest.mark.req("CUS-007")
def test_a_typed_code_that_equals_a_future_generated_one_is_stepped_over(shop: Shop) -> None:
    shop.customer(name="Gõ Tay", code="KH000002")
    shop.customer(name="Tự Sinh Một")
    shop.customer(name="Tự Sinh Hai")
    assert [shop.stored(name).code for name in ("Tự Sinh Một", "Tự Sinh Hai")] == ["KH000001", "KH000003"]


@pytest.mark.req("CUS-007")
def test_another_business_has_its_own_codes(shop: Shop) -> None:
    from addons.customer.services import create_customer

    shop.customer(code="KH000001")
    elsewhere = shop.world.tenant()
    with shop.world.session(elsewhere) as session:
        from core.settings import set_setting

        for key in ("source_required", "group_required", "relationship_required"):
            set_setting(session, f"customer.{key}", False)
        assert create_customer(session, name="Nơi Khác").code == "KH000001"


@pytest.mark.req("CUS-007")
def test_users_who_save_at_the_same_moment_get_different_codes(shop: Shop) -> None:
    start, failed = threading.Barrier(4), []

    def save(number: int) -> None:
        try:
            start.wait()
            shop.customer(name=f"Khách {number}")
        except Exception as error:  # told below, in the test's own thread
            failed.append(error)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(shop.stored(f"Khách {number}").code for number in range(4)) == [f"KH00000{n}" for n in range(1, 5)]


@pytest.mark.req("CUS-007")
def test_an_emptied_code_stays_what_it_was(shop: Shop) -> None:
    from addons.customer.models import Customer
    from addons.customer.services import update_customer

    id = shop.customer(code="A1")
    with shop.world.session(shop.tenant, shop.seller) as session:
        update_customer(session, session.need(Customer, id), code="", name="Tên Mới")
    assert shop.stored("Tên Mới").code == "A1"


@pytest.mark.req("CUS-007")
def test_all_problems_of_a_service_come_at_once(shop: Shop) -> None:
    from addons.customer.services import create_customer

    with shop.world.session(shop.tenant, shop.seller) as session, pytest.raises(DomainError) as refused:
        create_customer(session, name="", code="a b", phone="12")
    fields = {problem.field for problem in refused.value.problems}
    assert fields == {"name", "code", "phone", "source_id", "relationship_id", "group_ids"}
