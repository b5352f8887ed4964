"""What other addons tell boom: how many orders of a customer went out, and which came back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from addons.boom.rates import Cause, Counts
from core.contributions import Point
from core.db import ActorSession

__all__ = ["Cause", "Counts", "OrderSource", "ReturnedOrder", "order_sources"]


@dataclass(frozen=True, slots=True)
class ReturnedOrder:
    """An order that came back to the shop, all of it. ``value`` is in đồng, ``url`` its page."""

    id: UUID
    code: str
    returned_on: date
    carrier: object = ""
    waybill: str = ""
    cause: Cause = Cause.UNKNOWN
    reason: str = ""
    value: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True)
class OrderSource:
    """The application that knows where orders are contributes one. Without it a report stays in the own shop.

    ``list_returned(session, customer_id)`` are the customer's completed returns, the newest first: they prove reports.
    ``count(session, customer_ids, only_finished)`` counts orders that a carrier took and those of them that came back (BOO-03);
    customers without any are left out. ``list_customers(session, after, limit)`` are customers with such orders by their ids.
    The session of the last two is the system's.
    """

    list_returned: Callable[[ActorSession, UUID], Sequence[ReturnedOrder]]
    count: Callable[[ActorSession, Sequence[UUID], bool], Mapping[UUID, Counts]] = lambda session, ids, finished: {}
    list_customers: Callable[[ActorSession, UUID | None, int], Sequence[UUID]] = lambda session, after, limit: ()


order_sources = Point("boom.order_sources", OrderSource)
