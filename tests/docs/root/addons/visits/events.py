"""What happens to visits."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core.events import Event


@dataclass(frozen=True, slots=True)
class VisitLogged(Event):
    """A visit is being logged: it is flushed, not committed. Raising DomainError refuses it."""

    visit_id: UUID
