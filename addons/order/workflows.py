"""The states of the documents, and the steps between them."""

from __future__ import annotations

from addons.order.models import OrderState
from core.i18n import translator
from core.workflows import State, Transition, Workflow

_ = translator(__name__)

ORDER = Workflow(
    (
        State(OrderState.DRAFT, _("Draft"), "grey"),
        State(OrderState.CONFIRMED, _("Confirmed"), "blue"),
        State(OrderState.DELIVERING, _("On the way"), "amber"),
        State(OrderState.DONE, _("Delivered"), "green"),
        State(OrderState.RETURNED, _("Came back"), "orange"),
        State(OrderState.CANCELLED, _("Cancelled"), "red"),
    ),
    (
        Transition(
            "confirm",
            _("Confirm"),
            (OrderState.DRAFT,),
            OrderState.CONFIRMED,
            "order.confirm",
            icon="check",
            is_primary=True,
        ),
        Transition(
            "deliver",
            _("Hand over for delivery"),
            (OrderState.CONFIRMED,),
            OrderState.DELIVERING,
            "order.complete",
            icon="truck-delivery",
            place="menu",
        ),
        Transition(
            "complete",
            _("Delivered"),
            (OrderState.CONFIRMED, OrderState.DELIVERING),
            OrderState.DONE,
            "order.complete",
            icon="circle-check",
        ),
        Transition(
            "return",
            _("Came back"),
            (OrderState.DELIVERING, OrderState.DONE),
            OrderState.RETURNED,
            "order.complete",
            icon="arrow-back-up",
            asks_reason=True,
            place="menu",
        ),
        Transition(
            "cancel",
            _("Cancel it"),
            (OrderState.DRAFT, OrderState.CONFIRMED),
            OrderState.CANCELLED,
            "order.cancel",
            icon="x",
            asks_reason=True,
            place="menu",
        ),
        Transition(
            "reopen",
            _("Back to draft"),
            (OrderState.CONFIRMED, OrderState.CANCELLED),
            OrderState.DRAFT,
            "order.cancel",
            icon="pencil",
            place="menu",
        ),
    ),
)
SOLD = (OrderState.CONFIRMED, OrderState.DELIVERING, OrderState.DONE)
"""States whose orders are sales: they make revenue (CUS-084)."""
