"""Use cases of quotations: made, sent, accepted, and turned into an order or a contract, each once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Unpack
from uuid import UUID

from sqlalchemy import select

from addons.order import services
from addons.order.documents import DocumentFields, copied, need_draft, put_document
from addons.order.events import QuotationMoved
from addons.order.models import Order, OrderState, Quotation, QuotationState
from addons.order.workflows import QUOTATION
from core.db import ActorSession
from core.errors import Conflict, Problem
from core.events import emit
from core.i18n import translator

_ = translator(__name__)


class QuotationFields(DocumentFields, total=False):
    """A quotation's fields, beside those of every document."""

    made_at: datetime | None
    valid_until: date | None


def create_quotation(session: ActorSession, **fields: Unpack[QuotationFields]) -> Quotation:
    """Make a quotation, as a draft with its number."""
    quotation = Quotation(state=QuotationState.DRAFT)
    put_document(session, quotation, fields, lambda problems: _own(fields, problems))
    return quotation


def update_quotation(session: ActorSession, quotation: Quotation, **fields: Unpack[QuotationFields]) -> None:
    """Change a draft."""
    need_draft(quotation)
    put_document(session, quotation, fields, lambda problems: _own(fields, problems))


def move_quotation(session: ActorSession, quotation: Quotation, step: str, *, reason: str = "") -> None:
    """Take a step of the workflow ``QUOTATION``."""
    before = QUOTATION.take(session, quotation, step, reason)
    session.flush()
    emit(session, QuotationMoved(quotation.id, before, quotation.state))


def order_of_quotation(session: ActorSession, id: UUID) -> Order:
    """The order that a quotation becomes, at its prices; it is accepted by that. Conflict where it has become one already."""
    quotation = session.need(Quotation, id, lock=True)
    if quotation.state == QuotationState.REJECTED:
        raise Conflict.of("wrong_state", _("%(number)s was rejected.", number=quotation.number))
    query = select(Order.number).where(Order.quotation_id == id, Order.state != OrderState.CANCELLED)
    if number := session.scalar(query.limit(1)):
        raise Conflict.of(
            "converted", _("%(number)s has become the order %(order)s.", number=quotation.number, order=number)
        )
    order = services.create_order(session, quotation_id=id, is_agreed=True, **copied(session, quotation))
    accept(session, quotation)
    return order


def accept(session: ActorSession, quotation: Quotation) -> None:
    """The customer has taken the offer: it became an order or a contract."""
    if quotation.state != QuotationState.ACCEPTED:
        before, quotation.state = quotation.state, QuotationState.ACCEPTED
        session.flush()
        emit(session, QuotationMoved(quotation.id, before, quotation.state))


def _own(fields: QuotationFields, problems: list[Problem]) -> dict[str, Any]:
    return {"valid_until": fields["valid_until"]} if "valid_until" in fields else {}
