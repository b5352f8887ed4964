"""Amounts in đồng, written and read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import MAX_MONEY, MoneyError, format_money, parse_money, short_money

amounts = st.integers(min_value=-MAX_MONEY, max_value=MAX_MONEY)


@pytest.mark.req("SYS-17")
@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0 ₫"),
        (999, "999 ₫"),
        (10_000, "10.000 ₫"),
        (1_234_567, "1.234.567 ₫"),
        (80_000_000, "80.000.000 ₫"),
        (-1_234_567, "−1.234.567 ₫"),
        (MAX_MONEY, "9.223.372.036.854.775.807 ₫"),
    ],
)
def test_money_is_whole_dong_with_dots_between_thousands(amount: int, text: str) -> None:
    assert format_money(amount) == text


@pytest.mark.req("SYS-17")
@given(amounts)
def test_what_is_shown_reads_back(amount: int) -> None:
    assert parse_money(format_money(amount)) == amount
    assert parse_money(str(amount)) == amount
    assert parse_money(f"{amount:,}") == amount


@pytest.mark.req("SYS-17")
@pytest.mark.parametrize(
    "text",
    [
        "1.234.567",
        "1234567",
        "1,234,567",
        "1 234 567",
        "1.234.567 ₫",
        "1.234.567₫",
        "1.234.567đ",
        "1.234.567 Đ",
        "1.234.567 VND",
        "1.234.567 vnđ",
        "1.234.567vnd",
        "1.234.567 đồng",
        " 1\u00a0234\u00a0567\u00a0₫ ",
        "\uff11\uff12\uff13\uff14\uff15\uff16\uff17",
        "0001234567",
        1234567,
        1234567.0,
    ],
)
def test_every_usual_spelling_is_the_same_amount(text: str | int | float) -> None:
    assert parse_money(text) == 1_234_567


@pytest.mark.req("SYS-17")
@pytest.mark.parametrize(
    "text",
    [
        "1.5",
        "12.34",
        "1.234,567",
        "1,234.567",
        "1.234,00",
        "1234567.0",
        "1234.567",
        "1.23.456",
        "0.123",
        ".123",
        "1.234.",
        "1e6",
        "80 triệu",
        "12a",
        "--5",
        "5-",
        "₫",
        "$5",
        "٣٣",
        "nan",
        "Infinity",
    ],
)
def test_what_could_mean_a_fraction_or_no_number_is_refused(text: str) -> None:
    with pytest.raises(MoneyError):
        parse_money(text)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "money_empty"),
        (" \u00a0", "money_empty"),
        (1.5, "money_fraction"),
        (float("nan"), "money_fraction"),
        (float("inf"), "money_fraction"),
        (True, "money_invalid"),
        (MAX_MONEY + 1, "money_too_large"),
        (-MAX_MONEY - 1, "money_too_large"),
        (str(MAX_MONEY + 1), "money_too_large"),
        ("9" * 5_000, "money_too_large"),
        (1e17, "money_too_large"),
    ],
)
def test_refusals_carry_a_stable_code(value: str | float, code: str) -> None:
    with pytest.raises(MoneyError) as refused:
        parse_money(value)
    assert [problem.code for problem in refused.value.problems] == [code]


def test_leading_zeros_do_not_make_an_amount_large() -> None:
    assert parse_money("0" * 5_000 + "7") == 7


@given(st.text())
def test_any_text_is_an_amount_or_a_money_error(text: str) -> None:
    try:
        assert abs(parse_money(text)) <= MAX_MONEY
    except MoneyError as refused:
        assert str(refused)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (1_280_000_000, "1,28 tỷ"),
        (48_200_000, "48,2 tr"),
        (48_000_000, "48 tr"),
        (1_000_000, "1 tr"),
        (999_999, "999.999 ₫"),
        (999_949_999, "999,9 tr"),
        (999_950_000, "1 tỷ"),
        (1_284_999_999, "1,28 tỷ"),
        (1_285_000_000, "1,29 tỷ"),
        (1_234_560_000_000, "1.234,56 tỷ"),
        (-48_200_000, "−48,2 tr"),
        (0, "0 ₫"),
    ],
)
def test_short_amounts(amount: int, text: str) -> None:
    assert short_money(amount) == text
