"""A shop with confirmed orders, and carriers that call."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from core.testing.databases import AddonSet
from core.testing.world import World

SELLER = (
    "customer.read", "customer.create", "customer.view_all", "order.read", "order.create", "order.confirm",
    "shipping.read", "shipping.manage",
)  # fmt: skip
MANAGER = (
    *SELLER,
    "order.view_all",
    "order.complete",
    "order.cancel",
    "shipping.manage_carriers",
    "core.manage_settings",
)

DAY = "2026-11-20"


def ghn(waybill: str, status: str, time: str = "09:00:00", **more: Any) -> dict[str, Any]:
    """A call of GHN, in the documented shape."""
    return {
        "OrderCode": waybill, "ClientOrderCode": "", "Status": status, "Time": f"{DAY}T{time}+07:00", "Reason": "",
        "ReasonCode": "", "CODAmount": 350_000, "Fee": {"MainService": 22_000}, "TotalFee": 22_000, "ShopID": 81_558,
        "Type": "switch_status", "Warehouse": "Bưu Cục 229 Quan Nhân", "Weight": 500, **more,
    }  # fmt: skip


def ghtk(waybill: str, status: int, time: str = "09:00:00", **more: Any) -> dict[str, str]:
    """The form of a call of GHTK."""
    sent = {
        "partner_id": "", "label_id": waybill, "status_id": status, "action_time": f"{DAY}T{time}+07:00", "reason_code": "",
        "reason": "", "weight": "0.5", "fee": 25_000, "pick_money": 350_000, "return_part_package": 0, **more,
    }  # fmt: skip
    return {name: str(value) for name, value in sent.items()}


def viettel(waybill: str, status: int, time: str = "09:00:00", **more: Any) -> dict[str, Any]:
    """A call of Viettel Post."""
    return {
        "DATA": {
            "ORDER_NUMBER": waybill, "ORDER_REFERENCE": "", "ORDER_STATUSDATE": f"20/11/2026 {time}", "ORDER_STATUS": status,
            "STATUS_NAME": "Cập nhật", "LOCALION_CURRENTLY": "BC Hà Đông", "NOTE": "", "MONEY_COLLECTION": 350_000,
            "MONEY_TOTALFEE": 27_000, **more,
        },
        "TOKEN": "không dùng",
    }  # fmt: skip


@dataclass
class Shop:
    """One business and the addresses that its carriers call."""

    world: World
    tenant: Any
    seller: Any
    manager: Any

    def order(self, phone: str = "0912 345 678", *, confirmed: bool = True, by: Any = None) -> UUID:
        """A confirmed order of 350.000 đ to collect."""
        from addons.order.services import create_order, move_order

        with self.world.session(self.tenant, by or self.seller) as session:
            line = {"name": "Lõi lọc", "quantity": Decimal(1), "price": 350_000}
            fields = {"phone": phone, "recipient_name": "Trần Văn Nhận", "cod_amount": 350_000, "lines": [line]}
            order = create_order(session, **fields)  # type: ignore[arg-type]
            if confirmed:
                move_order(session, order, "confirm")
            return order.id

    def parcel(self, order_id: UUID, waybill: str = "W1", carrier: str = "ghn") -> UUID:
        """A parcel of the order, entered on its page."""
        from sqlalchemy import select

        from addons.shipping.models import Shipment

        sent = {"carrier": carrier, "waybill": waybill, "cod_amount": "350000"}
        made = self.world.client(self.seller).post(f"/shipping/of-order/{order_id}/new", data=sent)
        assert made.status_code == 303, made.text
        with self.world.session(self.tenant) as session:
            return session.scalars(select(Shipment.id).where(Shipment.waybill == waybill)).one()

    def parcel_now(self, id: UUID) -> Any:
        """The parcel as it is."""
        from addons.shipping.models import Shipment

        with self.world.session(self.tenant) as session:
            found = session.need(Shipment, id)
            session.expunge_all()
            return found

    def order_state(self, id: UUID) -> str:
        from addons.order.models import Order

        with self.world.session(self.tenant) as session:
            return str(session.need(Order, id).state)

    def address(self, carrier: str) -> tuple[str, str]:
        """Path with query, and secret, of a newly opened address."""
        from sqlalchemy import select

        from addons.shipping.models import CarrierAccount
        from addons.shipping.services import secret_of
        from core.web.webhooks import webhook_address

        assert self.world.client(self.manager).post(f"/shipping/carriers/{carrier}/open").status_code == 303
        with self.world.session(self.tenant) as session:
            account = session.scalars(select(CarrierAccount).where(CarrierAccount.carrier == carrier)).one()
            return urlsplit(webhook_address(f"shipping.{carrier}", self.tenant.id, account.id)).path, secret_of(account)

    def call(self, address: tuple[str, str], sent: dict[str, Any]) -> Any:
        """What a carrier's call is answered."""
        path, secret = address
        client = self.world.client()
        if "DATA" in sent:
            headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
            return client.post(path, data=json.dumps(sent), headers=headers, csrf=False)
        if "label_id" in sent:
            return client.post(f"{path}?hash={secret}", data=sent, csrf=False)
        headers = {"Content-Type": "application/json"}
        return client.post(f"{path}?hash={secret}", data=json.dumps(sent), headers=headers, csrf=False)


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("shipping",))


@pytest.fixture
def shop(world: World) -> Shop:
    tenant = world.tenant()
    seller = world.user(tenant, *SELLER, name="Lê Minh Quân")
    return Shop(world, tenant, seller, world.user(tenant, *MANAGER, name="Nguyễn Đức Thắng"))
