"""Customers of the demonstration business at every level and edge, with the parcels that put them there."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from addons.boom.models import BoomCustomer, Reason
from addons.boom.queries import list_returned
from addons.boom.services import report_customer
from addons.customer.api import enter_customer
from addons.customer.models import Customer
from addons.order.api import create_order, move_order
from addons.shipping.api import create_shipment, enter_event
from core.access.models import Group
from core.access.services import add_group_members
from core.clock import now
from core.db import ActorSession
from core.demo.business import Duty, employees_with
from core.demo.marking import demo_data

GROUPS: dict[Duty, str] = {
    "administrator": "boom.owner",
    "manager": "boom.owner",
    "seller": "boom.seller",
    "accountant": "boom.seller",
}

CASES = (
    ("Đỗ Văn Thấp", "0901000001", 3, 12),
    ("Phan Thị Sát Mép", "0901000002", 3, 13),
    ("Hồ Minh Trung", "0901000003", 3, 6),
    ("Lý Quốc Cao", "0901000004", 3, 4),
    ("Tạ Thị Hoàn", "0901000005", 3, 3),
    ("Mai Văn Hai", "0901000006", 2, 2),
    ("Chu Thị Mới", "0901000007", 0, 0),
)
"""Name, phone, returns, deliveries: the edges of BOO-02 and BOO-09 to BOO-11 that few parcels reach."""

CAUSES = (("refused", "Khách từ chối nhận hàng"), ("absent", "Không liên lạc được"), ("refused", "Khách đổi ý"))


@demo_data
def load(session: ActorSession) -> None:
    """Each duty has its rights; the customers of CASES have their parcels, and one is reported."""
    if session.scalar(select(BoomCustomer.id).limit(1)) is not None:
        return
    for duty, key in GROUPS.items():
        group = session.scalars(select(Group).where(Group.shipped_key == key)).one()
        add_group_members(session, group, [user.id for user in employees_with(session, duty)])
    seller = employees_with(session, "seller")[0]
    for name, phone, returns, deliveries in CASES:
        customer = enter_customer(session, name=name, phone=phone, owner_id=seller.id)
        for number in range(deliveries):
            _send(session, customer, seller.id, number, came_back=number < returns)
        if (returns, deliveries) == (3, 4):
            proof = list_returned(session, customer.id)[0]
            report_customer(
                session, customer, reason=Reason.REFUSED, content="Ba lần đặt hàng rồi không nhận.", order_id=proof.id
            )


def _send(session: ActorSession, customer: Customer, seller_id: object, number: int, *, came_back: bool) -> None:
    line = {"name": "Bộ lõi lọc nước", "quantity": Decimal(1), "price": 350_000}
    order = create_order(session, customer_id=customer.id, seller_id=seller_id, cod_amount=350_000, lines=[line])  # type: ignore[arg-type, list-item]
    move_order(session, order, "confirm")
    parcel = create_shipment(session, order, carrier="own")
    sent = now() - timedelta(days=3 * number + 4)
    enter_event(session, parcel, state="picked_up", at=sent)
    cause, reason = CAUSES[number % len(CAUSES)]
    if came_back:
        enter_event(session, parcel, state="failed", at=sent + timedelta(days=1), cause=cause, reason=reason)
        enter_event(session, parcel, state="returned", at=sent + timedelta(days=3))
    else:
        enter_event(session, parcel, state="delivered", at=sent + timedelta(days=2))
