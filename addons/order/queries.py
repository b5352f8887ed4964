"""What is read of documents."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from addons.order.models import OrderLine
from core.db import ActorSession


def list_order_lines(session: ActorSession, order_id: UUID) -> Sequence[OrderLine]:
    """The lines of an order, in their order."""
    return session.scalars(
        select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.position, OrderLine.id)
    ).all()
