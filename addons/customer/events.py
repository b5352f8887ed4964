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
