"""The parcels of an order, what staff enter of them, the carriers' addresses, and what the carriers call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue

from addons.order.models import Order
from addons.shipping import services
from addons.shipping.carriers import CARRIERS
from addons.shipping.forms import CAUSES, NAMES, STATE_TONES, STATES, CauseForm, EventForm, ShipmentForm
from addons.shipping.models import CarrierAccount, Shipment
from addons.shipping.queries import list_accounts, list_of_order, list_waiting
from core.clock import now
from core.errors import DomainError, NotFound
from core.i18n import translator
from core.kernel import current_session
from core.web import AddonViews, redirect_to, render, toast
from core.web.webhooks import WebhookCall, webhook_address

_ = translator(__name__)

views = AddonViews(__name__)


@views.get("/of-order/<uuid:id>", permission="shipping.read")
def order_tab(id: UUID) -> ResponseReturnValue:
    """The tab of an order with its parcels."""
    session = current_session()
    order = session.need(Order, id)
    words = {"STATES": STATES, "STATE_TONES": STATE_TONES, "CAUSES": CAUSES, "NAMES": NAMES}
    return render("shipping/of_order.html", order=order, shipments=list_of_order(session, id), **words)


@views.route("/of-order/<uuid:id>/new", methods=("GET", "POST"), permission="shipping.manage")
def shipment_new(id: UUID) -> ResponseReturnValue:
    """Enter a parcel of an order."""
    session = current_session()
    order = session.need(Order, id)
    form = ShipmentForm(data={"cod_amount": order.cod_amount})
    if form.validate_on_submit():
        try:
            made = services.create_shipment(
                session,
                order,
                carrier=form.carrier.data,
                waybill=form.waybill.data or "",
                cod_amount=form.cod_amount.data,
            )
            toast(_("Shipment %(waybill)s is entered.", waybill=made.waybill))
            return redirect_to(url_for("order.orders_detail", id=id))
        except DomainError as refused:
            session.rollback()
            order = session.need(Order, id)
            form.refuse(refused)
    back = url_for("order.orders_detail", id=id)
    action = url_for("shipping.shipment_new", id=id)
    return _ask(form, str(_("Add shipment")), order.number, action, back)


@views.route("/shipments/<uuid:id>/enter", methods=("GET", "POST"), permission="shipping.manage")
def event_enter(id: UUID) -> ResponseReturnValue:
    """Enter a state by hand."""
    form = EventForm()
    return _change(id, form, str(_("Enter a state")), "shipping.event_enter", lambda parcel: services.enter_event(
        current_session(), parcel, **form.fields()))  # fmt: skip


@views.route("/shipments/<uuid:id>/cause", methods=("GET", "POST"), permission="shipping.manage")
def cause_judge(id: UUID) -> ResponseReturnValue:
    """Say whose doing a return is."""
    form = CauseForm()
    return _change(id, form, str(_("Judge the cause")), "shipping.cause_judge", lambda parcel: services.judge_cause(
        current_session(), parcel, cause=form.cause.data or ""))  # fmt: skip


@views.get("/shipments/<uuid:id>/order", permission="shipping.read")
def order_of(id: UUID) -> ResponseReturnValue:
    """To the order of a parcel."""
    return redirect_to(url_for("order.orders_detail", id=current_session().need(Shipment, id).order_id))


@views.get("/carriers", permission="shipping.manage_carriers")
def carriers() -> ResponseReturnValue:
    """The addresses that the carriers call, their secrets, and waybills that nobody has entered."""
    session = current_session()
    accounts = list_accounts(session)
    lines = [(each, accounts.get(key), *_told(accounts.get(key))) for key, each in CARRIERS.items()]
    return render("shipping/carriers.html", lines=lines, waiting=list_waiting(session), NAMES=NAMES)


@views.post("/carriers/<carrier>/open", permission="shipping.manage_carriers")
def carrier_open(carrier: str) -> ResponseReturnValue:
    """A new address and secret."""
    services.open_account(current_session(), carrier)
    toast(_("Enter the new address and secret at the carrier."))
    return redirect_to(url_for("shipping.carriers"))


@views.post("/carriers/<carrier>/close", permission="shipping.manage_carriers")
def carrier_close(carrier: str) -> ResponseReturnValue:
    """Give the address up."""
    services.close_account(current_session(), carrier)
    toast(_("The address is given up."))
    return redirect_to(url_for("shipping.carriers"))


@views.webhook
def ghn(call: WebhookCall) -> None:
    """Giao Hàng Nhanh."""
    _take_in(call, "ghn")


@views.webhook
def ghtk(call: WebhookCall) -> None:
    """Giao Hàng Tiết Kiệm."""
    _take_in(call, "ghtk")


@views.webhook
def viettel(call: WebhookCall) -> None:
    """Viettel Post."""
    _take_in(call, "viettel")


def _take_in(call: WebhookCall, key: str) -> None:
    carrier = CARRIERS[key]
    account = call.session.find(CarrierAccount, call.key_id)
    if account is None or account.carrier != key:
        raise NotFound.of("not_found", "This address was given up.")
    given = (call.headers if carrier.is_header else call.query).get(carrier.secret_in, "")
    call.prove(given.removeprefix("Bearer "), services.secret_of(account))
    services.take_in(call.session, key, carrier.read(call.body, call.form))
    account.last_call_at = now()


def _told(account: CarrierAccount | None) -> tuple[str, str]:
    if account is None:
        return "", ""
    carrier, secret = CARRIERS[account.carrier], services.secret_of(account)
    address = webhook_address(f"shipping.{account.carrier}", account.tenant_id, account.id)
    return (address, secret) if carrier.is_header else (f"{address}?{carrier.secret_in}={secret}", "")


def _change(id: UUID, form: Any, title: str, endpoint: str, run: Any) -> ResponseReturnValue:
    session = current_session()
    parcel = session.need(Shipment, id)
    if form.validate_on_submit():
        try:
            run(parcel)
            toast(_("Saved: %(name)s", name=parcel.waybill))
            return redirect_to(url_for("shipping.shipments_detail", id=id))
        except DomainError as refused:
            session.rollback()
            parcel = session.need(Shipment, id)
            form.refuse(refused)
    return _ask(form, title, parcel.waybill, url_for(endpoint, id=id), url_for("shipping.shipments_detail", id=id))


def _ask(form: Any, title: str, name: str, action: str, back: str) -> ResponseReturnValue:
    page = render("shipping/ask.html", form=form, title=title, name=name, action=action, back=back)
    return page, 422 if form.errors or form.form_errors else 200
