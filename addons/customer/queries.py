"""Reading customers, contacts and catalogues. Everything is scoped to what the user may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from addons.customer.models import (
    Customer,
    CustomerContact,
    CustomerGroup,
    CustomerGroupMember,
    CustomerHandover,
    CustomerHandoverItem,
    CustomerRelationship,
    CustomerSource,
    CustomerType,
)
from core.access.models import User
from core.db import ActorSession

Entry = TypeVar("Entry", CustomerSource, CustomerRelationship, CustomerType, CustomerGroup)


def list_entries(session: ActorSession, model: type[Entry], *, keep: Iterable[UUID | None] = ()) -> Sequence[Entry]:
    """The entries of a catalogue that are offered, in their order; and those of ``keep``, which a record still has."""
    kept = [id for id in keep if id is not None]
    offered = model.is_active.is_(True)
    query = select(model).where(offered | model.id.in_(kept) if kept else offered)
    return session.scalars(query.order_by(model.position, model.name_key)).all()


def list_all_entries(session: ActorSession, model: type[Entry]) -> Sequence[Entry]:
    """Every entry of a catalogue, also those no longer offered: for filters and imports."""
    return session.scalars(select(model).order_by(model.position, model.name_key)).all()


def list_users(session: ActorSession, *, keep: Iterable[UUID | None] = ()) -> Sequence[User]:
    """The accounts in use, by name; and those of ``keep``, which may be locked meanwhile (CUS-006)."""
    kept = [id for id in keep if id is not None]
    query = select(User).where(User.is_active | User.id.in_(kept) if kept else User.is_active)
    return session.scalars(query.order_by(User.sort_name)).all()


def list_contacts(session: ActorSession, customer_id: UUID) -> Sequence[CustomerContact]:
    """The contacts of a customer, the main one first."""
    query = select(CustomerContact).where(CustomerContact.customer_id == customer_id)
    return session.scalars(
        query.order_by(CustomerContact.is_main.desc(), CustomerContact.sequence, CustomerContact.id)
    ).all()


def list_groups_of(session: ActorSession, customer_id: UUID) -> Sequence[CustomerGroup]:
    """The groups that a customer is in, in their order."""
    members = select(CustomerGroupMember.group_id).where(CustomerGroupMember.customer_id == customer_id)
    query = select(CustomerGroup).where(CustomerGroup.id.in_(members))
    return session.scalars(query.order_by(CustomerGroup.position, CustomerGroup.name_key)).all()


def find_referrer(session: ActorSession, customer: Customer) -> Customer | None:
    """The customer who referred this one; None where it was an employee, or nobody, or one that the user may not open."""
    return session.find(Customer, customer.referrer_customer_id)


def list_referred(session: ActorSession, customer_id: UUID, *, limit: int = 50) -> Sequence[Customer]:
    """The customers that this one has referred, as far as the user may see them, newest first (CUS-048)."""
    query = select(Customer).where(Customer.referrer_customer_id == customer_id)
    return session.scalars(query.order_by(Customer.created_at.desc()).limit(limit)).all()


def group_names(session: ActorSession, customer_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """The names of the groups of several customers, in one query: for lists and exports."""
    query = (
        select(CustomerGroupMember.customer_id, CustomerGroup.name)
        .join(CustomerGroup, CustomerGroup.id == CustomerGroupMember.group_id)
        .where(CustomerGroupMember.customer_id.in_(list(customer_ids)))
        .order_by(CustomerGroup.position, CustomerGroup.name_key)
    )
    names: dict[UUID, list[str]] = {}
    for customer_id, name in session.execute(query):
        names.setdefault(customer_id, []).append(name)
    return names


def find_entry_by_name(session: ActorSession, model: type[Entry], key: str) -> Entry | None:
    """The entry whose name is the same but for case and spaces; ``key`` is from ``names.name_key``."""
    return session.scalar(select(model).where(model.name_key == key))


HANDED_OVER = 200
"""Lines of a change of the person in charge that its page shows."""


def list_handed_over(session: ActorSession, handover: CustomerHandover) -> Sequence[Any]:
    """The first customers of a change: ``customer_id``, ``name`` (None where one may not see him), ``old`` and ``new``."""
    item, old, new = CustomerHandoverItem, aliased(User), aliased(User)
    query = (
        select(item.customer_id, Customer.name, old.name.label("old"), new.name.label("new"))
        .outerjoin(Customer, Customer.id == item.customer_id)
        .outerjoin(old, old.id == item.from_user_id)
        .outerjoin(new, new.id == item.to_user_id)
        .where(item.handover_id == handover.id)
    )
    return session.execute(query.order_by(item.id).limit(HANDED_OVER)).all()
