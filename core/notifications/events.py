"""What happens to notices."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core.events import Event


@dataclass(frozen=True, slots=True)
class WrittenNotice:
    """A notice to one user, in his language."""

    id: UUID
    user_id: UUID
    title: str
    body: str
    url: str


@dataclass(frozen=True, slots=True)
class NoticesWritten(Event):
    """Notices of one occasion were written, not committed; ``by_mail`` are those whose users want an e-mail at once."""

    kind: str
    by_mail: tuple[WrittenNotice, ...]
