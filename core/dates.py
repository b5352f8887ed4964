"""Calendar dates as Vietnamese people write and read them: day first, dd/mm/yyyy."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time

from core.clock import to_local
from core.errors import DomainError, Problem
from core.i18n import translator

_ = translator(__name__)

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
"""No business date lies outside; a year of 202 or 20226 is a slip of the finger."""

LAST_SHORT_YEAR = 49
"""Two-digit years up to this one belong to 20xx, the others to 19xx, as in Windows and current Excel."""

_DAY_FIRST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2})(?:[:.hg](\d{2})?(?::00)?|(\d{2}))?", re.ASCII | re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(\d{4})([/.-])(\d{1,2})\2(\d{1,2})", re.ASCII)


class DateError(DomainError):
    """The text is no date; codes ``date_invalid`` and ``date_out_of_range``. Or no time of day: ``time_invalid``."""


def parse_date(text: str) -> date:
    """The date that ``text`` names: ``21/11/2026``, ``21-11-26``, ``21.11.2026`` or ``2026-11-21``.

    The day comes first unless the year does, so ``11/21/2026`` is refused and never read the American way. Raises
    :class:`DateError` for days that do not exist and for years before 1900 or after 2999.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if match := _DAY_FIRST.fullmatch(text):
        day, month, year = int(match[1]), int(match[3]), _full_year(match[4])
    elif match := _YEAR_FIRST.fullmatch(text):
        year, month, day = int(match[1]), int(match[3]), int(match[4])
    else:
        raise DateError(not_a_date())
    try:
        return check_range(date(year, month, day))
    except ValueError:
        raise DateError(not_a_date()) from None


def parse_time(text: str) -> time:
    """The time of day that ``text`` names: ``14:05``, ``14h05``, ``1405``, ``14h``, ``9``.

    To the minute. Raises :class:`DateError`.
    """
    match = _CLOCK.fullmatch(unicodedata.normalize("NFKC", text).replace(" ", ""))
    try:
        if match is None:
            raise ValueError(text)
        return time(int(match[1]), int(match[2] or match[3] or 0))
    except ValueError:
        raise DateError(
            Problem("time_invalid", _("This is not a time of day; write hours and minutes, for example 14:30."))
        ) from None


def check_range(day: date) -> date:
    """``day`` itself when it lies between :data:`FIRST_DAY` and :data:`LAST_DAY`; else :class:`DateError`."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise DateError(Problem("date_out_of_range", _("The year must lie between 1900 and 2999.")))
    return day


def _full_year(digits: str) -> int:
    if len(digits) == 4:
        return int(digits)
    return int(digits) + (2000 if int(digits) <= LAST_SHORT_YEAR else 1900)


def not_a_date() -> Problem:
    """The problem of a value that names no day."""
    return Problem("date_invalid", _("This is not a date; write day/month/year, for example 21/11/2026."))


def format_date(day: date) -> str:
    """``21/11/2026``. An aware datetime is first brought to local time."""
    if isinstance(day, datetime):
        day = to_local(day)
    return f"{day:%d/%m}/{day.year:04d}"


def format_datetime(moment: datetime) -> str:
    """``21/11/2026 14:05`` on the local wall clock; naive moments are a ValueError."""
    return f"{format_date(moment)} {to_local(moment):%H:%M}"


def format_time(moment: datetime) -> str:
    """``14:05`` on the local wall clock; naive moments are a ValueError."""
    return f"{to_local(moment):%H:%M}"
