"""Dates as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dates import FIRST_DAY, LAST_DAY, DateError, format_date, format_datetime, parse_date


@pytest.mark.parametrize(
    "text", ["21/11/2026", "2026-11-21", "21-11-26", "21.11.2026", " 21/11/26 ", "2026/11/21", "２１/１１/２０２６"]
)
def test_every_usual_spelling_is_the_same_day(text: str) -> None:
    assert parse_date(text) == date(2026, 11, 21)


NO_DAYS = """
    31/02/2026 29/02/2025 11/21/2026 0/1/2026 21/11 21-11/2026 21112026 2026-13-01 nay 1/1/1 1/1/202 1/1/20266
    21/11/2026T10:00 ٢١/١١/٢٠٢٦ -1/1/2026
"""


@pytest.mark.parametrize("text", [*NO_DAYS.split(), "", "hôm nay", "21/11/2026 10:00"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(DateError):
        parse_date(text)


@pytest.mark.parametrize("text", ["31/12/1899", "01/01/3000", "0001-01-01", "9999-12-31"])
def test_days_that_no_business_knows_are_refused(text: str) -> None:
    with pytest.raises(DateError) as refused:
        parse_date(text)
    assert refused.value.problems[0].code == "date_out_of_range"


def test_short_years_split_at_1950() -> None:
    assert parse_date("1/1/49").year == 2049
    assert parse_date("1/1/50").year == 1950


@given(st.dates(min_value=FIRST_DAY, max_value=LAST_DAY))
def test_what_is_shown_reads_back(day: date) -> None:
    assert parse_date(format_date(day)) == day
    assert parse_date(day.isoformat()) == day


def test_moments_are_shown_in_vietnamese_time() -> None:
    moment = datetime(2026, 11, 21, 18, 5, tzinfo=UTC)
    assert format_datetime(moment) == "22/11/2026 01:05"
    assert format_date(moment) == "22/11/2026"
    with pytest.raises(ValueError, match="time zone"):
        format_datetime(datetime(2026, 11, 21, 18, 5))  # noqa: DTZ001
