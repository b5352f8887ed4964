"""Who a session works for. One session, one actor: nothing loaded for one ever serves another."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """A user of a tenant, the tenant's system, or the platform.

    ``tenant_id`` None is the platform: it reaches only tables outside the tenants (tenant, job dispatch). ``user_id`` None
    is the system, which sees all of its tenant. ``permissions`` are the effective ones: granted ∩ enabled addons, and with
    a token ∩ ``limit``, what it was made for (None: the user works himself).
    """

    tenant_id: UUID | None
    user_id: UUID | None = None
    name: str = ""
    permissions: frozenset[str] = field(default_factory=frozenset)
    department_ids: frozenset[UUID] = field(default_factory=frozenset)
    limit: frozenset[str] | None = None

    @classmethod
    def system(cls, tenant_id: UUID) -> Actor:
        """The tenant's own system: jobs, counters, duplicate checks."""
        return cls(tenant_id, name="system")

    @classmethod
    def platform(cls) -> Actor:
        """The deployment itself, outside every tenant."""
        return cls(None, name="platform")

    def limited_to(self, permissions: frozenset[str]) -> Actor:
        """The same user at work through a token that was made for ``permissions``."""
        return replace(self, permissions=self.permissions & permissions, limit=permissions)

    @property
    def is_system(self) -> bool:
        return self.user_id is None

    def can(self, permission: str) -> bool:
        """Whether the actor holds ``permission`` (``customer.read``). The system holds every one."""
        return self.user_id is None or permission in self.permissions
