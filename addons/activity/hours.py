"""Working hours as people write them, and what lies outside of them. Pure arithmetic on minutes after midnight."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import time
from itertools import pairwise

from core.dates import parse_time
from core.errors import DomainError, Problem
from core.i18n import translator

_ = translator(__name__)

Part = tuple[int, int]
"""From, up to and without, in minutes after midnight."""

DAY_MINUTES = 24 * 60
MAX_PARTS = 6
_SPAN = re.compile(r"\s*([^-–—]+)\s*[-–—]\s*([^-–—]+)\s*")


def parse_hours(text: str) -> list[Part]:
    """``8:00–12:00, 13h30–17h30`` as parts in their order; nothing is a day off. ``24:00`` ends a day. DomainError."""
    parts = []
    for piece in filter(None, (each.strip() for each in re.split(r"[,;]", text))):
        match = _SPAN.fullmatch(piece)
        if match is None:
            raise DomainError(_not_hours())
        begin, end = _minutes(match[1]), _minutes(match[2])
        if end <= begin:
            raise DomainError(Problem("end_before_start", _("It must end after it begins."), None))
        parts.append((begin, end))
    parts.sort()
    if len(parts) > MAX_PARTS or any(one[1] > other[0] for one, other in pairwise(parts)):
        raise DomainError(_not_hours())
    return parts


def format_hours(parts: Iterable[Sequence[int]]) -> str:
    """The same for people: ``08:00–12:00, 13:30–17:30``."""
    return ", ".join(f"{_clock(begin)}–{_clock(end)}" for begin, end in parts)


def covers(parts: Iterable[Sequence[int]], begin: int, end: int) -> bool:
    """Whether all of the time from ``begin`` to ``end`` lies within the parts, which may touch."""
    at = begin
    for first, last in parts:
        if first <= at < last:
            at = last
    return at >= end


def _minutes(text: str) -> int:
    if re.fullmatch(r"\s*24\s*([:hg.]\s*(00)?)?\s*", text):
        return DAY_MINUTES
    try:
        clock: time = parse_time(text)
    except DomainError:
        raise DomainError(_not_hours()) from None
    return clock.hour * 60 + clock.minute


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _not_hours() -> Problem:
    return Problem("bad_hours", _("Write hours like 8:00–12:00, 13:30–17:30; leave a day off empty."), None)
