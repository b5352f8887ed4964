"""Use cases of shipments: entering them, and taking in what carriers and staff tell of them."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from addons.order.models import Order, OrderState
from addons.shipping.carriers import CARRIERS, OWN, Told
from addons.shipping.events import ShipmentChanged
from addons.shipping.models import CarrierAccount, Shipment, ShipmentEvent
from addons.shipping.orders import follow
from addons.shipping.standing import Happening, ReturnCause, ShipmentState, standing_of
from core.clock import now
from core.db import ActorSession, system, uuid7
from core.errors import Conflict, DomainError, Forbidden, Problem
from core.events import emit
from core.i18n import translator
from core.sealing import seal, unseal
from core.text import clean

_ = translator(__name__)

PURPOSE = "shipping account"
SECRET_BYTES = 24

FUTURE = timedelta(days=1)
"""A carrier's clock may be wrong; by more than this it is a slip, and the call counts as of now."""

WAYBILL = 40


def create_shipment(
    session: ActorSession, order: Order, *, carrier: str, waybill: str = "", cod_amount: int | None = None
) -> Shipment:
    """Enter a parcel of a confirmed order; what its carrier has told of this waybill already counts at once.

    Without a waybill, of one's own carrier, it gets a number. DomainError: an order that is not confirmed, an unknown carrier,
    no waybill. Conflict: the waybill is another parcel's.
    """
    _need(session)
    waybill = "".join(clean(waybill).split()).upper()
    problems = []
    if order.state in {OrderState.DRAFT, OrderState.CANCELLED}:
        problems.append(Problem("wrong_state", _("Confirm the order first.")))
    if carrier not in {*CARRIERS, OWN}:
        problems.append(Problem("required", _("Choose the carrier."), "carrier"))
    if not waybill and carrier != OWN:
        problems.append(Problem("required", _("Enter the waybill."), "waybill"))
    if len(waybill) > WAYBILL:
        problems.append(Problem("too_long", _("At most %(n)s characters.", n=WAYBILL), "waybill"))
    if problems:
        raise DomainError(*problems)
    waybill = waybill or f"{order.number}-{uuid7().hex[-4:].upper()}"[-WAYBILL:]
    if session.scalar(_of_waybill(carrier, waybill)) is not None:
        raise Conflict.of("taken", _("This waybill is entered already."), "waybill")
    return _add(session, order, carrier, waybill, order.cod_amount if cod_amount is None else cod_amount)


def take_in(session: ActorSession, carrier: str, told: Told) -> None:
    """What a carrier told: kept once, whatever it is, and the parcel stands where all of it together says.

    A waybill that nobody entered is that of the order whose number the carrier names; else it waits. Works for the system.
    """
    waybill = told.waybill.upper()
    shipment = session.scalar(_of_waybill(carrier, waybill).with_for_update())
    if shipment is None and told.reference:
        order = session.scalar(select(Order).where(Order.number == told.reference))
        if order is not None and order.state not in {OrderState.DRAFT, OrderState.CANCELLED}:
            shipment = _add(session, order, carrier, waybill, order.cod_amount)
    at = told.at if told.at <= now() + FUTURE else now()
    same = (
        ShipmentEvent.carrier == carrier,
        ShipmentEvent.waybill == waybill,
        ShipmentEvent.code == told.code,
        ShipmentEvent.at == at,
    )
    if session.scalar(select(ShipmentEvent.id).where(*same)) is None:
        session.add(
            ShipmentEvent(
                shipment_id=shipment.id if shipment else None,
                carrier=carrier,
                waybill=waybill,
                code=told.code,
                state=told.state,
                at=at,
                cause=told.cause,
                reason=told.reason,
            )
        )
        session.flush()
    if shipment is not None:
        if told.fee is not None:
            shipment.fee = told.fee
        reckon(session, shipment)


def enter_event(
    session: ActorSession,
    shipment: Shipment,
    *,
    state: str,
    at: datetime | None = None,
    cause: str = "",
    reason: str = "",
) -> None:
    """What staff know of a parcel: also of one whose carrier tells us nothing. DomainError: no state, a moment to come."""
    _need(session)
    reason = clean(reason)[:500]
    problems = []
    if state not in set(ShipmentState):
        problems.append(Problem("required", _("Choose the state."), "state"))
    if cause and cause not in set(ReturnCause):
        problems.append(Problem("required", _("Choose the cause."), "cause"))
    moment = at or now()
    if moment > now():
        problems.append(Problem("bad_moment", _("This moment is still to come."), "at"))
    if problems:
        raise DomainError(*problems)
    known = {"carrier": shipment.carrier, "waybill": shipment.waybill, "shipment_id": shipment.id}
    session.add(
        ShipmentEvent(code=f"{state} {uuid7().hex[-16:]}", state=state, at=moment, cause=cause or None, reason=reason,
                      is_by_hand=True, **known)
    )  # fmt: skip
    session.flush()
    reckon(session, shipment)


def judge_cause(session: ActorSession, shipment: Shipment, *, cause: str) -> None:
    """Staff know better why it came back; empty: as the carrier says."""
    _need(session)
    if cause and cause not in set(ReturnCause):
        raise DomainError.of("required", _("Choose the cause."), "cause")
    shipment.cause_by_hand = cause or None
    session.flush()
    emit(session, ShipmentChanged(shipment.id, shipment.order_id, shipment.state, shipment.state))


def reckon(session: ActorSession, shipment: Shipment) -> None:
    """Put the parcel where its events say; the order follows, and others hear of it."""
    events = session.scalars(select(ShipmentEvent).where(ShipmentEvent.shipment_id == shipment.id)).all()
    standing = standing_of(
        Happening(
            each.at,
            ShipmentState(each.state) if each.state else None,
            each.code,
            ReturnCause(each.cause) if each.cause else None,
            each.reason,
        )
        for each in events
    )
    values: dict[str, Any] = {
        "state": standing.state.value,
        "moved_at": standing.at or shipment.moved_at,
        "was_handed_over": standing.was_handed_over,
        "cause": standing.cause.value,
        "reason": standing.reason,
        "unknown_code": standing.unknown_code,
    }
    before = shipment.state
    changed = {name: value for name, value in values.items() if getattr(shipment, name) != value}
    for name, value in changed.items():
        setattr(shipment, name, value)
    if changed:
        shipment.told_at = None
        session.flush()
        follow(session, shipment)
        emit(session, ShipmentChanged(shipment.id, shipment.order_id, before, shipment.state))


def open_account(session: ActorSession, carrier: str) -> CarrierAccount:
    """A new address and secret for a carrier; the ones of before are worth nothing any more."""
    if not session.actor.can("shipping.manage_carriers"):
        raise Forbidden.of("forbidden", _("You may not do this."))
    if carrier not in CARRIERS:
        raise DomainError.of("required", _("Choose the carrier."), "carrier")
    former = session.scalar(select(CarrierAccount).where(CarrierAccount.carrier == carrier))
    if former is not None:
        session.delete(former)
        session.flush()
    account = CarrierAccount(carrier=carrier, secret=b"")
    session.add(account)
    account.secret = seal(secrets.token_urlsafe(SECRET_BYTES), purpose=PURPOSE, owner=str(account.id))
    session.flush()
    return account


def close_account(session: ActorSession, carrier: str) -> None:
    """Give a carrier's address up."""
    if not session.actor.can("shipping.manage_carriers"):
        raise Forbidden.of("forbidden", _("You may not do this."))
    account = session.scalar(select(CarrierAccount).where(CarrierAccount.carrier == carrier))
    if account is not None:
        session.delete(account)
        session.flush()


def secret_of(account: CarrierAccount) -> str:
    """The secret that the carrier has to send."""
    return unseal(account.secret, purpose=PURPOSE, owner=str(account.id))


def _add(session: ActorSession, order: Order, carrier: str, waybill: str, cod_amount: int) -> Shipment:
    shipment = Shipment(
        order_id=order.id,
        order_number=order.number,
        carrier=carrier,
        waybill=waybill,
        state=ShipmentState.CREATED,
        moved_at=now(),
        cod_amount=cod_amount,
    )
    session.add(shipment)
    session.flush()
    waiting = ShipmentEvent.carrier == carrier, ShipmentEvent.waybill == waybill, ShipmentEvent.shipment_id.is_(None)
    with system(session) as all_seeing:  # nobody sees events of a parcel that nobody has entered
        ids = list(all_seeing.scalars(select(ShipmentEvent.id).where(*waiting)))
        all_seeing.execute(update(ShipmentEvent).where(ShipmentEvent.id.in_(ids)).values(shipment_id=shipment.id))
    emit(session, ShipmentChanged(shipment.id, order.id, "", shipment.state))
    if ids:
        reckon(session, shipment)
    return shipment


def _of_waybill(carrier: str, waybill: str) -> Any:
    return select(Shipment).where(Shipment.carrier == carrier, Shipment.waybill == waybill)


def _need(session: ActorSession) -> None:
    if not session.actor.can("shipping.manage"):
        raise Forbidden.of("forbidden", _("You may not do this."))
