"""Use cases of invoices and payments: what is to be paid, what was paid, and what is still due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import case, func, select

from addons.customer.api import update_tiers_of
from addons.order.amounts import MAX_AMOUNT
from addons.order.documents import DocumentFields, check_amount, copied, need_draft, put_document
from addons.order.events import PaymentMoved
from addons.order.models import (
    Contract,
    Invoice,
    InvoiceState,
    Order,
    OrderState,
    Payment,
    PaymentKind,
    PaymentState,
)
from addons.order.numbering import next_number
from addons.order.workflows import IN_FORCE, INVOICE, PAYMENT
from core.clock import local_today
from core.db import ActorSession, system
from core.errors import Conflict, DomainError, Problem
from core.events import emit
from core.i18n import translator
from core.money import format_money
from core.text import clean

_ = translator(__name__)

METHODS = {"transfer": _("Bank transfer"), "cash": _("Cash"), "card": _("Card"), "cod": _("Collected by the carrier")}
"""How it was paid."""


class InvoiceFields(DocumentFields, total=False):
    """An invoice's fields, beside those of every document."""

    made_at: datetime | None
    due_on: date | None
    shipping_fee: int | None


class PaymentFields(TypedDict, total=False):
    """A payment's fields. It is for a contract or an invoice, one of the two; ``amount`` in đồng is more than 0."""

    contract_id: UUID | None
    invoice_id: UUID | None
    kind: str
    amount: int | None
    method: str
    paid_on: date | None
    payer: str | None
    note: str | None


class MoreThanDue(DomainError):
    """More than is still due, or more given back than was paid. Saying so (``confirm``) goes through for payments."""


def create_invoice(
    session: ActorSession,
    *,
    order_id: UUID | None = None,
    contract_id: UUID | None = None,
    is_agreed: bool = False,
    **fields: Unpack[InvoiceFields],
) -> Invoice:
    """Make an invoice, as a draft with its number. ``is_agreed`` takes over prices that another document has agreed."""
    invoice = Invoice(state=InvoiceState.DRAFT, order_id=order_id, contract_id=contract_id)
    put_document(
        session, invoice, fields, lambda problems: _own_of_invoice(invoice, fields, problems), is_agreed=is_agreed
    )
    return invoice


def update_invoice(session: ActorSession, invoice: Invoice, **fields: Unpack[InvoiceFields]) -> None:
    """Change a draft."""
    need_draft(invoice)
    put_document(session, invoice, fields, lambda problems: _own_of_invoice(invoice, fields, problems))


def move_invoice(session: ActorSession, invoice: Invoice, step: str, *, reason: str = "") -> None:
    """Take a step of the workflow ``INVOICE``. What money was paid for is not cancelled: it is given back first."""
    if step == "cancel" and read_paid(session, invoice):
        raise Conflict.of(
            "paid", _("%(number)s has payments: give them back or cancel them first.", number=invoice.number)
        )
    INVOICE.take(session, invoice, step, reason)
    session.flush()


def invoice_of_order(session: ActorSession, id: UUID) -> Invoice:
    """The invoice that an order becomes. Conflict where it has become one already, is a draft, or was cancelled."""
    order = session.need(Order, id, lock=True)
    if order.state in {OrderState.DRAFT, OrderState.CANCELLED}:
        raise Conflict.of("wrong_state", _("Confirm the order %(number)s first.", number=order.number))
    _need_none(session, Invoice.order_id == id, order.number)
    fee = order.shipping_fee
    return create_invoice(session, order_id=id, is_agreed=True, shipping_fee=fee, **copied(session, order))


def invoice_of_contract(session: ActorSession, id: UUID) -> Invoice:
    """The invoice that a contract becomes. Conflict where it has become one already, or is not in force."""
    contract = session.need(Contract, id, lock=True)
    if contract.state not in IN_FORCE:
        raise Conflict.of("wrong_state", _("%(number)s is not in force.", number=contract.number))
    _need_none(session, Invoice.contract_id == id, contract.number)
    return create_invoice(session, contract_id=id, is_agreed=True, **copied(session, contract))


def create_payment(session: ActorSession, *, confirm: bool = False, **fields: Unpack[PaymentFields]) -> Payment:
    """Note money that came in or was given back, not confirmed yet. MoreThanDue unless ``confirm``; DomainError with all
    that is wrong.
    """
    payment = Payment(state=PaymentState.DRAFT)
    _put_payment(session, payment, fields, confirm=confirm)
    return payment


def update_payment(
    session: ActorSession, payment: Payment, *, confirm: bool = False, **fields: Unpack[PaymentFields]
) -> None:
    """Change what is not confirmed."""
    need_draft(payment)
    _put_payment(session, payment, fields, confirm=confirm)


def move_payment(session: ActorSession, payment: Payment, step: str, *, reason: str = "") -> None:
    """Take a step of the workflow ``PAYMENT``. What is confirmed or taken back moves the customer's tier (TIE-08)."""
    target = _target(session, payment.contract_id, payment.invoice_id, lock=True)
    if step == "confirm" and payment.kind == PaymentKind.REFUND:
        _check_refund(session, target, payment.amount)
    if step == "confirm" and payment.kind == PaymentKind.PAYMENT and not payment.may_exceed:
        _check_payment(session, target, payment.amount)
    if step == "cancel" and payment.kind == PaymentKind.PAYMENT and payment.state == PaymentState.CONFIRMED:
        _check_refund(session, target, payment.amount)
    before = PAYMENT.take(session, payment, step, reason)
    session.flush()
    emit(session, PaymentMoved(payment.id, before, payment.state))
    update_tiers_of(session, [payment.customer_id])


def read_paid(session: ActorSession, document: Contract | Invoice) -> int:
    """The confirmed payments of the document less what was given back, in đồng, whoever entered them; those of a contract's
    invoices are the contract's too.
    """
    with system(session) as all_seeing:
        return all_seeing.scalar(paid_of(document)) or 0


def paid_of(document: Contract | Invoice) -> Any:
    """The statement that :func:`read_paid` asks."""
    signed = case((Payment.kind == PaymentKind.REFUND, -Payment.amount), else_=Payment.amount)
    query = select(func.sum(signed)).where(Payment.state == PaymentState.CONFIRMED)
    if isinstance(document, Invoice):
        return query.where(Payment.invoice_id == document.id)
    invoices = select(Invoice.id).where(Invoice.contract_id == document.id)
    return query.where((Payment.contract_id == document.id) | Payment.invoice_id.in_(invoices))


def read_due(session: ActorSession, document: Contract | Invoice) -> int:
    """What is still to be paid, in đồng; below 0 where too much was paid."""
    return document.total - read_paid(session, document)


def list_payments(session: ActorSession, document: Contract | Invoice) -> Sequence[Payment]:
    """The payments of a document that the actor may see, the newest first."""
    own = Payment.invoice_id if isinstance(document, Invoice) else Payment.contract_id
    query = select(Payment).where(own == document.id).order_by(Payment.paid_on.desc(), Payment.id.desc())
    return session.scalars(query).all()


def _need_none(session: ActorSession, criterion: Any, number: str) -> None:
    query = select(Invoice.number).where(criterion, Invoice.state != InvoiceState.CANCELLED)
    if invoice := session.scalar(query.limit(1)):
        raise Conflict.of(
            "converted", _("%(number)s has become the invoice %(invoice)s.", number=number, invoice=invoice)
        )


def _own_of_invoice(invoice: Invoice, fields: InvoiceFields, problems: list[Problem]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "due_on" in fields:
        values["due_on"] = fields["due_on"]
    if "shipping_fee" in fields or invoice.number is None:
        values["shipping_fee"] = check_amount(fields, "shipping_fee", _("The delivery fee"), problems)
    return values


def _put_payment(session: ActorSession, payment: Payment, fields: PaymentFields, *, confirm: bool) -> None:
    problems: list[Problem] = []
    contract_id = fields.get("contract_id", payment.contract_id)
    invoice_id = fields.get("invoice_id", payment.invoice_id)
    target: Any = None
    if (contract_id is None) is (invoice_id is None):
        problems.append(Problem("one_target", _("Choose a contract or an invoice, one of the two."), "invoice_id"))
    else:
        target = _target(session, contract_id, invoice_id)
        if target is None or target.state not in {*IN_FORCE, InvoiceState.ISSUED}:
            field = "contract_id" if contract_id else "invoice_id"
            message = _("Payments are for contracts in force and issued invoices.")
            problems.append(Problem("bad_target", message, field))
    amount = fields.get("amount", payment.amount)
    if amount is None or not 0 < amount <= MAX_AMOUNT:
        problems.append(Problem("bad_amount", _("Enter an amount of more than 0."), "amount"))
    kind = fields.get("kind") or payment.kind or PaymentKind.PAYMENT
    if kind not in set(PaymentKind):
        problems.append(Problem("bad_kind", _("This is neither a payment nor a refund."), "kind"))
    method = fields.get("method") or payment.method or next(iter(METHODS))
    if method not in METHODS:
        problems.append(Problem("bad_method", _("This way of paying does not exist."), "method"))
    if problems or target is None or amount is None:
        raise DomainError(*problems)
    if kind == PaymentKind.REFUND:
        _check_refund(session, target, amount)
    elif not confirm:
        _check_payment(session, target, amount)
    values = {
        "contract_id": contract_id,
        "invoice_id": invoice_id,
        "customer_id": target.customer_id,
        "amount": amount,
        "kind": kind,
        "method": method,
        "may_exceed": confirm,
        "paid_on": fields.get("paid_on") or payment.paid_on or local_today(),
        "payer": clean(fields.get("payer") or "")[:200] or payment.payer or target.recipient_name,
        "note": clean(fields.get("note") or "", multiline=True) or None,
    }
    for name, value in values.items():
        if getattr(payment, name) != value:
            setattr(payment, name, value)
    if payment.number is None:
        payment.number = next_number(session, Payment.__table__.c.number, "order.number_of_payments")
        session.add(payment)
    session.flush()


def _target(session: ActorSession, contract_id: UUID | None, invoice_id: UUID | None, *, lock: bool = False) -> Any:
    """What the money is for; None where the actor does not see it. The lock lets no two payments count the same due."""
    model: Any = Contract if contract_id else Invoice
    id = contract_id or invoice_id
    return session.need(model, id, lock=True) if lock else session.find(model, id)


def _check_payment(session: ActorSession, target: Any, amount: int) -> None:
    due = read_due(session, target)
    if amount > due:
        message = _("Only %(due)s is still due. Tick to enter it all the same.", due=format_money(max(due, 0)))
        raise MoreThanDue(Problem("more_than_due", message, "amount"))


def _check_refund(session: ActorSession, target: Any, amount: int) -> None:
    paid = read_paid(session, target)
    if amount > paid:
        message = _("Only %(paid)s was paid: more cannot be given back.", paid=format_money(paid))
        raise MoreThanDue(Problem("more_than_paid", message, "amount"))
