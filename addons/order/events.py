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


@dataclass(frozen=True, slots=True)
class QuotationMoved(Event):
    """A quotation goes from one state to another (``QuotationState``). Raising DomainError refuses it."""

    quotation_id: UUID
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ContractMoved(Event):
    """A contract goes from one state to another (``ContractState``). Raising DomainError refuses it."""

    contract_id: UUID
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PaymentMoved(Event):
    """A payment or refund goes from one state to another (``PaymentState``). Raising DomainError refuses it."""

    payment_id: UUID
    before: str
    after: str
