"""The arithmetic of returns, proved at its edges and by arbitrary numbers (BOO-02, 03, 08 to 11)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addons.boom.rates import (
    Z_SQUARED,
    Advice,
    Cause,
    Counts,
    Level,
    advice_for,
    band_tenths,
    is_listed,
    level_of,
    rate_tenths,
    told,
)

numbers = st.integers(0, 3_000)
possible = st.tuples(numbers, numbers).map(lambda pair: Counts(max(pair), min(pair)))


@pytest.mark.req("BOO-02")
@pytest.mark.req("BOO-09")
@pytest.mark.req("BOO-10")
@pytest.mark.req("BOO-11")
@pytest.mark.parametrize(
    ("returns", "deliveries", "level", "shown"),
    [
        (3, 12, Level.LOW, "25 %"),
        (3, 13, Level.NONE, "23 %"),
        (99, 200, Level.LOW, "49,5 %"),
        (4999, 10_000, Level.LOW, "49,9 %"),
        (3, 6, Level.MEDIUM, "50 %"),
        (149, 200, Level.MEDIUM, "74,5 %"),
        (3, 4, Level.HIGH, "75 %"),
        (3, 3, Level.HIGH, "100 %"),
        (2, 2, Level.NONE, "100 %"),
        (2499, 10_000, Level.NONE, "24,9 %"),
        (0, 0, Level.NONE, "—"),
        (3, 0, Level.NONE, "—"),
        (4, 3, Level.NONE, "—"),
    ],
)
def test_the_edges_of_the_levels(returns: int, deliveries: int, level: Level, shown: str) -> None:
    counts = Counts(deliveries, returns)
    assert level_of(counts) is level
    assert is_listed(counts) is (level is not Level.NONE)
    assert told(rate_tenths(counts)) == shown
    assert counts.is_impossible is (returns > deliveries)


@pytest.mark.req("BOO-08")
@given(possible)
def test_the_level_is_that_of_the_exact_rate_and_is_never_told_otherwise(counts: Counts) -> None:
    rate = Fraction(counts.returns * 100, counts.deliveries) if counts.deliveries else None
    listed = rate is not None and counts.returns >= 3 and rate >= 25
    wanted = Level.NONE if not listed or rate is None else Level(1 + (rate >= 50) + (rate >= 75))
    assert level_of(counts) is wanted
    tenths = rate_tenths(counts)
    assert (tenths is None) == (rate is None)
    if tenths is not None and rate is not None:
        assert 0 <= rate * 10 - tenths < 1
        for edge in (250, 500, 750):  # what reads "50 %" is medium
            assert (tenths >= edge) == (rate * 10 >= edge)


@pytest.mark.req("BOO-03")
@given(possible)
def test_the_band_holds_the_rate_and_is_wilsons_to_a_tenth(counts: Counts) -> None:
    band = band_tenths(counts.returns, counts.deliveries)
    if counts.deliveries == 0:
        assert band is None
        return
    assert band is not None
    low, high = band
    assert 0 <= low <= counts.returns * 1000 // counts.deliveries <= high <= 1000
    z, n, p = float(Z_SQUARED) ** 0.5, counts.deliveries, counts.returns / counts.deliveries
    half = z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
    middle, whole = p + z * z / (2 * n), 1 + z * z / n
    assert low == pytest.approx((middle - half) / whole * 1000, abs=1.001)
    assert high == pytest.approx((middle + half) / whole * 1000, abs=1.001)


def test_three_of_four_is_not_read_like_75_of_100() -> None:
    assert band_tenths(3, 4) == (300, 955)
    assert band_tenths(75, 100) == (656, 825)
    assert advice_for(Counts(4, 3)) is Advice.DEPOSIT
    assert advice_for(Counts(100, 75)) is Advice.NO_COD
    assert advice_for(Counts(12, 3)) is Advice.CALL  # listed, but its band begins at 8,8 %
    assert advice_for(Counts(13, 3)) is Advice.NOTHING
    assert advice_for(Counts(0, 0), reports=1) is Advice.CALL


@given(possible, st.integers(0, 3_000))
def test_what_the_carrier_or_the_shop_did_never_makes_the_advice_stricter(counts: Counts, blameless: int) -> None:
    order = list(Advice)
    eased = Counts(counts.deliveries, counts.returns, {Cause.CARRIER: min(blameless, counts.returns)})
    assert order.index(advice_for(eased)) <= order.index(advice_for(counts))
    assert eased.own_returns == counts.returns - min(blameless, counts.returns)


@given(possible, possible)
def test_counts_of_two_shops_add_up(one: Counts, other: Counts) -> None:
    both = one + other
    assert (both.returns, both.deliveries) == (one.returns + other.returns, one.deliveries + other.deliveries)
