"""Use cases of the catalogues: types (Loại công việc, Loại giao dịch) and projects (Dự án công việc)."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, select

from addons.activity.models import Activity, ActivityProject, ActivityType, name_key
from core.db import ActorSession, system
from core.db.session import with_deleted
from core.errors import Conflict, DomainError, Problem
from core.i18n import translator
from core.text import clean

_ = translator(__name__)

Entry = TypeVar("Entry", ActivityType, ActivityProject)

LAST = 1_000_000
POSITION_STEP = 10
"""Between two new entries, so that one can be put between them without renumbering."""


def create_entry(
    session: ActorSession, model: type[Entry], *, name: str, position: int | None = None, **values: Any
) -> Entry:
    """Add an entry at the end, or at ``position``. Its name is unique but for case and spaces."""
    if position is None:
        highest = session.scalar(select(func.max(model.position)))
        position = POSITION_STEP if highest is None else highest + POSITION_STEP
    entry = model(name=_checked(session, model, None, name, position), position=position, **_blanks(values))
    session.add(entry)
    session.flush()
    return entry


def update_entry(session: ActorSession, entry: Entry, *, name: str, position: int | None = None, **values: Any) -> None:
    """Change an entry. One that is switched off stays on the activities that have it and is not offered to new ones."""
    position = entry.position if position is None else position
    checked = {"name": _checked(session, type(entry), entry, name, position), "position": position, **_blanks(values)}
    for key, value in checked.items():
        if getattr(entry, key) != value:
            setattr(entry, key, value)
    session.flush()


def delete_entry(session: ActorSession, entry: Entry) -> None:
    """Delete an entry that nothing uses; Conflict with the number of users else, for it can be switched off instead."""
    column: Any = Activity.type_id if isinstance(entry, ActivityType) else Activity.project_id
    with system(session) as all_seeing, with_deleted(all_seeing) as everything:
        uses = everything.scalar(select(func.count(column)).where(column == entry.id)) or 0
    if uses:
        message = _.n(
            "%(name)s is used by 1 activity; switch it off instead.",
            "%(name)s is used by %(n)s activities; switch it off instead.",
            uses,
            name=entry.name,
        )
        raise Conflict.of("in_use", message)
    session.delete(entry)
    session.flush()


def _blanks(values: dict[str, Any]) -> dict[str, Any]:
    return {key: None if value == "" else value for key, value in values.items()}


def _checked(session: ActorSession, model: type[Entry], entry: Entry | None, name: str, position: int) -> str:
    name, problems = " ".join(clean(name or "").split()), []
    if not name:
        problems.append(Problem("required", _("Enter a name."), "name"))
    elif len(name) > 120:
        problems.append(Problem("too_long", _("At most %(max)s characters.", max=120), "name"))
    elif _taken_by(session, model, name) not in {None, entry.id if entry else None}:
        problems.append(Problem("duplicate_name", _("There is already an entry with this name."), "name"))
    if not 0 <= position <= LAST:
        problems.append(Problem("bad_position", _("The order is a number from 0 to %(n)s.", n=LAST), "position"))
    if problems:
        raise DomainError(*problems)
    return name


def _taken_by(session: ActorSession, model: type[Entry], name: str) -> UUID | None:
    return session.scalar(select(model.id).where(model.name_key == name_key(name)))
