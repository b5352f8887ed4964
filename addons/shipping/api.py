"""What other addons may call."""

from __future__ import annotations

from addons.shipping.forms import NAMES as CARRIER_NAMES
from addons.shipping.services import create_shipment, enter_event
from addons.shipping.standing import OPEN, ReturnCause, ShipmentState

__all__ = ["CARRIER_NAMES", "OPEN", "ReturnCause", "ShipmentState", "create_shipment", "enter_event"]
