"""The period picker: presets, From/To, and what they mean in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dates import FIRST_DAY, LAST_DAY
from core.errors import DomainError
from core.periods import PRESETS, Period, parse_period, preset_period

SATURDAY = date(2026, 11, 21)


@pytest.mark.req("SYS-09")
@pytest.mark.parametrize(
    ("preset", "start", "end"),
    [
        ("today", date(2026, 11, 21), date(2026, 11, 21)),
        ("yesterday", date(2026, 11, 20), date(2026, 11, 20)),
        ("this_week", date(2026, 11, 16), date(2026, 11, 22)),
        ("last_week", date(2026, 11, 9), date(2026, 11, 15)),
        ("this_month", date(2026, 11, 1), date(2026, 11, 30)),
        ("last_month", date(2026, 10, 1), date(2026, 10, 31)),
        ("this_quarter", date(2026, 10, 1), date(2026, 12, 31)),
        ("last_quarter", date(2026, 7, 1), date(2026, 9, 30)),
        ("this_year", date(2026, 1, 1), date(2026, 12, 31)),
        ("last_year", date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_presets_seen_from_a_saturday_in_november(preset: str, start: date, end: date) -> None:
    period = parse_period({"period": preset}, SATURDAY)
    assert period is not None
    assert (period.start, period.end, period.preset) == (start, end, preset)


def test_every_preset_of_the_requirement_is_offered() -> None:
    assert len(PRESETS) == 10


@pytest.mark.parametrize(
    ("preset", "today", "start", "end"),
    [
        ("last_month", date(2024, 3, 31), date(2024, 2, 1), date(2024, 2, 29)),
        ("last_month", date(2026, 1, 1), date(2025, 12, 1), date(2025, 12, 31)),
        ("last_quarter", date(2026, 1, 1), date(2025, 10, 1), date(2025, 12, 31)),
        ("this_quarter", date(2026, 3, 31), date(2026, 1, 1), date(2026, 3, 31)),
        ("this_week", date(2026, 11, 16), date(2026, 11, 16), date(2026, 11, 22)),
        ("last_week", date(2026, 1, 1), date(2025, 12, 22), date(2025, 12, 28)),
        ("yesterday", date(2026, 3, 1), date(2026, 2, 28), date(2026, 2, 28)),
        ("last_year", date(2024, 12, 31), date(2023, 1, 1), date(2023, 12, 31)),
    ],
)
def test_presets_at_the_edges_of_the_calendar(preset: str, today: date, start: date, end: date) -> None:
    assert preset_period(preset, today) == Period(start, end, preset)


@given(st.sampled_from(list(PRESETS)), st.dates(min_value=date(1902, 1, 1), max_value=date(2998, 12, 31)))
def test_this_contains_today_and_last_ends_right_before_this(preset: str, today: date) -> None:
    period = preset_period(preset, today)
    if preset.startswith("this_") or preset == "today":
        assert today in period
    else:
        current = "today" if preset == "yesterday" else preset.replace("last_", "this_")
        assert period.end + timedelta(days=1) == preset_period(current, today).start


@pytest.mark.req("SYS-09")
def test_to_is_included_until_its_last_microsecond_in_vietnam() -> None:
    period = parse_period({"period": "custom", "from": "2026-11-01", "to": "21/11/2026"}, SATURDAY)
    assert period is not None
    start, end = period.bounds_utc()
    assert start == datetime(2026, 10, 31, 17, 0, tzinfo=UTC)
    assert end == datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
    last_moment = datetime(2026, 11, 21, 16, 59, 59, 999_999, tzinfo=UTC)
    assert start <= last_moment < end
    assert not last_moment + timedelta(microseconds=1) < end


@pytest.mark.req("SYS-09")
def test_from_after_to_is_refused_and_the_same_day_is_not() -> None:
    with pytest.raises(DomainError) as refused:
        parse_period({"from": "2026-11-22", "to": "2026-11-21"}, SATURDAY)
    assert [(problem.code, problem.field) for problem in refused.value.problems] == [("period_reversed", "from")]
    same_day = parse_period({"from": "2026-11-21", "to": "2026-11-21"}, SATURDAY)
    assert same_day == Period(SATURDAY, SATURDAY)


def test_one_side_may_stay_open() -> None:
    since = parse_period({"from": "01/11/2026"}, SATURDAY)
    assert since == Period(date(2026, 11, 1), LAST_DAY)
    assert since.label == "01/11/2026 –"
    until = parse_period({"to": "01/11/2026"}, SATURDAY)
    assert until == Period(FIRST_DAY, date(2026, 11, 1))
    assert until.label == "– 01/11/2026"
    assert until.bounds_utc()[0] < until.bounds_utc()[1]


@pytest.mark.parametrize("args", [{}, {"period": ""}, {"period": "custom"}, {"from": " ", "to": ""}])
def test_no_period_asked_for_is_none(args: dict[str, str]) -> None:
    assert parse_period(args, SATURDAY) is None


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(DomainError) as refused:
        parse_period({"born_from": "31/02/2026", "born_to": "x"}, SATURDAY, prefix="born_")
    assert [problem.field for problem in refused.value.problems] == ["born_from", "born_to"]
    with pytest.raises(DomainError) as refused:
        parse_period({"born_from": "2026-11-22", "born_to": "2026-11-21"}, SATURDAY, prefix="born_")
    assert [problem.field for problem in refused.value.problems] == ["born_from"]
    with pytest.raises(DomainError) as refused:
        parse_period({"period": "next_week"}, SATURDAY)
    assert refused.value.problems[0].code == "period_unknown"


@given(st.dates(FIRST_DAY, LAST_DAY), st.dates(FIRST_DAY, LAST_DAY))
def test_a_period_in_a_link_reads_back(one: date, other: date) -> None:
    period = Period(min(one, other), max(one, other))
    if period.as_args():
        assert parse_period(period.as_args("x_"), SATURDAY, prefix="x_") == period
    for preset in PRESETS:
        assert parse_period(preset_period(preset, SATURDAY).as_args(), SATURDAY) == preset_period(preset, SATURDAY)
