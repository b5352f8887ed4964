"""When an activity is: from what people type to moments, and how it lies on the days of a calendar. Pure arithmetic.

Days are those of the business; an end never belongs to what it ends, so something up to midnight does not touch the next day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from core.clock import local_zone, to_local
from core.dates import FIRST_DAY, LAST_DAY

ONE_DAY = timedelta(days=1)
MAX_LENGTH = timedelta(days=31)
"""The longest activity: whatever touches a day began within this time before it."""

HOURS_A_DAY = 24
SLOTS_AN_HOUR = 2
"""The calendar's grid has half hours."""

SLOT = timedelta(hours=1) / SLOTS_AN_HOUR
WEEK = 7


@dataclass(frozen=True, slots=True)
class Span:
    """From ``starts_at`` up to, and without, ``ends_at``; all day means from midnight to midnight."""

    starts_at: datetime
    ends_at: datetime
    is_all_day: bool = False


def moment_of(day: date, clock: time, zone: tzinfo | None = None) -> datetime:
    """The moment in UTC at which ``zone`` (default: the business's) shows this day and time."""
    return datetime.combine(day, clock, zone or local_zone()).astimezone(UTC)


def midnight(day: date, zone: tzinfo | None = None) -> datetime:
    """The first moment of a day, in UTC."""
    return moment_of(day, time.min, zone)


def span_of(
    day: date, start: time | None, end_day: date | None, end: time | None, *, minutes: int, zone: tzinfo | None = None
) -> Span:
    """What was typed as moments. Without a start it is all day; without an end it takes ``minutes``.

    The end is not checked against the start.
    """
    if start is None:
        return Span(midnight(day, zone), midnight((end_day or day) + ONE_DAY, zone), is_all_day=True)
    starts_at = moment_of(day, start, zone)
    if end is None and end_day is None:
        return Span(starts_at, starts_at + timedelta(minutes=minutes))
    return Span(starts_at, moment_of(end_day or day, end or start, zone))


class View(StrEnum):
    """How much of the calendar is shown."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def clamped(day: date) -> date:
    """``day`` at least half a year away from the ends of the calendar, so that no step and no grid leaves it."""
    return min(max(day, FIRST_DAY + timedelta(days=200)), LAST_DAY - timedelta(days=200))


def days_of(view: View, day: date) -> list[date]:
    """The days that a view shows: the day, its week from Monday to Sunday, or the whole weeks that its month touches."""
    match view:
        case View.DAY:
            return [day]
        case View.WEEK:
            first = day - timedelta(days=day.weekday())
            return [first + timedelta(days=n) for n in range(WEEK)]
        case View.MONTH:
            first = day.replace(day=1)
            first -= timedelta(days=first.weekday())
            last = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - ONE_DAY
            weeks = ((last - first).days // WEEK) + 1
            return [first + timedelta(days=n) for n in range(weeks * WEEK)]


def stepped(view: View, day: date, steps: int) -> date:
    """The day to show when one goes ``steps`` views on (negative: back). A month later than the 31st is its last day."""
    match view:
        case View.DAY:
            return clamped(day + steps * ONE_DAY)
        case View.WEEK:
            return clamped(day + steps * WEEK * ONE_DAY)
        case View.MONTH:
            months = day.year * 12 + day.month - 1 + steps
            first = date(months // 12, months % 12 + 1, 1)
            last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - ONE_DAY
            return clamped(min(first + timedelta(days=day.day - 1), last))


class Timed(Protocol):
    """Whatever has a beginning and an end."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def is_all_day(self) -> bool: ...


T = TypeVar("T", bound=Timed)


def touches(item: Timed, day: date, zone: tzinfo | None = None) -> bool:
    """Whether something of it lies on the day."""
    return item.starts_at < midnight(day + ONE_DAY, zone) and item.ends_at > midnight(day, zone)


def fills(item: Timed, day: date, zone: tzinfo | None = None) -> bool:
    """Whether it takes the whole day, so that it stands above the hours."""
    return item.is_all_day or (item.starts_at <= midnight(day, zone) and item.ends_at >= midnight(day + ONE_DAY, zone))


@dataclass(frozen=True, slots=True)
class Placed(Generic[T]):
    """Where something stands in the hours of a day: ``slot`` half hours after midnight, ``slots`` of them long, in a lane.

    Where nothing is beside it, it may have the whole width.
    """

    item: T
    slot: int
    slots: int
    lane: int
    is_alone: bool = False


def place(items: Iterable[T], day: date, zone: tzinfo | None = None) -> list[Placed[T]]:
    """Put what touches the day, and does not fill it, into lanes such that nothing covers anything; the longer ones first.

    What is shorter than a slot still takes one.
    """
    first, last = midnight(day, zone), midnight(day + ONE_DAY, zone)
    slots_a_day = HOURS_A_DAY * SLOTS_AN_HOUR
    cut = []
    for item in items:
        if touches(item, day, zone) and not fills(item, day, zone):
            begin = (max(item.starts_at, first) - first) // SLOT
            end = -((first - min(item.ends_at, last)) // SLOT)
            cut.append((begin, min(max(end, begin + 1), slots_a_day), item))
    cut.sort(key=lambda each: (each[0], -each[1]))
    free: list[int] = []
    placed = []
    for begin, end, item in cut:
        lane = next((n for n, until in enumerate(free) if until <= begin), len(free))
        free[lane : lane + 1] = [end]
        beside = [each for each in cut if each[0] < end and each[1] > begin]
        placed.append(Placed(item, begin, end - begin, lane, is_alone=len(beside) == 1))
    return placed


def hours_shown(begins: int, ends: int, placed: Iterable[Placed[T]]) -> tuple[int, int]:
    """The working hours, stretched to what lies outside of them: the first hour shown and the one after the last."""
    first, last = begins, max(ends, begins + 1)
    for each in placed:
        first = min(first, each.slot // SLOTS_AN_HOUR)
        last = max(last, -(-(each.slot + each.slots) // SLOTS_AN_HOUR))
    return first, last


def overlap(one: Timed, other: Timed) -> bool:
    """Whether there is a moment that both take."""
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def bounds(days: Sequence[date], zone: tzinfo | None = None) -> tuple[datetime, datetime]:
    """The first moment of the first day and the first after the last, in UTC."""
    return midnight(days[0], zone), midnight(days[-1] + ONE_DAY, zone)


def local_times(item: Timed, zone: tzinfo | None = None) -> tuple[date, time | None, date, time | None]:
    """Day and time of beginning and end as a form shows them; all day has no times, and its end is its last day."""
    start, end = to_local(item.starts_at, zone), to_local(item.ends_at, zone)
    if item.is_all_day:
        return start.date(), None, (end - ONE_DAY).date(), None
    return start.date(), start.time(), end.date(), end.time()
