"""Finding tenants, on the platform's own session."""

from __future__ import annotations

from sqlalchemy import select

from core.db.actor import Actor
from core.db.session import ActorSession, open_session
from core.errors import NotFound
from core.i18n import translator
from core.tenancy.models import Tenant

_ = translator(__name__)


def list_tenants() -> list[Tenant]:
    """All businesses, by slug."""
    with open_session(Actor.platform()) as session:
        return list(session.scalars(select(Tenant).order_by(Tenant.slug)))


def get_tenant(slug: str) -> Tenant:
    """The business known at the log-in as ``slug``. Raises NotFound."""
    with open_session(Actor.platform()) as session:
        found = session.scalar(select(Tenant).where(Tenant.slug == slug))
    if found is None:
        raise NotFound.of("unknown_tenant", _("There is no business %(slug)s.", slug=slug))
    return found


def find_tenant_to_enter(session: ActorSession, *, slug: str, host: str) -> Tenant | None:
    """The active business that a visitor of ``host`` means: the one he typed, else the host's own, else the only one."""
    active = select(Tenant).where(Tenant.is_active)
    if slug:
        return session.scalar(active.where(Tenant.slug == slug.strip().lower()))
    own = session.scalar(active.where(Tenant.host == host.partition(":")[0].lower()))
    if own is not None:
        return own
    few = session.scalars(active.limit(2)).all()
    return few[0] if len(few) == 1 else None
