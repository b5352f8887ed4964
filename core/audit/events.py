"""What the record of changes says before a transaction ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.events import Event


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of the record of changes, as far as one needs it to decide whether it matters; ``id`` is the entry's.

    ``fields`` are those that changed. ``cause`` is what ``session.info[CAUSE]`` was meanwhile: whoever makes changes because of
    changes finds there how it came to them.
    """

    id: UUID
    entity: str
    entity_id: UUID | None
    action: str
    fields: frozenset[str]
    cause: Any = None


@dataclass(frozen=True, slots=True)
class ChangesRecorded(Event):
    """The transaction is about to commit with these changes. Said once for all of them, also of a bulk change.

    What a rolled back savepoint took back is among them: look the entry up. A handler must not raise, for the changes are
    somebody else's; what takes time it leaves to a job.
    """

    changes: tuple[Change, ...]
