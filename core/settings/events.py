"""What happens to a tenant's settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.events import Event


@dataclass(frozen=True, slots=True)
class SettingChanged(Event):
    """The tenant set ``key`` (``addon.name``) to another value, or went back to the default. Emitted before the commit;
    raising DomainError refuses the value."""

    key: str
    old: Any
    new: Any
