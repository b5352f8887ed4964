"""What happens to documents of sales."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core.events import Event


@dataclass(frozen=True, slots=True)
class OrderCreated(Event):
    """An order is being entered: it is flushed, not committed. Raising DomainError refuses it."""

    order_id: UUID


@dataclass(frozen=True, slots=True)
class OrderMoved(Event):
    """An order goes from one state to another (``OrderState``). Raising DomainError refuses it."""

    order_id: UUID
    before: str
    after: str
