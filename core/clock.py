"""The only source of the present moment, and the zone in which Vietnamese businesses read it.

Everything stored is an aware UTC datetime; only pages, files and periods speak local time.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
"""UTC+7 without daylight saving: the zone of every date that a user types or reads (SYS-09)."""


def now() -> datetime:
    """The present moment as an aware UTC datetime."""
    return datetime.now(UTC)


def to_local(moment: datetime, zone: tzinfo = ZONE) -> datetime:
    """The same moment on the wall clock of ``zone``; a naive datetime is a ValueError: its zone would be a guess."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be converted")
    return moment.astimezone(zone)


def local_today(zone: tzinfo = ZONE) -> date:
    """Today's date in ``zone``; between 00:00 and 07:00 in Vietnam it is one day ahead of UTC."""
    return to_local(now(), zone).date()
