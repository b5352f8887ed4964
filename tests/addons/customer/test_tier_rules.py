"""Which tier figures reach: arithmetic, without a database (TIE)."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addons.customer.contributions import TierFigures
from addons.customer.tiers.rules import Basis, Level, Rules, misordered

MOST = 2**62

amounts = st.lists(st.integers(0, MOST), unique=True, max_size=5).map(sorted)
counts = st.lists(st.integers(1, 10_000), unique=True, max_size=5).map(sorted)
figures_of_any = st.builds(TierFigures, st.integers(-MOST, MOST), st.integers(0, 10_000), st.integers(-MOST, MOST))
bases = st.sampled_from(Basis)


@st.composite
def ladders(draw: st.DrawFn) -> list[Level]:
    """Tiers of both criteria, mixed, whose milestones rise with their order."""
    by_amount, by_count = draw(amounts), draw(counts)
    kinds = draw(st.permutations(["amount"] * len(by_amount) + ["count"] * len(by_count)))
    levels = []
    for position, kind in enumerate(kinds):
        milestone = {"min_amount": by_amount.pop(0)} if kind == "amount" else {"min_contracts": by_count.pop(0)}
        levels.append(Level(UUID(int=position), f"Cấp {position}", position, **milestone))
    return levels


def place(level: Level | None) -> int:
    return -1 if level is None else level.position


SILVER, GOLD = Level(UUID(int=1), "Bạc", 10, 100), Level(UUID(int=2), "Vàng", 20, 500)
OFTEN = Level(UUID(int=3), "Thân thiết", 30, None, 3)


@pytest.mark.req("TIE-20", "TIE-12")
@pytest.mark.parametrize(
    ("revenue", "contracts", "reached"),
    [(99, 0, None), (100, 0, SILVER), (499, 2, SILVER), (500, 0, GOLD), (0, 2, None), (0, 3, OFTEN), (500, 3, OFTEN)],
)
def test_the_boundary_belongs_to_the_higher_tier(revenue: int, contracts: int, reached: Level | None) -> None:
    rules = Rules([GOLD, OFTEN, SILVER], Basis.REVENUE)
    assert rules.reached(TierFigures(revenue, contracts, paid=10**9)) == reached


@pytest.mark.req("TIE-13")
def test_by_payments_a_number_of_contracts_reaches_nothing() -> None:
    rules = Rules([SILVER, GOLD, OFTEN], Basis.PAYMENT)
    assert rules.reached(TierFigures(revenue=10**9, contracts=99, paid=500)) == GOLD
    assert rules.reached(TierFigures(revenue=10**9, contracts=99, paid=99)) is None


@given(ladders(), bases, figures_of_any)
def test_nothing_above_the_reached_tier_is_reached(levels: list[Level], basis: Basis, figures: TierFigures) -> None:
    reached = Rules(levels, basis).reached(figures)
    assert reached is None or reached.is_reached(figures, basis)
    assert not any(level.is_reached(figures, basis) for level in levels if level.position > place(reached))


@given(ladders(), bases, figures_of_any, st.integers(0, MOST), st.integers(0, 100))
def test_more_never_means_a_lower_tier(
    levels: list[Level], basis: Basis, figures: TierFigures, money: int, contracts: int
) -> None:
    rules = Rules(levels, basis)
    more = figures + TierFigures(money, contracts, money)
    assert place(rules.reached(more)) >= place(rules.reached(figures))


@pytest.mark.req("TIE-10")
@given(ladders(), bases, figures_of_any, st.data())
def test_an_update_is_steady_and_lowers_only_where_it_may(
    levels: list[Level], basis: Basis, figures: TierFigures, data: st.DataObject
) -> None:
    present = data.draw(st.sampled_from([None, *levels]))
    for may_fall in (False, True):
        rules = Rules(levels, basis, may_fall)
        after = rules.placed(present, figures)
        assert rules.placed(after, figures) == after
        assert place(after) == (
            place(rules.reached(figures)) if may_fall else max(place(present), place(rules.reached(figures)))
        )


@pytest.mark.req("TIE-20")
@given(st.lists(st.integers(0, 20), unique=True, max_size=6), st.data())
def test_rising_milestones_are_told_from_others(positions: list[int], data: st.DataObject) -> None:
    levels = [Level(UUID(int=each), str(each), each, data.draw(st.integers(0, 9))) for each in positions]
    rising = [level.min_amount for level in sorted(levels, key=lambda level: level.position)]
    assert (not list(misordered(levels))) == (rising == sorted(set(rising)))  # type: ignore[type-var]
