"""What customers have brought in, as a test says, and goods that hold a discount for each tier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from addons.customer.contributions import TierFigures, TierGoods, TierSource, tier_goods, tier_sources
from core.contributions import contributes
from core.db import ActorSession

CONTRACTS: dict[UUID, TierFigures] = {}
PAYMENTS: dict[UUID, TierFigures] = {}

GOODS: dict[str, dict[UUID, Decimal]] = {}
"""The discounts by tier of each product."""


def contracts(session: ActorSession, ids: Sequence[UUID]) -> Mapping[UUID, TierFigures]:
    return {id: CONTRACTS[id] for id in ids if id in CONTRACTS}


def payments(session: ActorSession, ids: Sequence[UUID]) -> Mapping[UUID, TierFigures]:
    return {id: PAYMENTS[id] for id in ids if id in PAYMENTS}


def set_discount(session: ActorSession, tier_id: UUID, percent: Decimal) -> None:
    for discounts in GOODS.values():
        discounts[tier_id] = percent


@contributes(tier_sources)
def sources() -> list[TierSource]:
    return [TierSource(contracts), TierSource(payments)]


@contributes(tier_goods)
def goods() -> TierGoods:
    return TierGoods(lambda session: len(GOODS), set_discount)
