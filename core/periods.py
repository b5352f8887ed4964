"""The period of a date-range filter (SYS-09): a preset or From/To, whole days on the business's clock, both ends included."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from core.clock import local_zone
from core.dates import FIRST_DAY, LAST_DAY, DateError, format_date, parse_date
from core.errors import DomainError, Problem
from core.i18n import LazyString, translator

_ = translator(__name__)

CUSTOM = "custom"
"""The value of ``period`` that stands for From/To."""

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days from ``start`` to ``end``, both included. A side left open lies at FIRST_DAY or LAST_DAY."""

    start: date
    end: date
    preset: str = CUSTOM

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise DomainError(Problem("period_reversed", _("From must not be later than To."), "from"))

    def bounds_utc(self, zone: tzinfo | None = None) -> tuple[datetime, datetime]:
        """(start, end exclusive) as aware UTC datetimes: ``start <= moment < end`` includes 23:59:59.999999 of To."""
        zone = zone or local_zone()
        return _midnight_utc(self.start, zone), _midnight_utc(self.end + _ONE_DAY, zone)

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    @property
    def label(self) -> str | LazyString:
        """The preset's name, or ``01/11/2026 – 21/11/2026`` with an open side left out."""
        if self.preset != CUSTOM:
            return PRESETS[self.preset]
        start = "" if self.start == FIRST_DAY else format_date(self.start)
        end = "" if self.end == LAST_DAY else format_date(self.end)
        return f"{start} – {end}".strip()

    def as_args(self, prefix: str = "") -> dict[str, str]:
        """The query parameters that :func:`parse_period` reads back as this period; a preset stays a preset."""
        if self.preset != CUSTOM:
            return {f"{prefix}period": self.preset}
        ends = {"from": (self.start, FIRST_DAY), "to": (self.end, LAST_DAY)}
        return {f"{prefix}{key}": day.isoformat() for key, (day, open_side) in ends.items() if day != open_side}


PRESETS: dict[str, LazyString] = {
    "today": _("Today"),
    "yesterday": _("Yesterday"),
    "this_week": _("This week"),
    "last_week": _("Last week"),
    "this_month": _("This month"),
    "last_month": _("Last month"),
    "this_quarter": _("This quarter"),
    "last_quarter": _("Last quarter"),
    "this_year": _("This year"),
    "last_year": _("Last year"),
}
"""Value of the ``period`` parameter → label, in the order in which pickers list them."""


def preset_period(preset: str, today: date) -> Period:
    """The days of one of :data:`PRESETS`, seen from ``today``. Weeks begin on Monday. A KeyError for another name."""
    first_day_of, is_previous = _PRESET_UNITS[preset]
    start = first_day_of(today)
    if is_previous:
        start = first_day_of(start - _ONE_DAY)
    # A step as long as the longest unit of its kind always ends inside the next one.
    following = first_day_of(start + timedelta(days=_LONGEST[first_day_of]))
    return Period(start, following - _ONE_DAY, preset)


def parse_period(args: Mapping[str, str], today: date, prefix: str = "") -> Period | None:
    """The period that the query parameters ``period``, ``from`` and ``to`` ask for, or None when they ask for none.

    A preset wins over From/To; From/To take ISO dates or dd/mm/yyyy, and one of them may be missing. ``prefix`` stands
    before the three names where a page filters by several dates. Raises DomainError with every problem: an unknown
    preset (``period_unknown``), a date that is none, From later than To (``period_reversed``).
    """
    preset = args.get(f"{prefix}period", "").strip()
    if preset in PRESETS:
        return preset_period(preset, today)
    if preset not in ("", CUSTOM):
        raise DomainError(Problem("period_unknown", _("There is no such period."), f"{prefix}period"))
    problems: list[Problem] = []
    start, end = (_side(args, prefix + key, problems) for key in ("from", "to"))
    if start and end and start > end:
        problems.append(Problem("period_reversed", _("From must not be later than To."), f"{prefix}from"))
    if problems:
        raise DomainError(*problems)
    return Period(start or FIRST_DAY, end or LAST_DAY) if start or end else None


def _side(args: Mapping[str, str], key: str, problems: list[Problem]) -> date | None:
    text = args.get(key, "").strip()
    if not text:
        return None
    try:
        return parse_date(text)
    except DateError as error:
        problems.extend(Problem(problem.code, problem.message, key) for problem in error.problems)
        return None


def _midnight_utc(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _day(day: date) -> date:
    return day


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _first_of_month(day: date) -> date:
    return day.replace(day=1)


def _first_of_quarter(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def _first_of_year(day: date) -> date:
    return date(day.year, 1, 1)


_Unit = Callable[[date], date]
_LONGEST: dict[_Unit, int] = {_day: 1, _monday: 7, _first_of_month: 31, _first_of_quarter: 92, _first_of_year: 366}
_PRESET_UNITS: dict[str, tuple[_Unit, bool]] = {
    "today": (_day, False),
    "yesterday": (_day, True),
    "this_week": (_monday, False),
    "last_week": (_monday, True),
    "this_month": (_first_of_month, False),
    "last_month": (_first_of_month, True),
    "this_quarter": (_first_of_quarter, False),
    "last_quarter": (_first_of_quarter, True),
    "this_year": (_first_of_year, False),
    "last_year": (_first_of_year, True),
}
