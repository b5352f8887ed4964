"""Who buys: found by the telephone number that was typed, or entered with the document.

An order must not make a second customer of somebody who is known (BOO-17), also where he is a colleague's. Of a customer that
the actor may not see he learns that there is one, and who is in charge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from addons.customer.api import enter_customer
from addons.customer.models import Customer
from core.access.models import User
from core.db import ActorSession, system
from core.errors import DomainError, Problem
from core.i18n import translator
from core.phone import parse_phone

_ = translator(__name__)


@dataclass(frozen=True, slots=True)
class Known:
    """The customer of a telephone number; ``is_seen`` says whether the actor may see him."""

    id: UUID
    owner_id: UUID | None
    owner_name: str
    is_seen: bool


def find_by_phone(session: ActorSession, phone: str) -> Known | None:
    """The customer with this number (E.164). Of several those come first that one sees, then the one that was entered first."""
    with system(session) as all_seeing:
        rows = all_seeing.execute(
            select(Customer.id, Customer.owner_id, User.name.label("owner"))
            .outerjoin(User, User.id == Customer.owner_id)
            .where(or_(Customer.phone == phone, Customer.phone2 == phone))
            .order_by(Customer.created_at, Customer.id)
            .limit(20)
        ).all()
    if not rows:
        return None
    seen = set(session.scalars(select(Customer.id).where(Customer.id.in_([row.id for row in rows]))))
    row = next((row for row in rows if row.id in seen), rows[0])
    return Known(row.id, row.owner_id, row.owner or "", row.id in seen)


@dataclass(frozen=True, slots=True)
class Buyer:
    """The customer of a document and who is in charge of him; ``fields`` are to be entered where he is new."""

    id: UUID | None
    in_charge_id: UUID | None
    fields: dict[str, Any] | None = None


def settle_buyer(
    session: ActorSession, customer_id: UUID | None, phone: str | None, fields: dict[str, Any], problems: list[Problem]
) -> Buyer:
    """Who buys: the customer that was chosen, else that of the number, else somebody new with these fields (``name`` …).

    What is wrong goes into ``problems``. Nothing is written.
    """
    if customer_id is not None:
        customer = session.find(Customer, customer_id)
        if customer is not None:
            return Buyer(customer.id, customer.owner_id)
        known = find_by_phone(session, phone) if phone else None
        if known is not None and known.id == customer_id:
            return Buyer(known.id, known.owner_id)
        problems.append(
            Problem("unknown_customer", _("This customer does not exist, or you may not see him."), "customer_id")
        )
        return Buyer(None, None)
    if phone and (known := find_by_phone(session, phone)) is not None:
        return Buyer(known.id, known.owner_id)
    if not fields.get("name"):
        field = "recipient_name" if phone else "phone"
        problems.append(
            Problem("required", _("Choose a customer, or enter the name and telephone number of a new one."), field)
        )
    elif not session.actor.can("customer.create"):
        message = _("Nobody has this number, and you may not enter new customers.")
        problems.append(Problem("forbidden", message, "phone"))
    return Buyer(None, session.actor.user_id, {**fields, "phone": phone})


def enter_buyer(session: ActorSession, buyer: Buyer) -> UUID:
    """The id of the customer, who is entered now where he is new."""
    if buyer.id is not None:
        return buyer.id
    assert buyer.fields is not None
    return enter_customer(session, **buyer.fields).id


def read_phone(text: str | None, problems: list[Problem]) -> str | None:
    """The number that was typed, in E.164; None for nothing and for what is none."""
    if not text:
        return None
    try:
        return parse_phone(text).e164
    except DomainError as error:
        problems.extend(Problem(each.code, each.message, "phone") for each in error.problems)
        return None
