"""What staff see of shipments."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement

from addons.shipping.forms import CAUSES, NAMES, STATE_TONES, STATES
from addons.shipping.models import Shipment
from addons.shipping.queries import is_odd, is_stale, list_events
from addons.shipping.standing import OPEN, ShipmentState
from core.audit import Recorded
from core.db import Actor, ActorSession
from core.i18n import translator
from core.resources import Action, Api, ChoiceFilter, Column, DetailTab, Fact, PeriodFilter, Permissions, Resource, Tab

_ = translator(__name__)


def _in_states(*states: ShipmentState) -> Any:
    def where(actor: Actor) -> ColumnElement[bool]:
        return Shipment.state.in_(states)

    return where


def _odd(actor: Actor) -> ColumnElement[bool]:
    return is_odd()


def _stale(session: ActorSession) -> ColumnElement[bool]:
    return is_stale(session)


class Shipments(Resource[Shipment]):
    """Parcels, where they are, and why some came back."""

    model = Shipment
    name = "shipments"
    title = _("Shipments")
    one = _("shipment")
    icon = "truck-delivery"
    found_everywhere = True
    permissions = Permissions("shipping", create=None, edit=None, delete=None, export=None, import_=None)
    columns = (
        Column("waybill", _("Waybill"), kind="title", subtitle=("order_number",), avatar=False),
        Column("carrier", _("Carrier"), labels=NAMES, card=True),
        Column("state", _("State"), kind="tag", tone=STATE_TONES, labels=STATES),
        Column("cause", _("Cause"), labels=CAUSES, wide="2xl"),
        Column("reason", _("Reason"), wide="2xl"),
        Column("cod_amount", _("COD"), wide="xl"),
        Column("moved_at", _("Since"), sort=True),
        Column("order.recipient_name", _("Recipient"), optional=True),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("open", _("On the way"), where=_in_states(*sorted(OPEN))),
        Tab("failed", _("Delivery failed"), where=_in_states(ShipmentState.FAILED), is_new=True),
        Tab("returning", _("Coming back"), where=_in_states(ShipmentState.RETURNING)),
        Tab("returned", _("Returns"), where=_in_states(ShipmentState.RETURNED)),
        Tab("stale", _("Nothing heard"), where=_stale, is_new=True),
        Tab("odd", _("To look at"), where=_odd, is_new=True),
    )
    filters = (
        ChoiceFilter("carrier", _("Carrier"), Shipment.carrier, options=list(NAMES.items()), several=True),
        ChoiceFilter("state", _("State"), Shipment.state, options=list(STATES.items()), several=True),
        ChoiceFilter("cause", _("Cause"), Shipment.cause, options=list(CAUSES.items()), several=True),
        PeriodFilter("moved", _("Since"), Shipment.moved_at),
    )
    default_sort = "-moved_at"
    empty_text = _("Add a shipment on the page of an order; carriers add theirs by themselves.")
    tags = (Fact("state", kind="tag", tone=STATE_TONES, labels=STATES),)
    contacts = (Fact("order_number", icon="shopping-cart"), Fact("carrier", labels=NAMES, icon="truck-delivery"))
    facts = (
        Fact("order_number", _("Order"), kind="code"),
        Fact("waybill", _("Waybill"), kind="code"),
        Fact("moved_at", _("Since")),
        Fact("was_handed_over", _("The carrier took it")),
        Fact("cause", _("Cause, as the carrier says"), labels=CAUSES),
        Fact("cause_by_hand", _("Cause, as we know"), labels=CAUSES),
        Fact("reason", _("Reason")),
        Fact("unknown_code", _("State of the carrier that we do not know"), kind="code"),
        Fact("cod_amount", _("Collect on delivery (COD)")),
        Fact("fee", _("Fee of the carrier")),
        Fact("created_at", _("Entered")),
    )
    actions = (
        Action(_("Enter a state"), "shipping.event_enter", icon="pencil", dialog=True, primary=True),
        Action(
            _("Judge the cause"),
            "shipping.cause_judge",
            icon="flag",
            dialog=True,
            when=lambda parcel: parcel.state in {ShipmentState.RETURNED, ShipmentState.RETURNING, ShipmentState.FAILED},
        ),
        Action(_("To the order"), "shipping.order_of", icon="shopping-cart"),
    )
    detail_tabs = (
        DetailTab(
            "events",
            _("History"),
            "shipping/events.html",
            context=lambda session, parcel: {
                "events": list_events(session, parcel.id),
                "STATES": STATES,
                "STATE_TONES": STATE_TONES,
                "CAUSES": CAUSES,
            },
            order=5,
        ),
    )
    api = Api(read_only=True)


recorded = Recorded(
    "shipping_shipment",
    one=_("shipment"),
    labels={
        "order_id": _("Order"),
        "carrier": _("Carrier"),
        "waybill": _("Waybill"),
        "state": _("State"),
        "moved_at": _("Since"),
        "was_handed_over": _("The carrier took it"),
        "cause": _("Cause, as the carrier says"),
        "cause_by_hand": _("Cause, as we know"),
        "reason": _("Reason"),
        "unknown_code": _("State of the carrier that we do not know"),
        "cod_amount": _("Collect on delivery (COD)"),
        "fee": _("Fee of the carrier"),
    },
    values={"state": STATES, "cause": CAUSES, "cause_by_hand": CAUSES, "carrier": NAMES},
    links={"order_id": "order"},
)
