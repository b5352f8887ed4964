"""Names that people tell things by: present, short enough, and no two that read alike."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from core.access.models import Department, Group
from core.db.session import ActorSession
from core.errors import Problem
from core.i18n import translator
from core.text import fold

_ = translator(__name__)

MAX_NAME = 120


def name_problems(
    session: ActorSession, model: type[Group] | type[Department], name: str, *, but: UUID | None = None
) -> list[Problem]:
    """What is wrong with ``name`` for a row of ``model``; ``but`` is the row that has it already.

    Names that differ only in case and marks count as the same.
    """
    if not name:
        return [Problem("required", _("Enter a name."), "name")]
    if len(name) > MAX_NAME:
        return [Problem("too_long", _("Use at most %(n)s characters.", n=MAX_NAME), "name")]
    query = select(model.id).where(model.search_text == fold(name))
    if session.scalar(query if but is None else query.where(model.id != but)) is not None:
        return [Problem("taken", _("There is one with this name already."), "name")]
    return []
