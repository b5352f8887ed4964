"""What carriers tell: who may, what is kept, and where the parcel and its order stand then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from core.jobs.execution import run_due_jobs
from tests.addons.shipping.conftest import Shop, ghn, ghtk, viettel


def events(shop: Shop) -> int:
    from addons.shipping.models import ShipmentEvent

    with shop.world.session(shop.tenant) as session:
        return session.scalar(select(func.count(ShipmentEvent.id))) or 0


@pytest.mark.parametrize(
    ("carrier", "tell", "way", "last"),
    [
        (
            "ghn",
            ghn,
            ("picked", "delivering", "delivery_fail", "return", "returned"),
            {"Reason": "Khách từ chối nhận hàng"},
        ),
        ("ghtk", ghtk, (3, 4, 9, 20, 21), {"reason": "Khách từ chối nhận hàng"}),
        ("viettel", viettel, (105, 500, 507, 505, 504), {"NOTE": "Khách từ chối nhận hàng"}),
    ],
)
@pytest.mark.req("BOO-03", "BOO-29")
def test_a_carrier_tells_a_parcels_way_to_the_completed_return(
    shop: Shop, carrier: str, tell: Any, way: Any, last: dict[str, str]
) -> None:
    order = shop.order()
    parcel = shop.parcel(order, "GA1", carrier)
    address = shop.address(carrier)
    calls = [tell("GA1", code, f"{9 + hour:02d}:00:00", **(last if hour == 2 else {})) for hour, code in enumerate(way)]
    assert shop.order_state(order) == "confirmed"
    for call in calls[:2]:
        assert shop.call(address, call).status_code == 200
    assert shop.order_state(order) == "delivering"
    for call in [calls[4], calls[2], calls[4], calls[3], calls[0]]:  # late, twice, out of order
        assert shop.call(address, call).status_code == 200
    stands = shop.parcel_now(parcel)
    assert (stands.state, stands.cause, stands.was_handed_over) == ("returned", "refused", True)
    assert stands.moved_at == datetime(2026, 11, 20, 6, 0, tzinfo=UTC)  # 13:00 in Vietnam
    assert stands.fee in {22_000, 25_000, 27_000}
    assert events(shop) == 5
    assert shop.order_state(order) == "returned"

    page = shop.world.client(shop.seller).get(f"/shipping/of-order/{order}").text
    assert "Came back" in page
    assert "từ chối nhận" in page
    detail = shop.world.client(shop.seller).get(f"/shipping/shipments/{parcel}?tab=events").text
    assert detail.count('class="set"') == 5
    returns = shop.world.client(shop.seller).get("/shipping/shipments/?tab=returned").text
    assert "GA1" in returns
    assert "Customer refused it" in returns


def test_every_order_of_arrival_ends_the_same(shop: Shop) -> None:
    told = [ghn("X", "picked", "08:00:00"), ghn("X", "returned", "10:00:00"), ghn("X", "delivering", "09:00:00")]
    address = shop.address("ghn")
    for number, calls in enumerate(permutations(told)):
        parcel = shop.parcel(shop.order(), f"GA{number}")
        for call in calls:
            assert shop.call(address, {**call, "OrderCode": f"ga{number}"}).status_code == 200
        assert shop.parcel_now(parcel).state == "returned"


@pytest.mark.engine("sqlite")
def test_only_who_knows_the_secret_of_the_address_is_heard(shop: Shop) -> None:
    shop.parcel(shop.order(), "GA1")
    path, secret = shop.address("ghn")
    other = shop.address("viettel")
    call = ghn("GA1", "picked")
    for wrong in ((path, ""), (path, "x"), (path, secret[:-1]), (path, "ợ"), (other[0], secret)):
        assert shop.call(wrong, call).status_code == 403, wrong
    for nowhere in ("/hooks/ghn/x", f"{path}x", path[:-1], path.replace("/ghn/", "/ghtk/")):
        assert shop.call((nowhere, secret), call).status_code == 404, nowhere
    assert shop.world.client().get(path).status_code == 405
    assert events(shop) == 0
    former = (path, secret)
    path, secret = shop.address("ghn")
    assert shop.call(former, call).status_code == 404  # given up
    assert shop.call((path, secret), call).status_code == 200
    page = shop.world.client(shop.manager).get("/shipping/carriers").text
    assert f"{path}?hash={secret}" in page
    assert shop.world.client(shop.seller).get("/shipping/carriers").status_code == 403
    assert shop.world.client(shop.manager).post("/shipping/carriers/ghn/close").status_code == 303
    assert shop.call((path, secret), call).status_code == 404
    from core.tenancy.services import disable_addon

    address = shop.address("ghtk")
    with shop.world.session(shop.tenant) as session:
        disable_addon(session, "shipping")
    assert shop.call(address, ghtk("GA1", 3)).status_code == 404


@pytest.mark.engine("sqlite")
def test_what_cannot_be_read_is_refused_and_what_is_unknown_is_kept_and_shown(shop: Shop) -> None:
    order = shop.order()
    parcel = shop.parcel(order, "GA1")
    path, secret = shop.address("ghn")
    client = shop.world.client()
    for body in (
        b"",
        b"{",
        b"[]",
        b"[" * 5_000,
        b'{"Status": "picked"}',
        b'{"OrderCode": "GA1", "Status": "picked", "Time": "x"}',
    ):
        assert client.post(f"{path}?hash={secret}", data=body, csrf=False).status_code == 422, body
    assert client.post(f"{path}?hash={secret}", data=b"x" * 70_000, csrf=False).status_code == 413
    assert shop.call(shop.address("viettel"), {"DATA": []}).status_code == 422
    assert events(shop) == 0

    assert shop.call((path, secret), ghn("GA1", "picked", "08:00:00")).status_code == 200
    assert shop.call((path, secret), ghn("GA1", "mystery <b>", "09:00:00")).status_code == 200
    stands = shop.parcel_now(parcel)
    assert (stands.state, stands.unknown_code) == ("picked_up", "mystery <b>")
    page = shop.world.client(shop.seller).get(f"/shipping/of-order/{order}").text
    assert "Unknown: mystery &lt;b&gt;" in page
    assert "GA1" in shop.world.client(shop.seller).get("/shipping/shipments/?tab=odd").text


@pytest.mark.req("BOO-03")
def test_a_part_that_comes_back_is_no_return(shop: Shop) -> None:
    order = shop.order()
    parcel, address = shop.parcel(order, "S1.8", "ghtk"), shop.address("ghtk")
    assert shop.call(address, ghtk("S1.8", 3, "08:00:00")).status_code == 200
    assert shop.call(address, ghtk("S1.8", 21, "10:00:00", return_part_package=1)).status_code == 200
    assert shop.parcel_now(parcel).state == "partly"
    assert shop.order_state(order) == "done"


def test_a_waybill_finds_its_order_by_our_number_or_waits_for_it(shop: Shop) -> None:
    from addons.order.models import Order
    from addons.shipping.models import Shipment

    known, unknown = shop.order(), shop.order()
    address = shop.address("ghn")
    with shop.world.session(shop.tenant) as session:
        number = session.need(Order, known).number
    assert shop.call(address, ghn("AUTO", "picked", ClientOrderCode=number)).status_code == 200
    with shop.world.session(shop.tenant) as session:
        made = session.scalars(select(Shipment).where(Shipment.waybill == "AUTO")).one()
        assert (made.order_id, made.state, made.cod_amount) == (known, "picked_up", 350_000)
    assert shop.call(address, ghn("LATER", "delivered", ClientOrderCode="DH-không-có")).status_code == 200
    assert "LATER" in shop.world.client(shop.manager).get("/shipping/carriers").text
    parcel = shop.parcel(unknown, "LATER")
    assert shop.parcel_now(parcel).state == "delivered"
    assert shop.order_state(unknown) == "done"
    assert "LATER" not in shop.world.client(shop.manager).get("/shipping/carriers").text
    stranger = shop.world.tenant()
    assert shop.world.client(shop.world.user(stranger, "shipping.read", "order.view_all")).get(
        f"/shipping/shipments/{parcel}").status_code == 404  # fmt: skip


@pytest.mark.engine("sqlite")
def test_staff_enter_and_judge_what_no_carrier_tells(shop: Shop) -> None:
    order = shop.order()
    client, path = shop.world.client(shop.seller), f"/shipping/of-order/{order}/new"
    assert (
        client.post(f"/shipping/of-order/{shop.order(confirmed=False)}/new", data={"carrier": "own"}).status_code == 422
    )
    assert client.post(path, data={"carrier": "ghn", "waybill": ""}).status_code == 422
    assert client.post(path, data={"carrier": "dhl", "waybill": "X"}).status_code == 422
    parcel = shop.parcel(order, "TAY-1", "own")
    again = client.post(path, data={"carrier": "own", "waybill": "tay-1"})
    assert again.status_code == 409 or "already" in again.text
    enter = f"/shipping/shipments/{parcel}/enter"
    for wrong in (
        {"state": ""},
        {"state": "eaten"},
        {"state": "returned", "day": "01/01/2999"},
        {"state": "returned", "day": "x"},
    ):
        assert client.post(enter, data=wrong).status_code == 422, wrong
    assert client.post(enter, data={"state": "delivering"}).status_code == 303
    assert shop.order_state(order) == "delivering"
    sent = {"state": "returned", "cause": "absent", "reason": "Không ai nhận"}
    assert client.post(enter, data=sent).status_code == 303
    assert (shop.parcel_now(parcel).state, shop.parcel_now(parcel).cause) == ("returned", "absent")
    assert client.post(f"/shipping/shipments/{parcel}/cause", data={"cause": "shop"}).status_code == 303
    assert shop.parcel_now(parcel).real_cause == "shop"
    reader = shop.world.user(shop.tenant, "shipping.read", "order.read", "order.view_all")
    assert shop.world.client(reader).post(enter, data={"state": "lost"}).status_code == 403
    assert shop.world.client(shop.world.user(shop.tenant, "shipping.read", "order.read")).get(
        f"/shipping/shipments/{parcel}").status_code == 404  # fmt: skip


def test_the_seller_is_told_once_of_a_parcel_of_which_nothing_is_heard(shop: Shop) -> None:
    from core.jobs import enqueue
    from core.notifications.models import Notification

    shop.parcel(shop.order(), "IM-LANG")
    shop.parcel(shop.order(), "DA-XONG")
    address, begin = shop.address("ghn"), datetime.now(UTC)
    assert shop.call(address, ghn("DA-XONG", "delivered")).status_code == 200

    def notices(days: float) -> int:
        with time_machine.travel(begin + timedelta(days=days), tick=True):
            with shop.world.session(shop.tenant) as session:
                enqueue(session, "shipping.find_stale")
            with shop.world.app.app_context():
                run_due_jobs()
        with shop.world.session(shop.tenant) as session:
            mine = Notification.user_id == shop.seller.id, Notification.title.contains("Nothing is heard")
            return session.scalar(select(func.count(Notification.id)).where(*mine)) or 0

    assert notices(4.9) == 0
    assert notices(5.1) == 1
    assert notices(6.1) == 1
