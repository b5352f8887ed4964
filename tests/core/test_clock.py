"""The moment, and the date in Vietnam."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine

from core.clock import ZONE, local_today, now, to_local


def test_now_is_an_aware_utc_moment() -> None:
    with time_machine.travel(datetime(2026, 11, 21, 18, 30, tzinfo=UTC), tick=False):
        assert now() == datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
        assert now().tzinfo is UTC


def test_after_17_o_clock_utc_it_is_already_tomorrow_in_vietnam() -> None:
    with time_machine.travel(datetime(2026, 11, 21, 16, 59, 59, tzinfo=UTC), tick=False):
        assert local_today() == date(2026, 11, 21)
    with time_machine.travel(datetime(2026, 11, 21, 17, 0, tzinfo=UTC), tick=False):
        assert local_today() == date(2026, 11, 22)
        assert local_today(UTC) == date(2026, 11, 21)


def test_local_time_needs_an_aware_moment() -> None:
    assert to_local(datetime(2026, 1, 1, tzinfo=UTC)) == datetime(2026, 1, 1, 7, tzinfo=ZONE)
    with pytest.raises(ValueError, match="time zone"):
        to_local(datetime(2026, 1, 1))  # noqa: DTZ001
