"""What the settings pages show: their own navigation, and which values differ from the defaults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from core.contributions import contributed
from core.db.session import ActorSession
from core.i18n import in_domain, translator
from core.kernel import current_kernel
from core.manifest import KERNEL
from core.settings.contributions import SettingsPage, settings_pages
from core.settings.models import Setting
from core.settings.services import declared_settings
from core.tenancy.addons import enabled_addons

_ = translator(__name__)

MANAGE_SETTINGS = "core.manage_settings"

PERMISSION_PAGES = (
    SettingsPage(_("Employees"), "core.users_list", "core.manage_users", "users", 10),
    SettingsPage(_("Departments"), "core.departments_list", "core.manage_users", "building-store", 20),
    SettingsPage(_("Permission groups"), "core.groups_list", "core.manage_groups", "shield-lock", 30),
    SettingsPage(_("Applications"), "core.apps_list", "core.manage_apps", "apps", 40),
)
"""Settings → Permissions (SYS-02), as the way there is described to users."""


@dataclass(frozen=True, slots=True)
class NavLink:
    """A line of the settings' own navigation."""

    title: str
    url: str
    icon: str
    key: str


@dataclass(frozen=True, slots=True)
class NavPart:
    """A titled part of it."""

    title: str
    links: tuple[NavLink, ...]


def list_nav(session: ActorSession, url_for: Callable[..., str], has: Callable[[str], bool]) -> list[NavPart]:
    """What the acting user can set, by part: general and each addon's values, catalogues, permissions.

    ``has(endpoint)`` tells whether a page exists in this deployment.
    """
    can = session.actor.can
    parts = [
        NavPart(str(_("Settings")), tuple(_value_links(session, url_for))) if can(MANAGE_SETTINGS) else None,
        NavPart(
            str(_("Catalogues")), tuple(_page_links(contributed(settings_pages, session=session), can, url_for, has))
        ),
        NavPart(str(_("Permissions")), tuple(_page_links(PERMISSION_PAGES, can, url_for, has))),
    ]
    return [part for part in parts if part is not None and part.links]


def changed_names(session: ActorSession, addon: str) -> set[str]:
    """Short names of the settings of ``addon`` that the tenant has set itself."""
    keys = [each.key for each in declared_settings(addon)]
    stored = session.scalars(select(Setting.key).where(Setting.key.in_(keys)))
    return {key.partition(".")[2] for key in stored}


def _value_links(session: ActorSession, url_for: Callable[..., str]) -> list[NavLink]:
    enabled = enabled_addons(session)
    links = []
    for found in current_kernel().registry.addons:
        if found.name in enabled and found.manifest.settings:
            is_kernel = found.name == KERNEL
            title = str(_("General") if is_kernel else in_domain(found.manifest.title, found.name))
            icon = "adjustments-horizontal" if is_kernel else found.manifest.icon
            links.append(NavLink(title, url_for("core.settings_addon", addon=found.name), icon, found.name))
    return links


def _page_links(
    pages: tuple[SettingsPage, ...], can: Callable[[str], bool], url_for: Callable[..., str], has: Callable[[str], bool]
) -> list[NavLink]:
    return [
        NavLink(str(page.title), url_for(page.endpoint), page.icon, page.endpoint)
        for page in sorted(pages, key=lambda page: page.order)
        if can(page.permission) and has(page.endpoint)
    ]
