"""The quick action, and the tabs on a customer's page."""

from __future__ import annotations

from uuid import UUID

from addons.bazaar.models import Paper
from sqlalchemy import select

from addons.customer.models import Customer
from core.kernel import current_session
from core.web import AddonViews

views = AddonViews(__name__)


@views.get("/for/<uuid:id>", permission="bazaar.read")
def order_for(id: UUID) -> str:
    return f"<p>A new order of {current_session().need(Customer, id).code}</p>"


def tab(kind: str) -> None:
    @views.get(f"/{kind}/of/<uuid:id>", permission="bazaar.read", endpoint=f"tab_{kind}")
    def papers_of(id: UUID) -> str:
        session = current_session()
        session.need(Customer, id)
        names = session.scalars(select(Paper.name).where(Paper.customer_id == id, Paper.kind == kind))
        return "".join(f"<p>{name}</p>" for name in names)


for each in ("order", "route", "opportunity", "call", "quotation"):
    tab(each)
