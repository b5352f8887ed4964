"""Deleting a type: alone, or with all customers in its groups (CLS-09 to CLS-12).

The type and the customers go to the recycle bin; the groups of the type stay, without a type.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select

from addons.customer.models import CUSTOMERS_PATH, Customer, CustomerGroup, CustomerGroupMember, CustomerType
from addons.customer.services import delete_reasons
from core.db import ActorSession, with_rights
from core.db.bulk import BATCH, bulk_delete
from core.errors import Conflict, DomainError, Forbidden, Problem
from core.i18n import translator
from core.notifications import notify

_ = translator(__name__)

RIGHT = "customer.delete_with_type"
NAMED = 10
"""Customers that are named; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Doomed:
    """What would go with a type: how many customers, how many of them the user may not see, how many have documents, how
    many of those forbid it; which are in another type too (``elsewhere``), as far as they may be named (``named``).
    """

    customers: int
    hidden: int
    documented: int
    blocked: int
    elsewhere: int
    named: tuple[str, ...]


def may_delete_customers(session: ActorSession) -> bool:
    """Whether the actor may delete a type with its customers: a right of its own, beside the one to delete customers."""
    return session.actor.can(RIGHT) and session.actor.can("customer.delete")


def read_doomed(session: ActorSession, type_: CustomerType) -> Doomed:
    """What would go with the type, for the question (CLS-10)."""
    with _all_seeing(session) as everything:
        ids = _customers_in(everything, type_.id)
        reasons = delete_reasons(everything, ids) if ids else {}
        elsewhere = _also_elsewhere(everything, type_.id)
    visible = select(func.count(Customer.id)).where(Customer.id.in_(_in_type(type_.id)))
    names = select(Customer.name).where(Customer.id.in_(elsewhere[:BATCH])).order_by(Customer.sort_name).limit(NAMED)
    return Doomed(
        len(ids),
        len(ids) - (session.scalar(visible) or 0),
        len(reasons),
        sum(any(reason.blocks for reason in found) for found in reasons.values()),
        len(elsewhere),
        tuple(session.scalars(names)) if elsewhere else (),
    )


def delete_type(session: ActorSession, type_: CustomerType) -> None:
    """Delete the type alone (Không xóa khách hàng): its groups stay without type, with their customers (CLS-11)."""
    for group in session.scalars(select(CustomerGroup).where(CustomerGroup.type_id == type_.id)):
        group.type_id, group.left_type_id = None, type_.id
    session.delete(type_)
    session.flush()


def restore_type(session: ActorSession, type_: CustomerType) -> None:
    """Bring a type back with the groups that it had and that nobody has given another one since."""
    session.restore(type_)
    session.flush()
    for group in session.scalars(select(CustomerGroup).where(CustomerGroup.left_type_id == type_.id)):
        group.left_type_id = None
        if group.type_id is None:
            group.type_id = type_.id
    session.flush()


def delete_type_with_customers(session: ActorSession, type_: CustomerType, *, typed: int | None) -> int:
    """Delete the type with every customer in it (Xóa khách hàng), those of others and out of sight too; how many (CLS-10).

    All or nothing. ``typed`` is their number, which the user repeats. Forbidden without the rights; DomainError for another
    number; Conflict where an application forbids the deletion of one of them. Other people in charge are told.
    """
    if not may_delete_customers(session):
        raise Forbidden.of("forbidden", _("You lack the right to do this. Ask an administrator."))
    with _all_seeing(session) as everything:
        ids = _customers_in(everything, type_.id)
        _check(everything, ids, typed)
        owners = _delete(everything, ids)
    for owner_id, n in owners.items():
        title = _.n(
            "%(actor)s deleted 1 customer of yours with the type %(name)s",
            "%(actor)s deleted %(n)s customers of yours with the type %(name)s",
            n,
            actor=session.actor.name,
            name=type_.name,
        )
        notify(session, [owner_id], kind="customer.handed_over", title=title, url=f"{CUSTOMERS_PATH}/?tab=mine")
    delete_type(session, type_)
    return len(ids)


@contextmanager
def _all_seeing(session: ActorSession) -> Iterator[ActorSession]:
    """The actor himself, who sees all customers meanwhile: what is deleted is recorded under his name."""
    with with_rights(session, "customer.read", "customer.view_all") as everything:
        yield everything


def _in_type(type_id: UUID) -> Select[UUID]:
    groups = select(CustomerGroup.id).where(CustomerGroup.type_id == type_id)
    return select(CustomerGroupMember.customer_id).where(CustomerGroupMember.group_id.in_(groups))


def _customers_in(everything: ActorSession, type_id: UUID) -> Sequence[UUID]:
    return everything.scalars(select(Customer.id).where(Customer.id.in_(_in_type(type_id))).order_by(Customer.id)).all()


def _also_elsewhere(everything: ActorSession, type_id: UUID) -> Sequence[UUID]:
    """The customers of the type that are in a group of another type too."""
    others = select(CustomerGroup.id).where(CustomerGroup.type_id != type_id)
    members = select(CustomerGroupMember.customer_id).where(CustomerGroupMember.group_id.in_(others))
    query = select(Customer.id).where(Customer.id.in_(_in_type(type_id)), Customer.id.in_(members))
    return everything.scalars(query.order_by(Customer.id)).all()


def _check(everything: ActorSession, ids: Sequence[UUID], typed: int | None) -> None:
    if typed != len(ids):
        message = _.n(
            "Type 1, the number of customers that will be deleted.",
            "Type %(n)s, the number of customers that will be deleted.",
            len(ids),
        )
        raise DomainError.of("wrong_number", message, "typed")
    reasons = delete_reasons(everything, ids) if ids else {}
    blocking = [reason for found in reasons.values() for reason in found if reason.blocks]
    if blocking:
        raise Conflict(*(Problem("delete_refused", reason.text) for reason in blocking[:NAMED]))


def _delete(everything: ActorSession, ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many customers each person in charge has lost."""
    owners: dict[UUID, int] = {}
    for start in range(0, len(ids), BATCH):
        of_batch = select(Customer.owner_id).where(Customer.id.in_(ids[start : start + BATCH]))
        for owner_id in everything.scalars(of_batch.where(Customer.owner_id.is_not(None))):
            owners[owner_id] = owners.get(owner_id, 0) + 1
    bulk_delete(everything, Customer, ids)
    return owners
