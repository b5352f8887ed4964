"""What addons add to the settings: pages of their own, such as catalogues (SYS-14: customer groups, types, tiers)."""

from __future__ import annotations

from dataclasses import dataclass

from core.contributions import Point


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """A page that stands under "Settings" for whoever holds ``permission``, in the part of the addon that contributes it.

    ``title`` is lazy (``_("Customer groups")``); ``endpoint`` takes no parameters; ``icon`` is a Tabler outline name.
    """

    title: object
    endpoint: str
    permission: str
    icon: str = "list"
    order: int = 100


settings_pages = Point("core.settings_pages", SettingsPage)
"""The gear's catalogues. ``@contributes(settings_pages)`` in ``extends/core.py`` returns one page or a list."""
