"""What the ledger says before a customer is deleted: debts forbid it, closed accounts are told."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from addons.customer.contributions import DeleteGuard, DeleteReason, delete_guards
from addons.customer.models import Customer
from core.contributions import contributes
from core.db import ActorSession


def reasons(session: ActorSession, ids: Iterable[UUID]) -> dict[UUID, list[DeleteReason]]:
    """By the customers' notes: "owes" forbids, "paid" is told."""
    rows = session.execute(select(Customer.id, Customer.note).where(Customer.id.in_(list(ids))))
    said = {"owes": DeleteReason("1 open debt", blocks=True), "paid": DeleteReason("1 closed account")}
    return {row[0]: [said[row[1]]] for row in rows if row[1] in said}


@contributes(delete_guards)
def guard() -> DeleteGuard:
    return DeleteGuard(reasons)
