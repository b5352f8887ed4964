"""The arithmetic of days, months and midnights; no database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addons.activity.times import (
    Span,
    View,
    days_of,
    fills,
    hours_shown,
    local_times,
    midnight,
    moment_of,
    overlap,
    place,
    span_of,
    stepped,
    touches,
)
from core.clock import ZONE

DAY = date(2026, 11, 24)
days = st.dates(date(1901, 1, 1), date(2998, 12, 31))
moments = st.integers(-3 * 24 * 60, 3 * 24 * 60).map(lambda minutes: midnight(DAY) + timedelta(minutes=minutes))


@st.composite
def spans(draw: st.DrawFn) -> Span:
    return Span(start := draw(moments), start + timedelta(minutes=draw(st.integers(1, 3_000))))


def test_a_vietnamese_midnight_is_the_evening_before_in_utc() -> None:
    assert midnight(DAY) == datetime(2026, 11, 23, 17, tzinfo=UTC)
    assert span_of(DAY, None, None, None, minutes=60) == Span(midnight(DAY), midnight(date(2026, 11, 25)), True)
    assert span_of(DAY, time(23, 30), None, None, minutes=60).ends_at == moment_of(date(2026, 11, 25), time(0, 30))
    assert span_of(DAY, time(23), date(2026, 11, 25), time(1), minutes=60).ends_at == moment_of(
        date(2026, 11, 25), time(1)
    )
    assert span_of(date(2026, 12, 31), None, date(2027, 1, 2), None, minutes=1).ends_at == midnight(date(2027, 1, 3))


def test_what_ends_at_midnight_is_not_on_the_next_day() -> None:
    late = Span(moment_of(DAY, time(23)), midnight(date(2026, 11, 25)))
    assert [touches(late, DAY + timedelta(days=n)) for n in (-1, 0, 1)] == [False, True, False]
    over = Span(moment_of(DAY, time(23)), moment_of(date(2026, 11, 26), time(0, 1)))
    assert [touches(over, DAY + timedelta(days=n)) for n in range(4)] == [True, True, True, False]
    assert [fills(over, DAY + timedelta(days=n)) for n in range(3)] == [False, True, False]
    assert [(each.slot, each.slots) for each in place([over], DAY)] == [(46, 2)]
    assert [(each.slot, each.slots) for each in place([over], DAY + timedelta(days=2))] == [(0, 1)]
    assert place([over], DAY + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("day", "first", "last", "weeks"),
    [
        (date(2026, 2, 14), date(2026, 1, 26), date(2026, 3, 1), 5),
        (date(2027, 2, 1), date(2027, 2, 1), date(2027, 2, 28), 4),  # a Monday, 28 days
        (date(2026, 11, 30), date(2026, 10, 26), date(2026, 12, 6), 6),
        (date(2028, 2, 29), date(2028, 1, 31), date(2028, 3, 5), 5),
        (date(2026, 12, 31), date(2026, 11, 30), date(2027, 1, 3), 5),
    ],
)
def test_a_month_is_shown_in_whole_weeks(day: date, first: date, last: date, weeks: int) -> None:
    shown = days_of(View.MONTH, day)
    assert (shown[0], shown[-1], len(shown)) == (first, last, weeks * 7)


def test_a_step_from_the_31st_ends_in_the_month_meant() -> None:
    assert stepped(View.MONTH, date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert stepped(View.MONTH, date(2026, 1, 31), -1) == date(2025, 12, 31)
    assert stepped(View.MONTH, date(2026, 12, 15), 1) == date(2027, 1, 15)
    assert stepped(View.WEEK, date(2026, 12, 30), 1) == date(2027, 1, 6)


@given(days, st.sampled_from(View))
def test_every_view_holds_its_day_and_whole_weeks(day: date, view: View) -> None:
    shown = days_of(view, day)
    assert day in shown
    assert shown == [shown[0] + timedelta(days=n) for n in range(len(shown))]
    if view is not View.DAY:
        assert (shown[0].weekday(), shown[-1].weekday()) == (0, 6)
    if view is View.MONTH:
        first = day.replace(day=1)
        assert shown[0] <= first < shown[7]
        assert shown[-8].month == day.month
        assert (shown[-1] + timedelta(days=1)).month != day.month


@given(st.lists(spans(), max_size=14))
def test_nothing_covers_anything_and_no_lane_is_wasted(items: list[Span]) -> None:
    placed = place(items, DAY)
    assert sorted(id(each.item) for each in placed) == sorted(
        id(each) for each in items if touches(each, DAY) and not fills(each, DAY)
    )
    cells = [(each.lane, row) for each in placed for row in range(each.slot, each.slot + each.slots)]
    assert len(cells) == len(set(cells))
    assert all(0 <= row < 48 for _lane, row in cells)
    busiest = max((sum(row == other for _lane, other in cells) for _lane, row in cells), default=0)
    assert max((each.lane + 1 for each in placed), default=0) == busiest
    first, last = hours_shown(8, 18, placed)
    assert first <= 8
    assert last >= 18
    assert all(first * 2 <= each.slot and each.slot + each.slots <= last * 2 for each in placed)


@given(spans(), spans())
def test_an_overlap_is_a_moment_that_both_take(one: Span, other: Span) -> None:
    later = max(one.starts_at, other.starts_at)
    assert overlap(one, other) == overlap(other, one) == (later < min(one.ends_at, other.ends_at))


@given(spans())
def test_a_form_shows_what_it_would_store(span: Span) -> None:
    day, start, end_day, end = local_times(span)
    assert span_of(day, start, end_day, end, minutes=60) == span


def test_all_day_is_shown_with_its_last_day() -> None:
    span = span_of(DAY, None, date(2026, 11, 26), None, minutes=60)
    assert local_times(span) == (DAY, None, date(2026, 11, 26), None)
    assert datetime.combine(DAY, time.min, ZONE) == span.starts_at
