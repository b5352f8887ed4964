"""What the kernel's events mean to documents of sales."""

from __future__ import annotations

from addons.order.numbering import check_pattern
from core.db import ActorSession
from core.events import on
from core.settings.events import SettingChanged

PATTERNS = "order.number_of_"
"""The settings that hold patterns of numbers begin so."""


@on(SettingChanged)
def check_patterns(session: ActorSession, event: SettingChanged) -> None:
    """A pattern that makes no numbers is refused."""
    if event.key.startswith(PATTERNS) and event.new is not None:
        check_pattern(str(event.new))
