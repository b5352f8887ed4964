"""What putting together a quotation, an order, a contract and an invoice has in common: buyer, recipient, lines, number."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict
from uuid import UUID

from sqlalchemy import select

from addons.customer.models import Customer
from addons.order.amounts import MAX_AMOUNT
from addons.order.buyers import Buyer, enter_buyer, read_phone, settle_buyer
from addons.order.lines import LineFields, price_lines, put_lines
from addons.order.models import (
    Contract,
    ContractLine,
    Invoice,
    InvoiceLine,
    Order,
    OrderLine,
    Quotation,
    QuotationLine,
)
from addons.order.numbering import next_number
from core.access.models import User
from core.clock import now
from core.db import ActorSession
from core.errors import Conflict, DomainError, Problem
from core.i18n import translator
from core.text import clean

_ = translator(__name__)

RECIPIENT = {"recipient_name": 200, "address": 300, "ward": 120, "district": 120, "province": 120}
"""What is copied from the customer, and how long it may be."""

COPIED = (*RECIPIENT, "phone", "customer_id", "in_charge_id", "seller_id", "note")
LINE = ("product_id", "name", "unit", "quantity", "price", "discount", "vat_rate")
"""What a document and its lines take along into another document."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document: its model and lines, when it was made, and the setting with the pattern of its numbers."""

    model: Any
    line: Any
    parent: str
    moment: str
    numbers: str


QUOTATION = Kind(Quotation, QuotationLine, "quotation_id", "made_at", "order.number_of_quotations")
ORDER = Kind(Order, OrderLine, "order_id", "ordered_at", "order.number_of_orders")
CONTRACT = Kind(Contract, ContractLine, "contract_id", "made_at", "order.number_of_contracts")
INVOICE = Kind(Invoice, InvoiceLine, "invoice_id", "made_at", "order.number_of_invoices")
KINDS = {kind.model: kind for kind in (QUOTATION, ORDER, CONTRACT, INVOICE)}


class DocumentFields(TypedDict, total=False):
    """What is said of any document. An absent field stays as it is; ``lines`` is the whole of them.

    Without ``customer_id`` the customer is the one with ``phone`` (as it was typed), or a new one.
    """

    customer_id: UUID | None
    phone: str | None
    recipient_name: str | None
    address: str | None
    ward: str | None
    district: str | None
    province: str | None
    seller_id: UUID | None
    note: str | None
    lines: Sequence[LineFields]


Check = Callable[[list[Problem]], Mapping[str, Any]]
"""What a kind has of its own: puts what is wrong into the list, returns the values."""


def put_document(
    session: ActorSession, document: Any, fields: Mapping[str, Any], own: Check, *, is_agreed: bool = False
) -> None:
    """Check everything that is said of a document, then store it, with its number if it is new. DomainError with all problems.

    ``is_agreed``: the lines are those of another document, so no right is asked for their prices and discounts.
    """
    kind = KINDS[type(document)]
    problems: list[Problem] = []
    is_new = document.number is None
    values = _recipient(document, fields, problems)
    if is_agreed:
        buyer: Buyer | None = Buyer(fields["customer_id"], fields["in_charge_id"])
    else:
        buyer = _buyer(session, document, fields, values, problems)
    buyer_id = buyer.id if buyer is not None else document.customer_id
    values |= own(problems)
    values["seller_id"] = _seller(session, document, fields, problems, is_agreed)
    if "note" in fields:
        values["note"] = clean(fields["note"] or "", multiline=True) or None
    if fields.get(kind.moment) is not None or is_new:
        values[kind.moment] = fields.get(kind.moment) or now()
    lines = None
    if is_new or "lines" in fields:
        present = {} if is_new else {line.id: line for line in list_lines(session, document)}
        lines = price_lines(
            session, buyer_id, fields.get("lines") or (), problems, present=present, is_agreed=is_agreed
        )
        values |= {name: getattr(lines.totals, name) for name in ("subtotal", "discount", "vat")}
    if problems:
        raise DomainError(*problems)
    if buyer is not None:
        values |= {"customer_id": enter_buyer(session, buyer), "in_charge_id": buyer.in_charge_id}
    _copy_from_customer(session, document, fields, values)
    for name, value in values.items():
        if getattr(document, name) != value:
            setattr(document, name, value)
    total = document.subtotal - document.discount + document.vat + (getattr(document, "shipping_fee", 0) or 0)
    if document.total != total:
        document.total = total
    if is_new:
        document.number = next_number(session, kind.model.__table__.c.number, kind.numbers)
        session.add(document)
    session.flush()
    if lines is not None:
        put_lines(session, kind.line, kind.parent, document.id, lines)
        session.flush()


def list_lines(session: ActorSession, document: Any) -> Sequence[Any]:
    """The lines of a document, in their order."""
    kind = KINDS[type(document)]
    own = getattr(kind.line, kind.parent) == document.id
    return session.scalars(select(kind.line).where(own).order_by(kind.line.position, kind.line.id)).all()


def copied(session: ActorSession, document: Any) -> dict[str, Any]:
    """What a document made of this one begins with: buyer, recipient and lines, each with the price that was agreed."""
    fields = {name: getattr(document, name) for name in COPIED}
    fields["lines"] = [{name: getattr(line, name) for name in LINE} for line in list_lines(session, document)]
    return fields


def need_draft(document: Any) -> None:
    """Only drafts can be changed; Conflict else."""
    if document.state != "draft":
        raise Conflict.of("wrong_state", _("Only drafts can be changed; put it back to draft first."))


def delete_document(session: ActorSession, document: Any) -> None:
    """Move a draft, or what was cancelled, to the recycle bin, where it keeps its number."""
    if document.state not in {"draft", "cancelled", "rejected"}:
        raise Conflict.of("wrong_state", _("%(number)s is confirmed: cancel it first.", number=document.number))
    session.delete(document)


def check_amount(fields: Mapping[str, Any], name: str, label: object, problems: list[Problem]) -> int:
    """An amount that can be left out."""
    amount: int = fields.get(name) or 0
    if not 0 <= amount <= MAX_AMOUNT:
        problems.append(Problem("bad_amount", _("%(what)s is 0 or more.", what=label), name))
    return amount


def _recipient(document: Any, fields: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: (clean(fields[name] or "") or None) if name in fields else getattr(document, name) for name in RECIPIENT
    }
    values["phone"] = read_phone(fields["phone"], problems) if "phone" in fields else document.phone
    for name, most in RECIPIENT.items():
        if values[name] and len(values[name]) > most:
            problems.append(Problem("too_long", _("This is too long: at most %(n)s characters.", n=most), name))
    return values


def _buyer(
    session: ActorSession, document: Any, fields: Mapping[str, Any], values: Mapping[str, Any], problems: list[Problem]
) -> Buyer | None:
    """Who buys; None where the document has him already."""
    wanted = fields.get("customer_id")
    if document.customer_id is not None and wanted in {None, document.customer_id}:
        return None
    if any(problem.field == "phone" for problem in problems):
        return Buyer(None, None)
    given = {name: values[name] for name in ("address", "ward", "district", "province")}
    new = {**given, "name": values["recipient_name"]}
    return settle_buyer(session, wanted, values["phone"], new, problems)


def _seller(
    session: ActorSession, document: Any, fields: Mapping[str, Any], problems: list[Problem], is_agreed: bool
) -> UUID | None:
    seller_id: UUID | None = fields.get("seller_id") or document.seller_id or session.actor.user_id
    if seller_id == document.seller_id and seller_id is not None:
        return seller_id
    if session.scalar(select(User.id).where(User.id == seller_id, User.is_active)) is not None:
        return seller_id
    if is_agreed and session.actor.user_id is not None:
        return session.actor.user_id  # who sold the first document has left
    problems.append(Problem("unknown_user", _("This account is not in use."), "seller_id"))
    return None


def _copy_from_customer(
    session: ActorSession, document: Any, fields: Mapping[str, Any], values: dict[str, Any]
) -> None:
    """What was left empty of the recipient is the customer's, when the document is made: name, number, the whole address."""
    customer = session.find(Customer, values.get("customer_id") or document.customer_id)
    if not values["recipient_name"]:
        values["recipient_name"] = customer.name if customer is not None else "—"
    if customer is None or document.number is not None:
        return
    values["phone"] = values["phone"] or customer.phone
    parts = ("address", "ward", "district", "province")
    if not any(values[name] for name in parts):
        values |= {name: getattr(customer, name) for name in parts}
