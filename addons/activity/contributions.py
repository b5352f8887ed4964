"""What other addons may add to activities: the kinds of records that activities are about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select

from core.contributions import Point
from core.db import Actor, TenantModel
from core.kernel import current_kernel


@dataclass(frozen=True, slots=True)
class ActivitySubject:
    """A kind of record that activities can be about: customers, leads, points of sale.

    ``resource`` is the full name of its resource (``customer.customers``), which says what it is called, who may read it, how
    it is searched and where its page is. ``seen_by(actor)`` selects the ids of the records whose activities the actor sees
    besides his own: those that were shared with him, say. It is asked while the session is made, so it reads nothing.
    """

    model: type[TenantModel]
    resource: str
    seen_by: Callable[[Actor], Select[tuple[UUID]] | None] = lambda actor: None

    @property
    def entity(self) -> str:
        """The table, by which activities name the kind of record."""
        return str(self.model.__tablename__)


subjects = Point("activity.subjects", ActivitySubject)


def loaded_subjects() -> Iterator[ActivitySubject]:
    """The kinds of all loaded addons, whether or not the tenant has them on: for what is asked without a session."""
    for marked in current_kernel().registry.marked("contribution"):
        if marked.value == subjects:
            yield marked.obj()
