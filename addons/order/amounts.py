"""The arithmetic of lines and documents, without a database. Amounts are whole đồng, exact.

Each amount of a line is rounded by itself, half a đồng upwards: quantity × price, the discount on that, the VAT on the rest.
A document sums up what its lines show, so that a printed page always adds up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from core.money import MAX_MONEY

HUNDRED = Decimal(100)
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
"""Room for the largest price times the largest quantity times a percentage, without a rounding on the way."""

MAX_AMOUNT = MAX_MONEY // 1_000_000
"""A line may come to nine thousand billion đồng: sums over many documents still fit a BIGINT."""


def rounded(amount: Decimal) -> int:
    """Whole đồng, half upwards."""
    return int(EXACT.quantize(amount, Decimal(1)))


@dataclass(frozen=True, slots=True)
class LineAmounts:
    """What a line comes to: ``gross - discount`` is its ``net``, and with ``vat`` its ``amount``."""

    gross: int
    discount: int
    vat: int

    @property
    def net(self) -> int:
        return self.gross - self.discount

    @property
    def amount(self) -> int:
        return self.net + self.vat


def line_amounts(
    quantity: Decimal, price: int, percent: Decimal = Decimal(0), vat_rate: int | None = None
) -> LineAmounts:
    """The amounts of a line; ``percent`` is the discount, from 0 to 100, ``vat_rate`` in per cent or None."""
    gross = rounded(EXACT.multiply(quantity, Decimal(price)))
    discount = rounded(EXACT.divide(EXACT.multiply(Decimal(gross), percent), HUNDRED))
    vat = rounded(EXACT.divide(Decimal((gross - discount) * (vat_rate or 0)), HUNDRED))
    return LineAmounts(gross, discount, vat)


@dataclass(frozen=True, slots=True)
class DocumentAmounts:
    """The sums of a document's lines."""

    subtotal: int
    discount: int
    vat: int

    @property
    def total(self) -> int:
        return self.subtotal - self.discount + self.vat


def document_amounts(lines: Iterable[LineAmounts]) -> DocumentAmounts:
    """The sums of these lines."""
    lines = list(lines)
    return DocumentAmounts(sum(e.gross for e in lines), sum(e.discount for e in lines), sum(e.vat for e in lines))
