"""A list for each kind of paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from addons.bazaar.models import Paper
from sqlalchemy import ColumnElement, select

from addons.customer.models import Customer, CustomerSource
from core.db import ActorSession
from core.resources import BooleanFilter, ChoiceFilter, Column, PeriodFilter, Permissions, Resource, UserFilter


def sources(session: ActorSession) -> Sequence[Any]:
    return session.execute(select(CustomerSource.id, CustomerSource.name)).all()


def of_source(id: UUID | str) -> ColumnElement[bool]:
    source = None if id == "none" else id
    return Paper.customer_id.in_(select(Customer.id).where(Customer.source_id.is_not_distinct_from(source)))


class Papers(Resource[Any]):
    """What the lists have in common."""

    model = Paper
    kind = ""
    one = "paper"
    title = "Papers"
    permissions = Permissions("bazaar", create=None, edit=None, delete=None, export=None, import_=None)
    columns = (Column("name", "Name", kind="title"), Column("made_at", "Made", sort=True), Column("amount", "Amount"))
    filters = (
        PeriodFilter("made", "Made", Paper.made_at),
        PeriodFilter("ends", "Ends", Paper.ends_on),
        UserFilter("seller", "Seller", Paper.seller_id),
        ChoiceFilter("source", "Source", where=of_source, options=sources, empty="Without source"),
        BooleanFilter("cancelled", "Cancelled", Paper.is_cancelled),
        BooleanFilter("renewal", "Renewal", Paper.is_renewal),
        BooleanFilter("incoming", "Incoming", Paper.is_incoming),
        BooleanFilter("talked", "Answered", where=lambda talked: (Paper.seconds > 0).is_(talked)),
    )
    default_sort = "-made_at"

    def restrict(self, session: ActorSession) -> Sequence[ColumnElement[bool]]:
        return (Paper.kind == self.kind,)


class Orders(Papers):
    name = kind = "order"


class Contracts(Papers):
    name = kind = "contract"


class Calls(Papers):
    name = kind = "call"


class StockOut(Papers):
    name = kind = "stock_out"


class StockIn(Papers):
    name = kind = "stock_in"
