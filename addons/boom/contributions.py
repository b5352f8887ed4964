"""What other addons tell boom: the returned orders of a customer, which prove a report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from core.contributions import Point
from core.db import ActorSession


@dataclass(frozen=True, slots=True)
class ReturnedOrder:
    """An order that came back to the shop, all of it."""

    id: UUID
    code: str
    returned_on: date


@dataclass(frozen=True, slots=True)
class OrderReturns:
    """``list_returned(session, customer_id)``: the customer's orders whose return is completed, the newest first."""

    list_returned: Callable[[ActorSession, UUID], Sequence[ReturnedOrder]]


order_returns = Point("boom.order_returns", OrderReturns)
"""The application that has the orders contributes one. Without it a report stays in the own shop."""
