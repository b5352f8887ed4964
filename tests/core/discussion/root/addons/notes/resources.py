"""What is discussed."""

from __future__ import annotations

from addons.notes.models import Note

from core.discussion import Discussed

discussed = Discussed(
    Note,
    read="notes.read",
    comment="notes.comment",
    endpoint="notes.detail",
    title=lambda note: note.name,
    labels={"name": "Name", "owner_id": "Owner"},
)
