"""Orders: entered by telephone number, priced line by line, moved through their states."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests.addons.order.conftest import Shop


def test_an_order_is_entered_for_the_customer_of_the_number_with_the_discount_of_his_tier(shop: Shop) -> None:
    from addons.customer.models import Customer
    from addons.order.models import Order, OrderLine

    id = shop.enter(("LOC1", "3"), ("CONG", "1"), phone="+84 912.345.678", shipping_fee="30.000")

    order = shop.stored(Order, id)
    lines = shop.all(select(OrderLine).where(OrderLine.order_id == id).order_by(OrderLine.position))
    first, second = (row[0] for row in lines)
    assert order.customer_id == shop.gold
    assert order.recipient_name == "Nguyễn Thị Huyền Trang"
    assert order.phone == "+84912345678"
    assert order.state == "draft"
    assert order.seller_id == order.created_by_id == shop.seller.id
    # 3 × 85.000 = 255.000; 5% = 12.750; 8% of 242.250 = 19.380
    assert (first.discount_amount, first.vat_amount, first.amount) == (12_750, 19_380, 261_630)
    assert first.discount_reason == "Hạng Vàng: 5%"
    assert (second.discount_amount, second.vat_amount, second.amount) == (10_000, 0, 190_000)
    assert (order.subtotal, order.discount, order.vat, order.total) == (455_000, 22_750, 19_380, 481_630)
    assert shop.all(select(func.count(Customer.id)))[0][0] == 2
    page = shop.client().get(f"/order/orders/{id}?tab=lines").text
    assert "Tier Vàng: 5%" in page
    assert "481.630" in page


def test_an_unknown_number_brings_a_new_customer_who_is_the_sellers(shop: Shop) -> None:
    from addons.customer.models import Customer
    from addons.order.models import Order

    id = shop.enter(phone="0905 111 222", recipient_name="Phạm Văn Mới", province="Đà Nẵng")

    customer = shop.stored(Customer, shop.stored(Order, id).customer_id)
    assert (customer.name, customer.phone, customer.owner_id) == ("Phạm Văn Mới", "+84905111222", shop.seller.id)
    assert customer.province == "Đà Nẵng"


def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(shop: Shop) -> None:
    from addons.customer.models import Customer

    sent = {
        "phone": "0905 111 222",
        "note": "Giao sau 17 giờ",
        "lines-0-product_id": str(shop.products["LOC1"]),
        "lines-0-quantity": "0",
    }
    refused = shop.client().post("/order/orders/new", data=sent)

    assert refused.status_code == 422
    assert "Giao sau 17 giờ" in refused.text
    assert "The quantity must be more than 0." in refused.text
    assert "the name and telephone number of a new one" in refused.text
    assert shop.all(select(func.count(Customer.id)))[0][0] == 2


@pytest.mark.parametrize(("field", "value"), [("price", "80.000"), ("discount", "10")])
def test_another_price_or_discount_takes_a_right(shop: Shop, field: str, value: str) -> None:
    sent = shop.form(**{f"lines-0-{field}": value})

    assert "You may not" in shop.client().post("/order/orders/new", data=sent).text
    assert shop.client(shop.manager).post("/order/orders/new", data=sent).status_code == 303


def test_steps_are_taken_by_whom_they_are_for_and_from_their_states_alone(shop: Shop) -> None:
    from addons.order.models import Order

    id = shop.enter()

    assert shop.step(id, "cancel", shop.seller, reason="Khách đổi ý").status_code == 403
    assert shop.step(id, "complete").status_code == 409
    assert shop.step(id, "confirm", shop.seller).status_code == 303
    assert shop.client().get(f"/order/orders/{id}/edit").status_code in {303, 403, 409}
    assert shop.step(id, "cancel", reason="  ").status_code == 422
    assert shop.step(id, "cancel", reason="Khách đổi ý").status_code == 303
    order = shop.stored(Order, id)
    assert (order.state, order.cancel_reason) == ("cancelled", "Khách đổi ý")
    assert shop.step(id, "reopen").status_code == 303
    order = shop.stored(Order, id)
    assert (order.state, order.cancel_reason) == ("draft", None)


def test_orders_of_colleagues_are_not_there(shop: Shop) -> None:
    id = shop.enter()

    assert shop.client(shop.colleague).get(f"/order/orders/{id}").status_code == 404
    assert shop.client(shop.manager).get(f"/order/orders/{id}").status_code == 200


def test_numbers_have_no_gaps(shop: Shop) -> None:
    from addons.order.models import Order

    shop.enter()
    shop.client().post("/order/orders/new", data=shop.form(("LOC1", "0")))
    shop.enter()

    numbers = [row[0] for row in shop.all(select(Order.number).order_by(Order.number))]
    assert [number[-4:] for number in numbers] == ["0001", "0002"]
    assert numbers[0].startswith("DH")
