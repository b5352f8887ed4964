"""How an order follows its parcels."""

from __future__ import annotations

from sqlalchemy import select

from addons.order.api import ORDER, move_order
from addons.order.models import Order
from addons.shipping.carriers import CARRIER_NAMES
from addons.shipping.models import Shipment
from addons.shipping.standing import OPEN, ShipmentState
from core.db import ActorSession, system

ARRIVED = {ShipmentState.DELIVERED, ShipmentState.PARTLY}


def follow(session: ActorSession, shipment: Shipment) -> None:
    """Bring the order where all its parcels together are, as far as its workflow lets it: on the way, delivered, come back.

    Whoever tells it, the order follows; a state that somebody chose by hand and that has no way on stays.
    """
    with system(session) as all_seeing:
        query = select(Shipment.state, Shipment.was_handed_over).where(Shipment.order_id == shipment.order_id)
        parcels = [row for row in all_seeing.execute(query) if row.state != ShipmentState.CANCELLED]
        order = all_seeing.find(Order, shipment.order_id)
        if order is None:
            return
        told = (
            f"{CARRIER_NAMES.get(shipment.carrier, '')} {shipment.waybill}: {shipment.reason or shipment.state}".strip()
        )
        for step in _steps([(ShipmentState(row.state), row.was_handed_over) for row in parcels]):
            if ORDER.may_take(all_seeing.actor, order, step):
                move_order(all_seeing, order, step, reason=told)


def _steps(parcels: list[tuple[ShipmentState, bool]]) -> list[str]:
    """The steps of the order's workflow that lead to where its parcels are; those that it has taken are passed over."""
    states = {state for state, _handed_over in parcels}
    if not any(handed_over for _state, handed_over in parcels):
        return []
    if states == {ShipmentState.RETURNED}:
        return ["deliver", "return"]
    if states & ARRIVED and not states & OPEN:
        return ["complete"]
    return ["deliver"]
