"""What other addons may call."""

from __future__ import annotations

from addons.order.services import create_order, move_order
from addons.order.workflows import ORDER

__all__ = ["ORDER", "create_order", "move_order"]
