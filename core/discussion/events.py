"""What happens in discussions."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core.events import Event


@dataclass(frozen=True, slots=True)
class CommentPosted(Event):
    """Somebody wrote on the record ``entity_id`` of the table ``entity``. Raising DomainError refuses the comment."""

    entity: str
    entity_id: UUID
    comment_id: UUID
