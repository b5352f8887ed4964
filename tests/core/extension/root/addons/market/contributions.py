"""What others add to the market."""

from __future__ import annotations

from dataclasses import dataclass

from core.contributions import Point


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee that a stall pays, in đồng."""

    label: str
    amount: int


fees = Point("market.fees", Fee)
