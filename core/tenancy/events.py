"""What happens to a tenant's set of addons."""

from __future__ import annotations

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True, slots=True)
class AddonEnabled(Event):
    """The tenant has switched ``addon`` on, for the first time or again. Emitted after the switch, before the commit."""

    addon: str


@dataclass(frozen=True, slots=True)
class AddonDisabled(Event):
    """The tenant has switched ``addon`` off. Its rows stay; its routes, slots, handlers and schedules are silent.

    Its own handlers of this event are the last of it that is asked: for taking back what it told others.
    """

    addon: str
