"""When schedules are due: on the wall clock of a zone, also where that is put forward or back."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.jobs.slots import latest_slot, next_slot

HANOI, BERLIN = ZoneInfo("Asia/Ho_Chi_Minh"), ZoneInfo("Europe/Berlin")
ZONES = [HANOI, BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Africa/Casablanca")]
SCHEDULES = ["30 2 * * *", "0 * * * *", "*/7 * * * *", "15,45 1-3 * * 0", "0 0 1 * *", "0 0 29 2 *", "*/30 */2 * * *"]


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def slots(schedule, zone, start, end):
    found = [next_slot(schedule, zone, start)]
    while found[-1] <= end:
        found.append(next_slot(schedule, zone, found[-1]))
    return found[:-1]


@pytest.mark.parametrize(
    ("schedule", "zone", "moment", "slot"),
    [
        ("50 2 * * *", HANOI, utc(2026, 5, 1, 19, 50), utc(2026, 5, 1, 19, 50)),  # the very moment
        ("50 2 * * *", HANOI, utc(2026, 5, 1, 19, 49, 59), utc(2026, 4, 30, 19, 50)),
        ("0 8 1 1 *", HANOI, utc(2026, 5, 1), utc(2026, 1, 1, 1)),
        ("0 0 29 2 *", HANOI, utc(2026, 5, 1), utc(2024, 2, 28, 17)),
        ("30 2 * * *", BERLIN, utc(2026, 3, 29, 1, 29), utc(2026, 3, 28, 1, 30)),  # 03:29: an hour was skipped
        ("30 2 * * *", BERLIN, utc(2026, 3, 29, 1, 30), utc(2026, 3, 29, 1, 30)),  # 03:30, as if it had not been
        ("30 2 * * *", BERLIN, utc(2026, 10, 25, 2), utc(2026, 10, 25, 0, 30)),  # 02:30 came twice: the first
        ("*/10 * * * *", BERLIN, utc(2026, 10, 25, 1, 15), utc(2026, 10, 25, 1, 10)),  # 02:10, for the second time
    ],
)
def test_the_latest_slot(schedule, zone, moment, slot):
    assert latest_slot(schedule, zone, moment) == slot


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_a_daily_schedule_is_due_once_on_each_day_of_the_year(zone):
    found = slots("30 2 * * *", zone, utc(2026, 1, 1), utc(2027, 1, 1))

    assert len(found) in {365, 366}  # the first and the last day count by the zone's offset
    days = [slot.astimezone(zone).date() for slot in found]
    assert [later - earlier for earlier, later in pairwise(days)] == [timedelta(days=1)] * (len(days) - 1)


@pytest.mark.parametrize("change", [utc(2026, 3, 29), utc(2026, 10, 25)])
def test_an_hourly_schedule_takes_no_notice_of_summer_time(change):
    found = slots("0 * * * *", BERLIN, change - timedelta(hours=8), change + timedelta(hours=8))

    assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(hours=1)}


@settings(max_examples=150, deadline=None)
@given(
    schedule=st.sampled_from(SCHEDULES),
    zone=st.sampled_from(ZONES),
    moment=st.integers(0, 4_000_000).map(lambda minutes: utc(2024, 1, 1) + timedelta(minutes=minutes))
    | st.integers(-500, 500).map(lambda minutes: utc(2026, 10, 25, 1) + timedelta(minutes=minutes))
    | st.integers(-500, 500).map(lambda minutes: utc(2026, 3, 29, 1) + timedelta(minutes=minutes)),
)
def test_no_slot_lies_between_the_latest_and_the_next(schedule, zone, moment):
    latest, following = latest_slot(schedule, zone, moment), next_slot(schedule, zone, moment)

    assert latest <= moment < following
    assert next_slot(schedule, zone, latest) == following
    assert latest_slot(schedule, zone, following) == following
    assert latest_slot(schedule, zone, following - timedelta(seconds=1)) == latest
