"""A business's own fields on customers (CUS-014): asked for beside the others, kept for whom the customer is visible to."""

from __future__ import annotations

from typing import Any

import pytest

from tests.addons.customer.conftest import Shop
from tests.core.exchange.desk import Desk, read_back, workbook
from tests.core.resources.pages import Page, read

LIST = "/customer/customers/"


@pytest.fixture
def chief(shop: Shop) -> Any:
    """Somebody who manages customers and their fields; two fields are there."""
    chief = shop.world.user(shop.tenant, "core.manage_fields", groups=["customer.customer_admin"])
    client = shop.world.client(chief)
    for sent in (
        {"type": "text", "label_vi": "Biển số xe", "label_en": "Plate", "in_list": "y"},
        {
            "type": "choice",
            "label_vi": "Hạng thẻ",
            "choices-0-vi": "Vàng",
            "choices-0-is_offered": "y",
            "is_required": "y",
        },
    ):
        assert client.post("/core/fields/new", data={"entity": "customer", **sent}).status_code == 303
    return client


@pytest.mark.req("CUS-014", "SYS-06")
def test_a_value_goes_with_its_customer_and_is_seen_with_him_alone(shop: Shop, chief: Any) -> None:
    seller, colleague = shop.world.client(shop.seller), shop.world.client(shop.colleague)
    assert "Hạng thẻ" in read(seller, f"{LIST}new").text
    unfinished = seller.post(f"{LIST}new", data=shop.form(x_bien_so_xe="30A-123.45"))
    assert unfinished.status_code == 422
    assert Page(unfinished.text).fields()["x_bien_so_xe"] == "30A-123.45"

    sent = shop.form(x_bien_so_xe="30A-123.45", x_hang_the="vang", owner_id=str(shop.colleague.id))
    assert seller.post(f"{LIST}new", data=sent).status_code == 303  # and is out of the seller's sight
    for question in ("", "?f.x_bien_so_xe=30A", "?sort=x_bien_so_xe", "?f.x_hang_the=vang"):
        assert "30A-123.45" in read(colleague, f"{LIST}{question}").text
        assert read(seller, f"{LIST}{question}").names == []
    customer = shop.stored("Nguyễn Thị Huyền Trang")
    assert seller.get(f"{LIST}{customer.id}").status_code == 404
    log = colleague.get(f"/discussion/customer/{customer.id}?show=logs").text
    assert "set Plate to “30A-123.45”" in log.replace("&#34;", '"')


@pytest.mark.req("SYS-10")
def test_customers_with_values_come_from_excel_and_go_there(shop: Shop, chief: Any) -> None:
    desk = Desk(shop.world, chief, shop.tenant, "/customer/customers")
    rows = [("Mã KH", "Họ và tên", "Plate", "Hạng thẻ"), ("A1", "Lan", "30A-1", "vàng"), ("A2", "Mai", "30A-2", None)]
    assert desk.take_in(workbook(rows)) == {"created": 1, "failed": 1}  # the card is required
    exported = chief.post(
        f"{LIST}export", data={"export": "1", "rows": "all", "columns": ["code", "x_bien_so_xe", "x_hang_the"]}
    )
    assert read_back(exported.data)[1:] == [("A1", "30A-1", "Vàng")]
    again = [("Mã KH", "Họ và tên", "Plate", "Hạng thẻ"), ("A1", "Lan", "30A-9", "Vàng")]
    assert desk.take_in(workbook(again), update_existing="1") == {"updated": 1}
    assert "30A-9" in read(chief, LIST).text
