"""Making tenants and switching their addons. Switching off never deletes; it is refused while another addon needs it."""

from __future__ import annotations

import re
from functools import cache
from zoneinfo import available_timezones

from sqlalchemy import delete, select, update

from core.audit import record
from core.clock import ZONE
from core.db.actor import Actor
from core.db.session import ActorSession, open_session
from core.errors import DomainError
from core.events import emit
from core.i18n import in_domain, translator
from core.kernel import current_kernel
from core.manifest import KERNEL
from core.tenancy.addons import enabled_addons, remember_enabled
from core.tenancy.events import AddonDisabled, AddonEnabled
from core.tenancy.models import Tenant, TenantAddon
from core.text import clean

_ = translator(__name__)

SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def create_tenant(slug: str, name: str, *, addons: list[str] | None = None, time_zone: str = ZONE.key) -> Tenant:
    """Make a tenant with ``addons`` enabled (default: all that are loaded), on the clock of ``time_zone``.

    DomainError: slug malformed or taken, no name, an unknown time zone.
    """
    name = clean(name)
    wanted = current_kernel().registry.order if addons is None else addons
    with open_session(Actor.platform()) as session:
        _check_tenant(session, slug, name, time_zone)
        tenant = Tenant(slug=slug, name=name, is_active=False, time_zone=time_zone)
        session.add(tenant)
    try:
        with open_session(Actor.system(tenant.id)) as session:
            emit(session, AddonEnabled(KERNEL))
            for addon in wanted:
                if addon != KERNEL:
                    enable_addon(session, addon)
    except BaseException:
        with open_session(Actor.platform()) as session:
            session.execute(delete(Tenant).where(Tenant.id == tenant.id))
        raise
    with open_session(Actor.platform()) as session:
        session.execute(update(Tenant).where(Tenant.id == tenant.id).values(is_active=True))
    tenant.is_active = True
    return tenant


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())  # it looks through the folders of the system each time


def _check_tenant(session: ActorSession, slug: str, name: str, time_zone: str) -> None:
    if not SLUG.fullmatch(slug):
        raise DomainError.of("bad_slug", _("Use lower-case letters, digits and hyphens only."), "slug")
    if not name:
        raise DomainError.of("required", _("Enter a name."), "name")
    if time_zone not in _time_zones():
        message = _("There is no time zone %(name)s; they are called like Asia/Ho_Chi_Minh.", name=time_zone)
        raise DomainError.of("unknown_time_zone", message, "time_zone")
    if session.scalar(select(Tenant.id).where(Tenant.slug == slug)):
        raise DomainError.of("taken", _("There is already a business with this short name."), "slug")


def enable_addon(session: ActorSession, addon: str) -> list[str]:
    """Switch ``addon`` on with everything it depends on; the names newly switched on, dependencies first."""
    registry = current_kernel().registry
    if addon not in registry or addon == KERNEL:
        raise DomainError.of("unknown_addon", _("There is no application %(name)s.", name=addon))
    enabled = enabled_addons(session)
    wanted = [name for name in (*registry.dependencies(addon), addon) if name not in enabled]
    for name in wanted:
        _switch(session, name, on=True)
        emit(session, AddonEnabled(name))
    return wanted


def disable_addon(session: ActorSession, addon: str) -> None:
    """Switch ``addon`` off. DomainError while an enabled addon depends on it: it would go down silently."""
    registry = current_kernel().registry
    if addon not in registry or addon == KERNEL:
        raise DomainError.of("unknown_addon", _("There is no application %(name)s.", name=addon))
    needed_by = [name for name in registry.dependents(addon) if name in enabled_addons(session)]
    if needed_by:
        titles = ", ".join(str(in_domain(registry.addon(name).manifest.title, name)) for name in needed_by)
        raise DomainError.of("needed", _("Switch off first what needs it: %(addons)s.", addons=titles))
    if addon in enabled_addons(session):
        _switch(session, addon, on=False)
        emit(session, AddonDisabled(addon), leaving=addon)


def _switch(session: ActorSession, addon: str, *, on: bool) -> None:
    row = session.scalar(select(TenantAddon).where(TenantAddon.addon == addon))
    if row is None:
        row = TenantAddon(addon=addon)
        session.add(row)
    row.is_enabled = on
    record(session, "enable" if on else "disable", entity="core_tenant_addon", changes={"addon": [None, addon]})
    session.flush()
    enabled = enabled_addons(session)
    remember_enabled(session, enabled | {addon} if on else enabled - {addon})
