"""The states of the documents, and the steps between them."""

from __future__ import annotations

from addons.order.models import ContractState, InvoiceState, OrderState, PaymentState, QuotationState
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

QUOTATION = Workflow(
    (
        State(QuotationState.DRAFT, _("Draft"), "grey"),
        State(QuotationState.SENT, _("Sent"), "blue"),
        State(QuotationState.ACCEPTED, _("Accepted"), "green"),
        State(QuotationState.REJECTED, _("Rejected"), "red"),
    ),
    (
        Transition(
            "send",
            _("Mark as sent"),
            (QuotationState.DRAFT,),
            QuotationState.SENT,
            "order.confirm",
            icon="send",
            is_primary=True,
        ),
        Transition(
            "accept",
            _("Accepted"),
            (QuotationState.SENT,),
            QuotationState.ACCEPTED,
            "order.confirm",
            icon="circle-check",
        ),
        Transition(
            "cancel",
            _("Rejected"),
            (QuotationState.DRAFT, QuotationState.SENT),
            QuotationState.REJECTED,
            "order.confirm",
            icon="x",
            asks_reason=True,
            place="menu",
        ),
        Transition(
            "reopen",
            _("Back to draft"),
            (QuotationState.SENT, QuotationState.REJECTED),
            QuotationState.DRAFT,
            "order.confirm",
            icon="pencil",
            place="menu",
        ),
    ),
)
CONTRACT = Workflow(
    (
        State(ContractState.DRAFT, _("Draft"), "grey"),
        State(ContractState.APPROVED, _("Approved"), "green"),
        State(ContractState.CLOSED, _("Closed"), "blue"),
        State(ContractState.CANCELLED, _("Cancelled"), "red"),
    ),
    (
        Transition(
            "approve",
            _("Approve"),
            (ContractState.DRAFT,),
            ContractState.APPROVED,
            "order.approve_contracts",
            icon="check",
            is_primary=True,
        ),
        Transition(
            "close",
            _("Close the contract"),
            (ContractState.APPROVED,),
            ContractState.CLOSED,
            "order.approve_contracts",
            icon="lock",
            place="menu",
        ),
        Transition(
            "cancel",
            _("Cancel it"),
            (ContractState.DRAFT, ContractState.APPROVED),
            ContractState.CANCELLED,
            "order.approve_contracts",
            icon="x",
            asks_reason=True,
            place="menu",
        ),
    ),
)
IN_FORCE = (ContractState.APPROVED, ContractState.CLOSED)
"""States whose contracts count for the tiers (TIE-07) and can expire (CUS-083)."""

INVOICE = Workflow(
    (
        State(InvoiceState.DRAFT, _("Draft"), "grey"),
        State(InvoiceState.ISSUED, _("Issued"), "blue"),
        State(InvoiceState.CANCELLED, _("Cancelled"), "red"),
    ),
    (
        Transition(
            "issue",
            _("Issue"),
            (InvoiceState.DRAFT,),
            InvoiceState.ISSUED,
            "order.issue_invoices",
            icon="check",
            is_primary=True,
        ),
        Transition(
            "cancel",
            _("Cancel it"),
            (InvoiceState.DRAFT, InvoiceState.ISSUED),
            InvoiceState.CANCELLED,
            "order.issue_invoices",
            icon="x",
            asks_reason=True,
            place="menu",
        ),
    ),
)
PAYMENT = Workflow(
    (
        State(PaymentState.DRAFT, _("Not confirmed"), "amber"),
        State(PaymentState.CONFIRMED, _("Confirmed"), "green"),
        State(PaymentState.CANCELLED, _("Cancelled"), "red"),
    ),
    (
        Transition(
            "confirm",
            _("Confirm"),
            (PaymentState.DRAFT,),
            PaymentState.CONFIRMED,
            "order.confirm_payments",
            icon="check",
            is_primary=True,
        ),
        Transition(
            "cancel",
            _("Cancel it"),
            (PaymentState.DRAFT, PaymentState.CONFIRMED),
            PaymentState.CANCELLED,
            "order.confirm_payments",
            icon="x",
            asks_reason=True,
            place="menu",
        ),
    ),
)
