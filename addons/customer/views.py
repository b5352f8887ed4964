"""Routes beside those of the resources: the referrer picker, and the two quick changes of a customer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from addons.customer import services
from addons.customer.forms import OwnerForm, RelationshipForm
from addons.customer.models import Customer
from addons.customer.referrers import find_customer_referrers, find_user_referrers
from core.db import ActorSession
from core.i18n import translator
from core.kernel import current_session
from core.resources import BulkResult
from core.web import AddonViews, redirect_to, render, toast

_ = translator(__name__)

views = AddonViews(__name__)


@views.get("/referrers", permission=("customer.create", "customer.edit"))
def referrers() -> ResponseReturnValue:
    """Options of the referrer picker, from the source that the form has chosen (CUS-004)."""
    session, query = current_session(), request.args.get("q", "")[:100]
    if request.args.get("referrer_source") == "user":
        found = find_user_referrers(session, query)
    else:
        found = find_customer_referrers(session, query, without=request.args.get("without", type=UUID))
    return render("customer/referrers.html", items=found, query=query)


@views.route("/customers/<uuid:id>/relationship", methods=("GET", "POST"), permission="customer.change_relationship")
def relationship_of(id: UUID) -> ResponseReturnValue:
    """Change relationship (Đổi mối quan hệ)."""
    session = current_session()
    customer = session.need(Customer, id)
    form = RelationshipForm(obj=customer)
    if form.validate_on_submit():
        return _done(session, customer, services.change_relationship(session, [id], form.relationship_id.data))
    return _ask(customer, form, str(_("Change relationship")), "customer.relationship_of")


@views.route(
    "/customers/<uuid:id>/owner", methods=("GET", "POST"), permission=("customer.change_owner", "customer.edit")
)
def owner_of(id: UUID) -> ResponseReturnValue:
    """Change the person in charge, short form (CUS-030)."""
    session = current_session()
    customer = session.need(Customer, id)
    form = OwnerForm(obj=customer)
    if form.validate_on_submit():
        return _done(session, customer, services.change_owner(session, [id], form.owner_id.data))
    return _ask(customer, form, str(_("Change person in charge")), "customer.owner_of")


def _ask(customer: Customer, form: Any, title: str, endpoint: str) -> ResponseReturnValue:
    page = render(
        "customer/quick_change.html",
        customer=customer,
        form=form,
        title=title,
        action=url_for(endpoint, id=customer.id),
    )
    return page, 422 if form.errors else 200


def _done(session: ActorSession, customer: Customer, result: BulkResult) -> ResponseReturnValue:
    """Back to the customer; to the list when he is out of sight now."""
    for skipped in result.skipped:
        toast(skipped.reason, "info")
    if result.changed:
        toast(_("Saved: %(name)s", name=customer.full_name))
    if session.find(Customer, customer.id) is None:
        return redirect_to(url_for("customer.customers_list"))
    return redirect_to(url_for("customer.customers_detail", id=customer.id))
