"""What the kernel's points mean to shipping."""

from __future__ import annotations

from addons.shipping.jobs import STALE
from core.contributions import contributes
from core.i18n import translator
from core.notifications.contributions import NoticeKind, notice_kinds
from core.settings.contributions import SettingsPage, settings_pages

_ = translator(__name__)


@contributes(settings_pages)
def carriers_page() -> SettingsPage:
    """The carriers' addresses."""
    return SettingsPage(_("Carriers"), "shipping.carriers", "shipping.manage_carriers", "truck-delivery", 10)


@contributes(notice_kinds)
def stale() -> NoticeKind:
    """What sellers are told."""
    return NoticeKind(STALE, _("Nothing is heard of a shipment of mine"), "truck-delivery")
