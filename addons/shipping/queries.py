"""What is read of shipments, here and by boom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from addons.shipping.models import CarrierAccount, Shipment, ShipmentEvent
from addons.shipping.standing import OPEN
from core.clock import now
from core.db import ActorSession
from core.settings import setting


@dataclass(frozen=True, slots=True)
class Waiting:
    """A waybill that a carrier speaks of and nobody has entered."""

    carrier: str
    waybill: str
    at: datetime
    events: int


def list_of_order(session: ActorSession, order_id: UUID) -> Sequence[Shipment]:
    """The parcels of an order, the newest first."""
    query = (
        select(Shipment).where(Shipment.order_id == order_id).order_by(Shipment.created_at.desc(), Shipment.id.desc())
    )
    return session.scalars(query).all()


def list_events(session: ActorSession, shipment_id: UUID) -> Sequence[ShipmentEvent]:
    """What was told of a parcel, the newest first by the carrier's clock."""
    query = select(ShipmentEvent).where(ShipmentEvent.shipment_id == shipment_id)
    return session.scalars(query.order_by(ShipmentEvent.at.desc(), ShipmentEvent.id.desc())).all()


def list_accounts(session: ActorSession) -> dict[str, CarrierAccount]:
    """The open addresses by carrier."""
    return {each.carrier: each for each in session.scalars(select(CarrierAccount))}


def list_waiting(session: ActorSession) -> list[Waiting]:
    """Waybills that nobody has entered, the newest first."""
    latest = func.max(ShipmentEvent.at)
    query = (
        select(ShipmentEvent.carrier, ShipmentEvent.waybill, latest, func.count(ShipmentEvent.id))
        .where(ShipmentEvent.shipment_id.is_(None))
        .group_by(ShipmentEvent.carrier, ShipmentEvent.waybill)
        .order_by(latest.desc())
        .limit(50)
    )
    return [Waiting(*row) for row in session.execute(query)]


def is_stale(session: ActorSession) -> ColumnElement[bool]:
    """Parcels that are on the way and of which nothing was heard for the set days."""
    days: int = setting("shipping.stale_days", session=session)
    return Shipment.state.in_(OPEN) & (Shipment.moved_at < now() - timedelta(days=days))


def is_odd() -> ColumnElement[bool]:
    """Parcels that somebody should look at: lost, or the carrier's latest word is unknown to us."""
    return or_(Shipment.state == "lost", Shipment.unknown_code != "")
