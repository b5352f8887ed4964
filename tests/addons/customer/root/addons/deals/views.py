"""What deals show on a customer's page."""

from __future__ import annotations

from uuid import UUID

from addons.customer.models import Customer
from core.kernel import current_session
from core.web import AddonViews

views = AddonViews(__name__)


@views.get("/of/<uuid:id>", permission="deals.read")
def of_customer(id: UUID) -> str:
    return f"<p>Deals of {current_session().need(Customer, id).code}</p>"


@views.get("/new/<uuid:id>", permission="deals.read")
def new_for_customer(id: UUID) -> str:
    return f"<p>A new deal of {current_session().need(Customer, id).code}</p>"
