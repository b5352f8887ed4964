"""What staff see of deals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from addons.deals.models import Deal
from sqlalchemy import ColumnElement, select

from addons.customer.models import Customer, CustomerSource
from core.db import ActorSession
from core.resources import (
    BooleanFilter,
    ChoiceFilter,
    Column,
    PeriodFilter,
    Permissions,
    Resource,
    UserFilter,
)


def sources(session: ActorSession) -> Sequence[Any]:
    return session.execute(select(CustomerSource.id, CustomerSource.name)).all()


def of_source(id: UUID | str) -> ColumnElement[bool]:
    source = None if id == "none" else id
    return Deal.customer_id.in_(select(Customer.id).where(Customer.source_id.is_not_distinct_from(source)))


class Deals(Resource[Deal]):
    """The list."""

    model = Deal
    name = "deals"
    title = "Deals"
    one = "deal"
    permissions = Permissions("deals", create=None, edit=None, delete=None, export=None, import_=None)
    columns = (Column("name", "Name", kind="title"), Column("sold_at", "Sold", sort=True), Column("amount", "Amount"))
    filters = (
        PeriodFilter("sold", "Sold", Deal.sold_at),
        UserFilter("seller", "Seller", Deal.seller_id),
        ChoiceFilter("kind", "Kind", Deal.kind, options=(("new", "New"), ("renewal", "Renewal"))),
        ChoiceFilter("source", "Source", where=of_source, options=sources, empty="Without source"),
        BooleanFilter("cancelled", "Cancelled", Deal.is_cancelled),
    )
    default_sort = "-sold_at"
