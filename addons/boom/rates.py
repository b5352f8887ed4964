"""The arithmetic of returns: who is listed, at which level, how sure the rate is, and what to do (BOO-02, 03, 08 to 11).

Whole numbers and fractions alone: no float decides anything. Nothing here reads the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from fractions import Fraction
from math import isqrt

LISTED_RETURNS = 3
"""Completed returns from which a customer is listed (BOO-02), if also his rate reaches"""

LISTED_PERCENT = 25
MEDIUM_PERCENT = 50
HIGH_PERCENT = 75

Z_SQUARED = Fraction(196, 100) ** 2
"""1,96²: 95 of 100 such bands hold the true rate."""

SCALE = 10**12
"""What a square root is multiplied by before its whole part is taken: twelve decimals."""


class Level(IntEnum):
    """How likely the next parcel comes back (Nguy cơ). The ranges are half-open: 49,99 % is low, 50 % is medium."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3


class Cause(StrEnum):
    """Why a parcel came back. The last two are not the customer's doing."""

    REFUSED = "refused"
    ABSENT = "absent"
    UNKNOWN = "unknown"
    CARRIER = "carrier"
    SHOP = "shop"


BLAMELESS = frozenset({Cause.CARRIER, Cause.SHOP})


class Advice(StrEnum):
    """What to do about a new order."""

    NOTHING = "nothing"
    CALL = "call"
    DEPOSIT = "deposit"
    NO_COD = "no_cod"


@dataclass(frozen=True, slots=True)
class Counts:
    """Orders that a carrier took, those of them that came back, and the returns by cause."""

    deliveries: int
    returns: int
    causes: Mapping[Cause, int] = field(default_factory=dict)

    @property
    def is_impossible(self) -> bool:
        """More came back than ever left: the data are wrong, and nobody is judged by them."""
        return self.returns > self.deliveries

    @property
    def own_returns(self) -> int:
        """The returns that were not the carrier's or the shop's doing."""
        return max(0, self.returns - sum(self.causes.get(cause, 0) for cause in BLAMELESS))

    def __add__(self, other: Counts) -> Counts:
        causes = {cause: self.causes.get(cause, 0) + other.causes.get(cause, 0) for cause in Cause}
        return Counts(self.deliveries + other.deliveries, self.returns + other.returns, causes)


NOTHING = Counts(0, 0)


def is_listed(counts: Counts) -> bool:
    """Whether the customer is a boom customer: at least 3 returns and at least 25 % of his deliveries (BOO-02)."""
    if counts.is_impossible or counts.deliveries == 0:
        return False
    return counts.returns >= LISTED_RETURNS and counts.returns * 100 >= LISTED_PERCENT * counts.deliveries


def level_of(counts: Counts) -> Level:
    """The level of a listed customer, NONE for the others (BOO-08 to BOO-11)."""
    if not is_listed(counts):
        return Level.NONE
    share = counts.returns * 100
    if share >= HIGH_PERCENT * counts.deliveries:
        return Level.HIGH
    return Level.MEDIUM if share >= MEDIUM_PERCENT * counts.deliveries else Level.LOW


def rate_tenths(counts: Counts) -> int | None:
    """The rate in tenths of a percent, truncated, so that what reads "50 %" is never low; None without deliveries (BOO-03)."""
    if counts.deliveries == 0 or counts.is_impossible:
        return None
    return counts.returns * 1000 // counts.deliveries


def told(tenths: int | None) -> str:
    """``374`` as "37,4 %"; a dash where there is no rate."""
    if tenths is None:
        return "—"
    return f"{tenths // 10},{tenths % 10} %" if tenths % 10 else f"{tenths // 10} %"


def band_tenths(returns: int, deliveries: int) -> tuple[int, int] | None:
    """The confidence band of a rate in tenths of a percent, its ends rounded outwards; None without deliveries.

    Wilson's interval for ``p = returns / deliveries``, n deliveries, z = 1,96:
    ``(p + z²/2n ± z·√(p(1-p)/n + z²/4n²)) / (1 + z²/n)``. 3 of 4 is 30,0 to 95,5 %, 75 of 100 is 65,6 to 82,5 %.
    """
    if not 0 <= returns <= deliveries or deliveries == 0:
        return None
    share = Fraction(returns, deliveries)
    middle = share + Z_SQUARED / (2 * deliveries)
    inside = Z_SQUARED * (share * (1 - share) / deliveries + Z_SQUARED / (4 * deliveries**2))
    floor = isqrt(inside.numerator * SCALE**2 // inside.denominator)
    exact = Fraction(floor, SCALE) ** 2 == inside
    whole = 1 + Z_SQUARED / deliveries
    low = (middle - Fraction(floor if exact else floor + 1, SCALE)) / whole * 1000
    high = (middle + Fraction(floor if exact else floor + 1, SCALE)) / whole * 1000
    return max(0, low.numerator // low.denominator), min(1000, -(-high.numerator // high.denominator))


def advice_for(counts: Counts, reports: int = 0) -> Advice:
    """What to do about a new order: judged by the sure end of the band of the returns that were his own doing.

    Surely every second parcel: no cash on delivery. Surely every fourth: a deposit first. Listed on less, or reported: call.
    """
    band = band_tenths(counts.own_returns, counts.deliveries)
    if is_listed(counts) and band is not None:
        if band[0] >= MEDIUM_PERCENT * 10:
            return Advice.NO_COD
        return Advice.DEPOSIT if band[0] >= LISTED_PERCENT * 10 else Advice.CALL
    return Advice.CALL if reports else Advice.NOTHING
