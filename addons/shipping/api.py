"""What other addons may call."""

from __future__ import annotations

from addons.shipping.standing import HANDED_OVER, ReturnCause, ShipmentState

__all__ = ["HANDED_OVER", "ReturnCause", "ShipmentState"]
