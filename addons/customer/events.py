"""What happens to customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from core.events import Event


@dataclass(frozen=True, slots=True)
class CustomersRegrouped(Event):
    """The groups of these customers have changed; scores that count groups are out of date (GRP-07)."""

    customer_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class CustomersHandedOver(Event):
    """Customers have another person in charge (OWN): customer → (former, new), each a user or nobody."""

    owners: Mapping[UUID, tuple[UUID | None, UUID | None]]


@dataclass(frozen=True, slots=True)
class CustomersMerged(Event):
    """The customer ``merged_id`` is being merged into ``kept_id``: what referred to the first refers to the second already.

    For what an application reckons from its rows; raising DomainError refuses the merge.
    """

    kept_id: UUID
    merged_id: UUID


@dataclass(frozen=True, slots=True)
class MergeUndone(Event):
    """``merged_id`` is a customer of its own again, and the rows that had moved to ``kept_id`` are back."""

    kept_id: UUID
    merged_id: UUID
