"""Routes beside those of the resources: the steps of the documents."""

from __future__ import annotations

from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from addons.order import services
from addons.order.forms import ReasonForm
from addons.order.models import Order
from addons.order.workflows import ORDER
from core.errors import DomainError
from core.i18n import translator
from core.kernel import current_session
from core.web import AddonViews, redirect_to, render, toast

_ = translator(__name__)

views = AddonViews(__name__)


@views.route("/orders/<uuid:id>/steps/<step>", methods=("GET", "POST"), permission=ORDER.permissions)
def order_step(id: UUID, step: str) -> ResponseReturnValue:
    """Take a step of an order's workflow; a GET asks for the reason where one is needed."""
    session = current_session()
    order = session.need(Order, id)
    transition = ORDER.step(step)
    form, status = ReasonForm(), 200
    back = url_for("order.orders_detail", id=id)
    if request.method == "POST":
        try:
            services.move_order(session, order, step, reason=form.reason.data or "")
        except DomainError as refused:
            if not transition.asks_reason:
                raise
            status = refused.status
            session.rollback()
            order = session.need(Order, id)
            form.refuse(refused)
        else:
            toast(_("%(number)s: %(state)s", number=order.number, state=ORDER.labels[order.state]))
            return redirect_to(back)
    words = {
        "title": transition.label,
        "name": order.number,
        "back": back,
        "action": url_for("order.order_step", id=id, step=step),
    }
    return render("order/step.html", form=form, **words), status
