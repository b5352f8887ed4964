"""Numbers of documents: one row of patterns and dates, counted for each tenant and kind without gaps.

The counter's row stays locked until the commit, and a rollback takes the number back; so no number is lost, and a deleted
document keeps its own in the recycle bin.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from core.clock import local_today
from core.db import ActorSession
from core.db.numbers import reserve_numbers, taken_values
from core.errors import DomainError
from core.i18n import translator
from core.settings import setting

_ = translator(__name__)

_PART = re.compile(r"\{(yyyy|yy|mm|dd|n{1,9})\}")
_PLAIN = re.compile(r"[\w./\-]*")


def check_pattern(pattern: str) -> None:
    """Raise DomainError for a pattern that makes no numbers."""
    parts = _PART.findall(pattern)
    numbers = [part for part in parts if part.startswith("n")]
    if len(numbers) != 1 or not _PLAIN.fullmatch(_PART.sub("", pattern)):
        message = _(
            "A pattern holds {nnnn} once, perhaps {yyyy}, {yy}, {mm} or {dd}, and letters, digits, - . / _ beside."
        )
        raise DomainError.of("bad_pattern", message)


def series_of(pattern: str, day: date) -> str:
    """The pattern with the day in it; what is left is the number: ``DH2611-{nnnn}``. Each series counts by itself."""
    words = {"yyyy": f"{day:%Y}", "yy": f"{day:%y}", "mm": f"{day:%m}", "dd": f"{day:%d}"}
    return _PART.sub(lambda part: words.get(part[1], part[0]), pattern)


def write_number(series: str, number: int) -> str:
    """``DH2611-0007``."""
    return _PART.sub(lambda part: f"{number:0{len(part[1])}d}", series)


def next_number(session: ActorSession, column: Any, setting_key: str) -> str:
    """The next number of the kind whose numbers stand in ``column``. Take it late: others wait for it until the commit."""
    series = series_of(setting(setting_key, session=session), local_today())
    if not _PART.search(series):
        series += "-{nnnn}"  # stored from before the pattern was checked
    while True:
        number = write_number(series, reserve_numbers(session, f"{setting_key}:{series}"))
        if not taken_values(session, column, [number]):
            return number
