"""What happens at the market."""

from __future__ import annotations

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True, slots=True)
class StallOpened(Event):
    """A stall is being opened; refusing keeps it shut."""

    name: str
