"""The only source of the present moment, and the zone in which the people of a business read it.

Everything stored is an aware UTC datetime; only pages, files and periods speak local time. Requests and jobs choose the zone
of their tenant (:func:`use_zone`), so nobody hands it on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
"""UTC+7 without daylight saving: the zone where no tenant has chosen another (SYS-09)."""

_chosen: ContextVar[ZoneInfo | None] = ContextVar("banyan_zone", default=None)


def now() -> datetime:
    """The present moment as an aware UTC datetime."""
    return datetime.now(UTC)


def local_zone() -> ZoneInfo:
    """The zone of every date that a user types or reads: that of the tenant at work, else :data:`ZONE`."""
    return _chosen.get() or ZONE


def enter_zone(name: str) -> Token[ZoneInfo | None]:
    """Work in the zone ``name`` (IANA) until :func:`leave_zone`."""
    return _chosen.set(ZoneInfo(name))


def leave_zone(token: Token[ZoneInfo | None]) -> None:
    """Work in the zone of before."""
    _chosen.reset(token)


@contextmanager
def use_zone(name: str) -> Iterator[None]:
    """Everything typed and read inside is on the clock of ``name`` (IANA)."""
    token = enter_zone(name)
    try:
        yield
    finally:
        leave_zone(token)


def to_local(moment: datetime, zone: tzinfo | None = None) -> datetime:
    """The same moment on the wall clock of ``zone`` (default: :func:`local_zone`); a naive datetime is a ValueError: its zone
    would be a guess.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be converted")
    return moment.astimezone(zone or local_zone())


def local_today(zone: tzinfo | None = None) -> date:
    """Today's date in ``zone`` (default: :func:`local_zone`); between 00:00 and 07:00 in Vietnam it is one day ahead of UTC."""
    return to_local(now(), zone).date()
