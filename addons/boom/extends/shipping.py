"""How many orders went out and came back: read off the parcels (BOO-03)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from addons.boom.contributions import Cause, Counts, OrderSource, ReturnedOrder, order_sources
from addons.boom.counting import recount_soon
from addons.order.models import ORDERS_PATH, Order
from addons.shipping.api import CARRIER_NAMES, OPEN, ShipmentState
from addons.shipping.models import Shipment
from core.audit.events import ChangesRecorded
from core.clock import to_local
from core.contributions import contributes
from core.db import ActorSession, system
from core.db.session import with_deleted
from core.events import on

BATCH = 500


@contributes(order_sources)
def parcels() -> OrderSource:
    return OrderSource(list_returned, count, list_customers)


def deciding(parcels: Iterable[Any]) -> Any | None:
    """The parcel that decides about its order: the last one that the carrier took and did not lose. None: it does not count.

    An order that came back and was sent again is judged by what became of the second parcel. ``parcels`` are one order's, by
    the time they were entered.
    """
    taken = [each for each in parcels if each.was_handed_over and each.state != ShipmentState.LOST]
    return taken[-1] if taken else None


def count(session: ActorSession, ids: Sequence[UUID], only_finished: bool) -> Mapping[UUID, Counts]:
    """The numbers of these customers from their parcels. Cancelled before pick-up, sold over the counter, lost: not counted."""
    deliveries: Counter[UUID] = Counter()
    causes: defaultdict[UUID, Counter[Cause]] = defaultdict(Counter)
    for start in range(0, len(ids), BATCH):
        for (customer_id, _order_id), parcels_of in _by_order(
            session, Order.customer_id.in_(ids[start : start + BATCH])
        ):
            last = deciding(parcels_of)
            if last is None or (only_finished and last.state in OPEN):
                continue
            deliveries[customer_id] += 1
            if last.state == ShipmentState.RETURNED:
                causes[customer_id][Cause(last.cause_by_hand or last.cause)] += 1
    return {id: Counts(number, causes[id].total(), dict(causes[id])) for id, number in deliveries.items()}


def list_returned(session: ActorSession, customer_id: UUID) -> Sequence[ReturnedOrder]:
    """The customer's orders that came back, as far as the actor sees them, the newest first."""
    found = []
    for _key, parcels_of in _by_order(session, Order.customer_id == customer_id):
        last = deciding(parcels_of)
        if last is not None and last.state == ShipmentState.RETURNED:
            found.append(
                ReturnedOrder(
                    last.order_id,
                    last.number,
                    to_local(last.moved_at).date(),
                    CARRIER_NAMES.get(last.carrier, ""),
                    last.waybill,
                    Cause(last.cause_by_hand or last.cause),
                    last.reason,
                    last.total,
                    f"{ORDERS_PATH}/{last.order_id}",
                )
            )
    return sorted(found, key=lambda each: each.returned_on, reverse=True)


def list_customers(session: ActorSession, after: UUID | None, limit: int) -> Sequence[UUID]:
    """Customers whose orders have parcels, by their ids."""
    query = select(Order.customer_id).join(Shipment, Shipment.order_id == Order.id).distinct()
    if after is not None:
        query = query.where(Order.customer_id > after)
    return session.scalars(query.order_by(Order.customer_id).limit(limit)).all()


def _by_order(session: ActorSession, which: Any) -> Iterable[tuple[tuple[UUID, UUID], list[Any]]]:
    columns = (
        Shipment.state, Shipment.was_handed_over, Shipment.cause, Shipment.cause_by_hand, Shipment.moved_at,
        Shipment.carrier, Shipment.waybill, Shipment.reason, Shipment.order_id,
    )  # fmt: skip
    query = (
        select(Order.customer_id, Order.number, Order.total, *columns)
        .join(Shipment, Shipment.order_id == Order.id)
        .where(which)
        .order_by(Order.customer_id, Order.id, Shipment.created_at, Shipment.id)
    )
    for key, rows in groupby(session.execute(query).all(), key=lambda row: (row.customer_id, row.order_id)):
        yield key, list(rows)


@on(ChangesRecorded)
def count_again(session: ActorSession, event: ChangesRecorded) -> None:
    """Parcels and orders that changed in any way, by whomever, have their customers counted anew."""
    ids: dict[str, set[UUID]] = {"order": set(), "shipping_shipment": set()}
    for change in event.changes:
        is_new_order = change.entity == "order" and change.action == "create"
        if change.entity in ids and change.entity_id is not None and not is_new_order:
            ids[change.entity].add(change.entity_id)
    if any(ids.values()):
        recount_soon(session, _customers_of(session, ids["order"], ids["shipping_shipment"]))


def _customers_of(session: ActorSession, order_ids: set[UUID], shipment_ids: set[UUID]) -> set[UUID]:
    """Whose they are, deleted orders included, whoever may see them."""
    of_parcels = select(Shipment.order_id).where(Shipment.id.in_(shipment_ids))
    with system(session) as all_seeing, with_deleted(all_seeing) as reader:
        query = select(Order.customer_id).where(or_(Order.id.in_(order_ids), Order.id.in_(of_parcels)))
        return set(reader.scalars(query))
