"""The state of customers (Kích hoạt, Ngưng kích hoạt) from the boom list: one field, the customer's (BOO-12 to BOO-15)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from addons.boom.models import BoomCustomer
from addons.customer.api import set_active
from core.db import ActorSession
from core.resources import BulkResult


def activate(session: ActorSession, ids: Sequence[UUID], **values: Any) -> BulkResult:
    """Activate the customers of these rows."""
    return set_active(session, _customers(session, ids), True)


def deactivate(session: ActorSession, ids: Sequence[UUID], **values: Any) -> BulkResult:
    """Deactivate the customers of these rows."""
    return set_active(session, _customers(session, ids), False)


def _customers(session: ActorSession, ids: Sequence[UUID]) -> list[UUID]:
    return list(session.scalars(select(BoomCustomer.customer_id).where(BoomCustomer.id.in_(ids))))
