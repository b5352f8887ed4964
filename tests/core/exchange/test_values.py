"""Cells → values of fields, with errors that say what to write instead."""

# ruff: noqa: DTZ001 - a cell holds the wall clock and knows no zone

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.dates import DateError
from core.errors import DomainError
from core.exchange.values import (
    CellError,
    parse_bool,
    parse_choice,
    parse_date,
    parse_int,
    parse_multi,
    parse_text,
)

LEVELS = {"gold": "Vàng", "silver": "Bạc", "bronze": "Đồng", "same": "Đong"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", None),
        ("  \u200b", None),
        ("  Đặng Lan ", "Đặng Lan"),
        (12, "12"),
        (1e21, "1e+21"),
        (1.5, "1.5"),
        (True, "Yes"),
        (date(2026, 11, 21), "21/11/2026"),
        (datetime(2026, 11, 21, 7, 5), "21/11/2026 07:05"),
        (time(7, 5), "07:05"),
        ("a\nb", "a b"),
    ],
)
def test_text(value: object, text: str | None) -> None:
    assert parse_text(value) == text


def test_text_that_does_not_fit_is_refused_not_cut() -> None:
    assert parse_text("x" * 5, 5) == "xxxxx"
    assert parse_text("a\nb", multiline=True) == "a\nb"
    with pytest.raises(CellError, match="6 characters; at most 5"):
        parse_text("x" * 6, 5)


@pytest.mark.parametrize(
    "value",
    [date(2026, 11, 21), datetime(2026, 11, 21, 23, 59), 46347, 46347.99, "21/11/2026", "2026-11-21", "21-11-26"],
)
def test_dates(value: object) -> None:
    assert parse_date(value) == date(2026, 11, 21)


def test_blank_dates_and_the_first_and_last_serial() -> None:
    assert parse_date(None) is None
    assert parse_date("  ") is None
    assert parse_date(61) == date(1900, 3, 1)
    assert parse_date(401_768) == date(2999, 12, 31)


@pytest.mark.parametrize(
    "value",
    ["31/02/2026", "hôm qua", "11/21/2026", 60, 401_769, 20261121, -1, True, time(10, 0), float("nan"), "46347"],
)
def test_what_is_no_date_is_refused(value: object) -> None:
    with pytest.raises((CellError, DateError)) as refused:
        parse_date(value)
    assert isinstance(refused.value, DomainError)


@pytest.mark.parametrize(
    ("value", "number"),
    [(None, None), ("", None), (5, 5), (5.0, 5), ("5", 5), ("1.234", 1234), ("1,234,567", 1234567), (" -7 ", -7)],
)
def test_integers(value: object, number: int | None) -> None:
    assert parse_int(value) == number


@pytest.mark.parametrize(
    "value", ["1.5", "1.23", "x", 1.5, True, date(2026, 1, 1), float("inf"), "9" * 5000, "1.234,5"]
)
def test_what_is_no_integer_is_refused(value: object) -> None:
    with pytest.raises(CellError):
        parse_int(value)


def test_integers_keep_to_their_range() -> None:
    assert parse_int(1, minimum=1, maximum=1) == 1
    for value in (0, 2):
        with pytest.raises(CellError, match="must be at"):
            parse_int(value, minimum=1, maximum=1)


@pytest.mark.parametrize("value", [True, "Có", "co", "X", "x", 1, 1.0, "1", "TRUE", "yes", "đúng", "✓"])
def test_yes(value: object) -> None:
    assert parse_bool(value) is True


@pytest.mark.parametrize("value", [False, "Không", "khong", "KHÔNG", 0, "0", "false", "No", "sai"])
def test_no(value: object) -> None:
    assert parse_bool(value) is False


def test_a_blank_or_unclear_yes() -> None:
    assert parse_bool(None) is None
    assert parse_bool(" ") is None
    for value in ("có thể", 2, date(2026, 1, 1)):
        with pytest.raises(CellError):
            parse_bool(value)


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("Vàng", "gold"),
        ("vang", "gold"),
        (" VÀNG ", "gold"),
        ("gold", "gold"),
        ("Đồng", "bronze"),
        ("Đong", "same"),
        (None, None),
    ],
)
def test_choices_by_label_without_marks_unless_they_decide(value: object, key: str | None) -> None:
    assert parse_choice(value, LEVELS) == key


@pytest.mark.parametrize("value", ["dong", "Kim cương", 7])
def test_an_unknown_or_ambiguous_choice_lists_the_labels(value: object) -> None:
    with pytest.raises(CellError, match="Vàng, Bạc, Đồng, Đong"):
        parse_choice(value, LEVELS)


def test_several_values_in_one_cell() -> None:
    assert parse_multi("Vàng; bạc,VANG\n ,", LEVELS) == ["gold", "silver"]
    assert parse_multi(None) == []
    assert parse_multi(" sỉ , lẻ;Sỉ") == ["sỉ", "lẻ"]
    with pytest.raises(CellError) as refused:
        parse_multi("Vàng, a, b", LEVELS)
    assert len(refused.value.problems) == 2


anything = st.one_of(
    st.none(), st.text(), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes(), st.times()
)


@settings(deadline=None)
@given(anything)
def test_no_cell_raises_anything_but_a_domain_error(value: object) -> None:
    for parse in (parse_text, parse_date, parse_int, parse_bool, parse_multi, lambda cell: parse_choice(cell, LEVELS)):
        try:
            parse(value)
        except DomainError as refused:
            assert str(refused)
