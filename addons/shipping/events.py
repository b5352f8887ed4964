"""What happens to shipments."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core.events import Event


@dataclass(frozen=True, slots=True)
class ShipmentChanged(Event):
    """A parcel of the order has come into another state, or came back for another cause; its first state included."""

    shipment_id: UUID
    order_id: UUID
    before: str
    after: str
