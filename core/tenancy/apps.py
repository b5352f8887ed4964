"""What the Apps page shows: every loaded addon as a card, by category, and what switching one would mean for others."""

from __future__ import annotations

from dataclasses import dataclass

from core.db.session import ActorSession
from core.errors import NotFound
from core.i18n import in_domain, translator
from core.kernel import current_kernel
from core.manifest import CATEGORIES, KERNEL
from core.tenancy.addons import enabled_addons
from core.text import fold

_ = translator(__name__)


@dataclass(frozen=True, slots=True)
class App:
    """A loaded addon as the tenant sees it.

    ``needs`` are the titles of what it depends on. Switching it on brings ``brings`` along, and it cannot be switched off
    while ``needed_by`` are on; both are titles and name only what would change, so at most one of them is not empty.
    """

    name: str
    title: str
    summary: str
    version: str
    category: str
    icon: str
    is_on: bool
    needs: tuple[str, ...]
    brings: tuple[str, ...]
    needed_by: tuple[str, ...]

    @property
    def is_simple(self) -> bool:
        """Whether switching it concerns it alone."""
        return not self.brings and not self.needed_by


@dataclass(frozen=True, slots=True)
class AppSection:
    """The addons of one category."""

    title: str
    apps: tuple[App, ...]


def list_apps(session: ActorSession, query: str = "") -> list[AppSection]:
    """The loaded addons by category, those whose title or summary contains every word of ``query``."""
    apps = [_app(session, name) for name in current_kernel().registry.order if name != KERNEL]
    words = fold(query).split()
    found = [app for app in apps if all(word in fold(f"{app.title} {app.summary} {app.name}") for word in words)]
    sections = [
        AppSection(str(in_domain(title, KERNEL)), tuple(app for app in found if app.category == category))
        for category, title in CATEGORIES.items()
    ]
    return [section for section in sections if section.apps]


def count_apps_on(session: ActorSession) -> int:
    """How many loaded addons the tenant has switched on, the kernel apart."""
    return len(set(current_kernel().registry.order) & enabled_addons(session) - {KERNEL})


def get_app(session: ActorSession, name: str) -> App:
    """One loaded addon. NotFound for an unknown one and for the kernel, which is always on."""
    if name == KERNEL or name not in current_kernel().registry:
        raise NotFound.of("unknown_addon", _("There is no application %(name)s.", name=name))
    return _app(session, name)


def _app(session: ActorSession, name: str) -> App:
    registry, enabled = current_kernel().registry, enabled_addons(session)
    manifest, is_on = registry.addon(name).manifest, name in enabled
    return App(
        name=name,
        title=_title(name),
        summary=str(in_domain(manifest.summary, name)),
        version=manifest.version,
        category=manifest.category,
        icon=manifest.icon,
        is_on=is_on,
        needs=tuple(_title(other) for other in manifest.depends),
        brings=() if is_on else tuple(_title(each) for each in registry.dependencies(name) if each not in enabled),
        needed_by=tuple(_title(each) for each in registry.dependents(name) if each in enabled) if is_on else (),
    )


def _title(name: str) -> str:
    return str(in_domain(current_kernel().registry.addon(name).manifest.title, name))
