"""What the kernel's events mean to customers."""

from __future__ import annotations

from addons.customer.starting import put_first_entries
from core.contributions import contributes
from core.db import ActorSession
from core.events import on
from core.i18n import translator
from core.settings.contributions import SettingsPage, settings_pages
from core.tenancy.events import AddonEnabled

_ = translator(__name__)

MANAGE = "customer.manage_catalogues"


@contributes(settings_pages)
def catalogue_pages() -> list[SettingsPage]:
    """The catalogues under the gear (SYS-14, CLS-02)."""
    return [
        SettingsPage(_("Customer sources"), "customer.sources_list", MANAGE, "target-arrow", 10),
        SettingsPage(_("Relationships"), "customer.relationships_list", MANAGE, "heart-handshake", 20),
        SettingsPage(_("Customer groups"), "customer.groups_list", MANAGE, "tags", 30),
        SettingsPage(_("Customer types"), "customer.types_list", MANAGE, "layout-kanban", 40),
    ]


@on(AddonEnabled)
def fill_catalogues(session: ActorSession, event: AddonEnabled) -> None:
    """A business that switches customers on for the first time can enter one at once."""
    if event.addon == "customer":
        put_first_entries(session)
