"""What happens to outgoing messages."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core.events import Event


@dataclass(frozen=True, slots=True)
class MessageRead(Event):
    """An e-mail about the record ``entity_id`` of the table ``entity`` was opened for the first time."""

    message_id: UUID
    entity: str
    entity_id: UUID | None
