"""What the kernel's events and points mean to activities."""

from __future__ import annotations

from addons.activity.services import CHANGE, REMINDER
from addons.activity.starting import put_first_entries
from core.contributions import contributes
from core.db import ActorSession
from core.events import on
from core.i18n import translator
from core.notifications.contributions import NoticeKind, notice_kinds
from core.settings.contributions import SettingsPage, settings_pages
from core.tenancy.events import AddonEnabled

_ = translator(__name__)

MANAGE = "activity.manage_catalogues"


@contributes(settings_pages)
def catalogue_pages() -> list[SettingsPage]:
    """The catalogues under the gear."""
    return [
        SettingsPage(_("Activity types"), "activity.types_list", MANAGE, "tags", 10),
        SettingsPage(_("Projects"), "activity.projects_list", MANAGE, "flag", 20),
    ]


@contributes(notice_kinds)
def kinds_of_notices() -> list[NoticeKind]:
    """What people are told of their calendar."""
    return [
        NoticeKind(REMINDER, _("Something in my calendar is near"), "clock"),
        NoticeKind(CHANGE, _("Somebody puts something into my calendar, reschedules or cancels it"), "calendar"),
    ]


@on(AddonEnabled)
def fill_catalogues(session: ActorSession, event: AddonEnabled) -> None:
    """A business that switches activities on for the first time has types to choose from."""
    if event.addon == "activity":
        put_first_entries(session)
