"""What is read of documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from addons.order.models import Contract, Invoice, Order, Quotation
from core.db import ActorSession

SHOWN = 50
"""Documents of a kind on a customer's page; the list has all of them."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A document that another one became, or came from: its kind (``orders``), id, number and state."""

    kind: str
    id: UUID
    number: str
    state: str


def list_linked(session: ActorSession, document: Any) -> list[Linked]:
    """What the document came from, and what became of it, as far as the actor may see it."""
    found: list[Linked] = []
    for kind, model, where in _links(document):
        query = select(model.id, model.number, model.state).where(where).order_by(model.id)
        found += [Linked(kind, *row) for row in session.execute(query)]
    return found


def _links(document: Any) -> list[tuple[str, Any, Any]]:
    id = document.id
    back = {
        "quotation_id": ("quotations", Quotation),
        "order_id": ("orders", Order),
        "contract_id": ("contracts", Contract),
    }
    links = [
        (kind, model, model.id == linked)
        for name, (kind, model) in back.items()
        if (linked := getattr(document, name, None)) is not None
    ]
    match document:
        case Quotation():
            links += [("orders", Order, Order.quotation_id == id), ("contracts", Contract, Contract.quotation_id == id)]
        case Order():
            links += [("contracts", Contract, Contract.order_id == id), ("invoices", Invoice, Invoice.order_id == id)]
        case Contract():
            links += [
                ("contracts", Contract, Contract.id == document.renews_id),
                ("contracts", Contract, Contract.renews_id == id),
                ("invoices", Invoice, Invoice.contract_id == id),
            ]
    return links


def list_of_customer(session: ActorSession, model: Any, customer_id: UUID) -> Sequence[Any]:
    """The newest documents of a customer that the actor may see."""
    query = select(model).where(model.customer_id == customer_id).order_by(model.id.desc()).limit(SHOWN)
    return session.scalars(query).all()


def select_count_of_customer(model: Any, customer_id: UUID) -> Any:
    """How many documents a customer has."""
    return select(func.count(model.id)).where(model.customer_id == customer_id)
