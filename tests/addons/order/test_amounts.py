"""The arithmetic of lines and documents."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from addons.order.amounts import document_amounts, line_amounts

QUANTITY = st.decimals(Decimal("0.001"), Decimal(1_000_000), places=3)
PRICE = st.integers(0, 10**12)
PERCENT = st.decimals(0, 100, places=3)
RATE = st.sampled_from((None, 0, 5, 8, 10))


@given(QUANTITY, PRICE, PERCENT, RATE)
@settings(max_examples=60, deadline=None)
def test_a_line_is_exact_to_half_a_dong_at_each_step(
    quantity: Decimal, price: int, percent: Decimal, rate: int | None
) -> None:
    line = line_amounts(quantity, price, percent, rate)
    # in thousandths of a đồng, and so on: whole numbers only
    thousandths = int(quantity.scaleb(3)) * price
    assert abs(line.gross * 1_000 - thousandths) * 2 <= 1_000
    hundred_thousandths = line.gross * int(percent.scaleb(3))
    assert abs(line.discount * 100_000 - hundred_thousandths) * 2 <= 100_000
    assert abs(line.vat * 100 - line.net * (rate or 0)) * 2 <= 100
    assert 0 <= line.discount <= line.gross
    assert line.amount == line.gross - line.discount + line.vat


@given(st.lists(st.tuples(QUANTITY, PRICE, PERCENT, RATE), max_size=8))
@settings(max_examples=30, deadline=None)
def test_a_document_is_the_sum_of_what_its_lines_show(lines: list[tuple[Decimal, int, Decimal, int | None]]) -> None:
    amounts = [line_amounts(*line) for line in lines]
    assert document_amounts(amounts).total == sum(each.amount for each in amounts)


def test_half_a_dong_is_rounded_up() -> None:
    assert line_amounts(Decimal("0.5"), 1).gross == 1
    assert line_amounts(Decimal("0.499"), 1).gross == 0
    assert line_amounts(Decimal(1), 10, Decimal(5)).discount == 1
    assert line_amounts(Decimal(1), 10, Decimal("4.999")).discount == 0
    assert line_amounts(Decimal(3), 333_333, Decimal("33.333"), 10).amount == 733_336
