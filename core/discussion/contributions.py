"""What addons add to discussions: what happened to the record elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.contributions import Point
from core.db.session import ActorSession


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that was done with a record: ``title`` leads to ``url``, ``note`` stands below it. ``at`` is UTC."""

    at: datetime
    title: str
    note: str
    url: str
    icon: str = "calendar"


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened to records of the table ``entity`` in another addon; it stands among the exchanges of the record.

    ``read(session, entity, record_id, before, limit)`` gives the latest ones that the reader may see, the latest first; of
    those before a moment if one is given.
    """

    entity: str
    read: Callable[[ActorSession, str, UUID, datetime | None, int], Sequence[Happening]]


timelines = Point("core.timelines", Timeline)
