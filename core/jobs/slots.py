"""When a schedule is due: its cron fields, read on a wall clock, as moments. Nothing here knows the database.

Where a clock is put forward, a time that it skips is due as if it had not been: 02:30 at what is then called 03:30. Where it is
put back, a time that comes twice is due the first time; only a schedule of every hour (its second field begins with ``*``)
goes on through both.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from croniter import croniter

UNSTEADY = timedelta(hours=3)
"""So near to a change of its offset a wall clock's order is not that of the moments. No zone puts its clock further."""

SECOND = timedelta(seconds=1)


def latest_slot(schedule: str, zone: tzinfo, moment: datetime) -> datetime:
    """The last moment, up to and with ``moment``, at which ``schedule`` was due on the clock of ``zone`` (UTC)."""
    local, margin = _around(zone, moment)
    walls = croniter(schedule, local + margin + SECOND).all_prev(datetime)
    slots: list[datetime] = []
    for wall in walls:
        slots += (slot for slot in _moments(schedule, zone, wall) if slot <= moment)
        if slots and wall <= local - margin:
            break
    return max(slots)


def next_slot(schedule: str, zone: tzinfo, moment: datetime) -> datetime:
    """The first moment after ``moment`` at which ``schedule`` is due on the clock of ``zone`` (UTC)."""
    local, margin = _around(zone, moment)
    slots: list[datetime] = []
    for wall in croniter(schedule, local - margin).all_next(datetime):
        slots += (slot for slot in _moments(schedule, zone, wall) if slot > moment)
        if slots and wall >= local + margin:
            break
    return min(slots)


def _around(zone: tzinfo, moment: datetime) -> tuple[datetime, timedelta]:
    """What the clock on the wall shows, and how far from there its order may be another."""
    before, after = ((moment + way * UNSTEADY).astimezone(zone).utcoffset() for way in (-1, 1))
    return moment.astimezone(zone).replace(tzinfo=None), timedelta() if before == after else UNSTEADY


def _moments(schedule: str, zone: tzinfo, wall: datetime) -> Iterator[datetime]:
    """The moments at which the clock of ``zone`` shows ``wall``, as far as ``schedule`` counts them."""
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    yield first
    if second > first and schedule.split()[1].startswith("*"):
        yield second
