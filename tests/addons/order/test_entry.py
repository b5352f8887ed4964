"""The entry of an order: by number, line by line, on the keyboard and by touch."""

from __future__ import annotations

import time
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.addons.order.conftest import Shop

BUYER = "/order/entry/buyer"


def buyer(shop: Shop, phone: str, user: Any = None) -> str:
    answer = shop.client(user).get(BUYER, query_string={"phone": phone})
    assert answer.status_code == 200
    return str(answer.text)


def switch_off(shop: Shop, customer: Any) -> None:
    assert shop.client().post(f"/customer/customers/{customer}/active").status_code == 303


@pytest.mark.engine("sqlite")
@pytest.mark.req("BOO-16", "BOO-17")
def test_active_customers_are_suggested_and_inactive_ones_are_linked_and_told(shop: Shop) -> None:
    from addons.customer.models import Customer
    from addons.order.models import Order

    for typed in ("0912", "+84 91", "0912 345", "84912"):
        assert ("Huyền Trang" in buyer(shop, typed)) is (typed in {"0912", "0912 345", "+84 91"}), typed
    assert "Huyền Trang" not in buyer(shop, "091"), "a network, no customer"
    assert "Huyền Trang" not in buyer(shop, "0912", shop.colleague)
    whole = buyer(shop, "+84 912.345.678")
    assert "Huyền Trang" in whole
    assert "Vàng" in whole
    theirs = buyer(shop, "0987 654 321")
    assert "Trần Ngọc Ánh" in theirs
    assert "An Phát" not in theirs
    switch_off(shop, shop.gold)
    assert "Huyền Trang" not in buyer(shop, "0912 345")
    told = buyer(shop, "0912345678")
    assert "Huyền Trang" in told
    assert "stays inactive" in told
    before = shop.all(select(func.count(Customer.id)))[0][0]
    order = shop.stored(Order, shop.enter(phone="0912 345 678", recipient_name="Người Khác"))
    assert (order.customer_id, order.recipient_name) == (shop.gold, "Người Khác")
    by_page = shop.client().get(f"/order/of-customer/{shop.gold}/new")
    assert str(shop.gold) in by_page.location
    assert shop.stored(Order, shop.enter(phone="", customer_id=str(shop.gold))).customer_id == shop.gold
    colleagues = shop.stored(Order, shop.enter(phone="0987654321", recipient_name="Anh Bảy"))
    assert colleagues.customer_id == shop.theirs
    assert shop.all(select(func.count(Customer.id)))[0][0] == before
    assert shop.stored(Customer, shop.gold).is_active is False
    switch_off(shop, shop.gold)
    assert shop.stored(Customer, shop.gold).is_active is True


@pytest.mark.engine("sqlite")
def test_the_sums_say_line_by_line_what_saving_would_make_of_it(shop: Shop) -> None:
    sent = shop.form(("LOC1", "3"), ("CONG", "1"), shipping_fee="30.000", **{"lines-2-quantity": "4"})
    page = shop.client().post("/order/entry/sums", data=sent).text
    for told in ("Tier Vàng: 5%", "12.750 ₫", "261.630 ₫", "481.630 ₫"):
        assert told in page
    assert "481.630" not in shop.client().post("/order/entry/sums", data={**sent, "phone": "0987654321"}).text
    assert shop.client().post("/order/entry/sums", data={}).status_code == 200
    rough = {"lines-0-product_id": "x", "lines-0-quantity": "nan", "lines-1-price": "-5", "lines-1-name": "<b>"}
    answer = shop.client().post("/order/entry/sums", data=rough)
    assert answer.status_code == 200
    assert "<b>" not in answer.text


@pytest.mark.browser
@pytest.mark.engine("sqlite")
def test_an_order_is_taken_in_under_twenty_seconds_by_keyboard_and_by_touch(
    shop: Shop, page: Any, phone_page: Any, live_server: Any, sign_in: Any
) -> None:
    from addons.order.models import Order, OrderLine

    sign_in(page, shop.seller)
    page.goto(f"{live_server.url}/order/orders/new")
    begun = time.monotonic()
    page.keyboard.type("0912345678")
    page.locator("#buyer", has_text="Huyền Trang").wait_for()
    page.keyboard.press("Enter")  # the name, as the customer's
    page.keyboard.press("Enter")
    page.keyboard.type("LOC1")
    page.keyboard.press("Enter")
    page.locator('[name="lines-0-quantity"]:focus').wait_for()
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    page.locator('[name="lines-1-product_id_text"]:focus').wait_for()
    page.keyboard.type("cong")
    page.keyboard.press("Enter")
    page.locator('[name="lines-1-quantity"]:focus').wait_for()
    page.locator("#sums", has_text="451.630").wait_for()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/order/orders/*-*")
    assert time.monotonic() - begun < 20

    sign_in(phone_page, shop.seller)
    phone_page.goto(f"{live_server.url}/order/orders/new")
    begun = time.monotonic()
    phone_page.fill("#phone", "0912345")
    phone_page.locator("#buyer button", has_text="Huyền Trang").tap()
    phone_page.locator("#buyer", has_text="Huyền Trang").wait_for()
    phone_page.fill('[name="lines-0-product_id_text"]', "may loc")
    phone_page.locator('[role="option"]', has_text="Máy lọc").tap()
    phone_page.locator("#sums", has_text="RO").wait_for()
    assert phone_page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone_page.locator('.save-bar button[type="submit"]').first.tap()
    phone_page.wait_for_url("**/order/orders/*-*")
    assert time.monotonic() - begun < 20

    orders = shop.all(select(Order.id, Order.customer_id, Order.total).order_by(Order.number))
    assert [(row.customer_id, row.total) for row in orders] == [(shop.gold, 451_630), (shop.gold, 7_304_550)]
    lines = shop.all(select(OrderLine.code, OrderLine.quantity).where(OrderLine.order_id == orders[0].id))
    assert {(row.code, int(row.quantity)) for row in lines} == {("LOC1", 3), ("CONG", 1)}
