"""The page of a note."""

from __future__ import annotations

from uuid import UUID

from addons.notes.models import Note

from core.kernel import current_session
from core.web import AddonViews

views = AddonViews(__name__)


@views.get("/<uuid:id>", permission="notes.read")
def detail(id: UUID) -> str:
    return current_session().need(Note, id).name
