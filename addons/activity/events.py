"""What happens to activities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.events import Event


@dataclass(frozen=True, slots=True)
class ActivityCompleted(Event):
    """An activity is done, or was entered as done. ``met`` is False where nobody was met or reached.

    ``entity`` and ``record_id`` are the record that it is about, both None where it is about none; ``done_at`` is UTC.
    """

    activity_id: UUID
    kind: str
    type_id: UUID | None
    entity: str | None
    record_id: UUID | None
    done_at: datetime
    met: bool
