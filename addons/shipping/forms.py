"""The forms of a parcel. What is wrong is judged by the services."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from addons.shipping.carriers import CARRIER_NAMES, OWN
from addons.shipping.standing import ReturnCause, ShipmentState
from core.clock import local_zone
from core.i18n import translator
from core.web.forms import ChoiceField, DateField, Form, MoneyField, Required, StringField, TimeField

_ = translator(__name__)

STATES = {
    ShipmentState.CREATED: _("Waits for pick-up"),
    ShipmentState.CANCELLED: _("Cancelled"),
    ShipmentState.PICKED_UP: _("Picked up"),
    ShipmentState.DELIVERING: _("On the way"),
    ShipmentState.FAILED: _("Delivery failed"),
    ShipmentState.DELIVERED: _("Delivered"),
    ShipmentState.PARTLY: _("Delivered in part"),
    ShipmentState.RETURNING: _("Coming back"),
    ShipmentState.RETURNED: _("Came back"),
    ShipmentState.LOST: _("Lost or damaged"),
}
STATE_TONES = {
    ShipmentState.CREATED: "grey",
    ShipmentState.CANCELLED: "grey",
    ShipmentState.PICKED_UP: "blue",
    ShipmentState.DELIVERING: "blue",
    ShipmentState.FAILED: "amber",
    ShipmentState.DELIVERED: "green",
    ShipmentState.PARTLY: "teal",
    ShipmentState.RETURNING: "orange",
    ShipmentState.RETURNED: "red",
    ShipmentState.LOST: "red",
}
CAUSES = {
    ReturnCause.REFUSED: _("Customer refused it"),
    ReturnCause.ABSENT: _("Customer was not reached"),
    ReturnCause.CARRIER: _("The carrier's fault"),
    ReturnCause.SHOP: _("The shop's fault"),
    ReturnCause.UNKNOWN: _("Not known"),
}
NAMES = {**CARRIER_NAMES, OWN: _("Own delivery")}


class ShipmentForm(Form):
    """A parcel of an order."""

    carrier = ChoiceField(_("Carrier"), [Required()], choices=list(NAMES.items()))
    waybill = StringField(_("Waybill"), description=_("Own delivery gets a number by itself."))
    cod_amount = MoneyField(_("Collect on delivery (COD)"))


class EventForm(Form):
    """What staff know of a parcel."""

    state = ChoiceField(_("State"), [Required()], choices=list(STATES.items()))
    day = DateField(_("Day"), description=_("Empty: now."))
    time = TimeField(_("Time"))
    cause = ChoiceField(_("Cause of the return"), choices=list(CAUSES.items()), blank=_("Does not matter"))
    reason = StringField(_("Reason"))

    def moment(self) -> datetime | None:
        """When it happened; None for now."""
        if self.day.data is None:
            return None
        at = self.time.data
        return datetime.combine(self.day.data, at if at else datetime.min.time(), tzinfo=local_zone())

    def fields(self) -> dict[str, Any]:
        """What the service takes."""
        return {
            "state": self.state.data,
            "at": self.moment(),
            "cause": self.cause.data or "",
            "reason": self.reason.data or "",
        }


class CauseForm(Form):
    """Whose doing a return is."""

    cause = ChoiceField(_("Cause of the return"), choices=list(CAUSES.items()), blank=_("As the carrier says"))
