"""Routes beside those of the resources: the steps of the documents, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from addons.order import billing, contracts, quotations, services
from addons.order.entry import read_buyer, read_sums
from addons.order.forms import OrderForm, ReasonForm
from addons.order.models import Contract, Invoice, Order, Payment, Quotation, discount_reason
from addons.order.workflows import CONTRACT, INVOICE, ORDER, PAYMENT, QUOTATION
from core.errors import DomainError
from core.exchange.downloads import send_pdf
from core.i18n import translator
from core.kernel import current_session
from core.phone import format_phone
from core.web import AddonViews, redirect_to, render, toast
from core.workflows import Workflow

_ = translator(__name__)

views = AddonViews(__name__)

STEP = "/<uuid:id>/steps/<step>"
BOTH = ("GET", "POST")


@views.route(f"/quotations{STEP}", methods=BOTH, permission=QUOTATION.permissions)
def quotation_step(id: UUID, step: str) -> ResponseReturnValue:
    """Take a step of a quotation's workflow; a GET asks for the reason where one is needed."""
    return _step(Quotation, "quotation", QUOTATION, quotations.move_quotation, id, step)


@views.route(f"/orders{STEP}", methods=BOTH, permission=ORDER.permissions)
def order_step(id: UUID, step: str) -> ResponseReturnValue:
    """The same of an order."""
    return _step(Order, "order", ORDER, services.move_order, id, step)


@views.route(f"/contracts{STEP}", methods=BOTH, permission=CONTRACT.permissions)
def contract_step(id: UUID, step: str) -> ResponseReturnValue:
    """The same of a contract."""
    return _step(Contract, "contract", CONTRACT, contracts.move_contract, id, step)


@views.route(f"/invoices{STEP}", methods=BOTH, permission=INVOICE.permissions)
def invoice_step(id: UUID, step: str) -> ResponseReturnValue:
    """The same of an invoice."""
    return _step(Invoice, "invoice", INVOICE, billing.move_invoice, id, step)


@views.route(f"/payments{STEP}", methods=BOTH, permission=PAYMENT.permissions)
def payment_step(id: UUID, step: str) -> ResponseReturnValue:
    """The same of a payment."""
    return _step(Payment, "payment", PAYMENT, billing.move_payment, id, step)


@views.post("/quotations/<uuid:id>/order", permission="order.create")
def order_of(id: UUID) -> ResponseReturnValue:
    """Make an order of a quotation."""
    return _made("orders", quotations.order_of_quotation(current_session(), id))


@views.post("/quotations/<uuid:id>/contract", permission="order.create_contracts")
def contract_of_quotation(id: UUID) -> ResponseReturnValue:
    """Make a contract of a quotation."""
    return _made("contracts", contracts.contract_of_quotation(current_session(), id))


@views.post("/orders/<uuid:id>/contract", permission="order.create_contracts")
def contract_of_order(id: UUID) -> ResponseReturnValue:
    """Make a contract of an order."""
    return _made("contracts", contracts.contract_of_order(current_session(), id))


@views.post("/orders/<uuid:id>/invoice", permission="order.create_contracts")
def invoice_of_order(id: UUID) -> ResponseReturnValue:
    """Make an invoice of an order."""
    return _made("invoices", billing.invoice_of_order(current_session(), id))


@views.post("/contracts/<uuid:id>/invoice", permission="order.create_contracts")
def invoice_of_contract(id: UUID) -> ResponseReturnValue:
    """Make an invoice of a contract."""
    return _made("invoices", billing.invoice_of_contract(current_session(), id))


@views.post("/contracts/<uuid:id>/renew", permission="order.create_contracts")
def renewal_of(id: UUID) -> ResponseReturnValue:
    """Make the contract that goes on where this one ends (CUS-082)."""
    return _made("contracts", contracts.renew_contract(current_session(), id))


@views.get("/contracts/<uuid:id>/pay", permission="order.create_payments")
def payment_for_contract(id: UUID) -> ResponseReturnValue:
    """The form of a payment, with what is still due of a contract."""
    session = current_session()
    due = billing.read_due(session, session.need(Contract, id))
    return redirect_to(url_for("order.payments_new", contract_id=id, amount=max(due, 0)))


@views.get("/invoices/<uuid:id>/pay", permission="order.create_payments")
def payment_for_invoice(id: UUID) -> ResponseReturnValue:
    """The same of an invoice."""
    session = current_session()
    due = billing.read_due(session, session.need(Invoice, id))
    return redirect_to(url_for("order.payments_new", invoice_id=id, amount=max(due, 0)))


@views.get("/entry/buyer", permission=("order.create", "order.edit", "order.create_contracts"))
def entry_buyer() -> ResponseReturnValue:
    """Who has the number that is typed (``?phone=``), or whose begin so (BOO-16 to BOO-18)."""
    view = read_buyer(current_session(), request.args.get("phone", "")[:40])
    return render("order/buyer.html", view=view, format_phone=format_phone)


@views.post("/entry/sums", permission=("order.create", "order.edit", "order.create_contracts"))
def entry_sums() -> ResponseReturnValue:
    """What the lines of a form come to that is being typed; nothing is kept."""
    form = OrderForm()
    lines, _problems = read_sums(current_session(), form)
    reasons = [discount_reason(values["discount"], values["discount_tier"]) for values in lines.values]
    fee = form.shipping_fee.data or 0
    return render("order/sums.html", lines=lines, reasons=reasons, fee=fee, zip=zip)


def _printed(model: Any, id: UUID) -> ResponseReturnValue:
    document = current_session().need(model, id)
    from addons.order.printing import print_document  # what draws pages is loaded when somebody prints

    return send_pdf(print_document(current_session(), document), f"{document.number}.pdf")


@views.get("/quotations/<uuid:id>/print", permission="order.read")
def quotation_print(id: UUID) -> ResponseReturnValue:
    """A quotation as a PDF."""
    return _printed(Quotation, id)


@views.get("/orders/<uuid:id>/print", permission="order.read")
def order_print(id: UUID) -> ResponseReturnValue:
    """An order as a PDF."""
    return _printed(Order, id)


@views.get("/contracts/<uuid:id>/print", permission="order.read_contracts")
def contract_print(id: UUID) -> ResponseReturnValue:
    """A contract as a PDF."""
    return _printed(Contract, id)


@views.get("/invoices/<uuid:id>/print", permission="order.read_contracts")
def invoice_print(id: UUID) -> ResponseReturnValue:
    """An invoice as a PDF."""
    return _printed(Invoice, id)


def _made(kind: str, document: Any) -> ResponseReturnValue:
    toast(_("Made: %(number)s", number=document.number))
    return redirect_to(url_for(f"order.{kind}_detail", id=document.id))


def _step(
    model: Any, name: str, workflow: Workflow, move: Callable[..., None], id: UUID, step: str
) -> ResponseReturnValue:
    session = current_session()
    document = session.need(model, id)
    transition = workflow.step(step)
    form, status = ReasonForm(), 200
    back = url_for(f"order.{name}s_detail", id=id)
    if request.method == "POST":
        try:
            move(session, document, step, reason=form.reason.data or "")
        except DomainError as refused:
            if not transition.asks_reason:
                raise
            status = refused.status
            session.rollback()
            document = session.need(model, id)
            form.refuse(refused)
        else:
            toast(_("%(number)s: %(state)s", number=document.number, state=workflow.labels[document.state]))
            return redirect_to(back)
    action = url_for(f"order.{name}_step", id=id, step=step)
    words = {"title": transition.label, "name": document.number, "back": back, "action": action}
    return render("order/step.html", form=form, **words), status
