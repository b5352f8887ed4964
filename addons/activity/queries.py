"""Reading activities. Everything is scoped to what the user may see, except who is busy when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import joinedload

from addons.activity.models import (
    OPEN,
    Activity,
    ActivityMove,
    ActivityPerson,
    ActivityProject,
    ActivityType,
    Kind,
    Role,
    State,
)
from addons.activity.times import MAX_LENGTH
from core.access.models import Department, DepartmentMember, User
from core.clock import now
from core.db import ActorSession, system

Entry = TypeVar("Entry", ActivityType, ActivityProject)

MAX_SHOWN = 600
"""Activities that a calendar shows at once; more are in the list."""

MAX_OF_RECORD = 50
MAX_DUE = 8
"""Activities that the start page names."""


def list_entries(session: ActorSession, model: type[Entry], *, keep: Iterable[UUID | None] = ()) -> Sequence[Entry]:
    """The entries of a catalogue that are offered, in their order; and those of ``keep``, which a record still has."""
    kept = [id for id in keep if id is not None]
    offered = model.is_active.is_(True)
    query = select(model).where(offered | model.id.in_(kept) if kept else offered)
    return session.scalars(query.order_by(model.position, model.name_key)).all()


def list_all_entries(session: ActorSession, model: type[Entry]) -> Sequence[Entry]:
    """Every entry of a catalogue, also those no longer offered: for filters and imports."""
    return session.scalars(select(model).order_by(model.position, model.name_key)).all()


def list_between(
    session: ActorSession, start: datetime, end: datetime, who: ColumnElement[bool] | None, kinds: Sequence[str]
) -> Sequence[Activity]:
    """What lies between two moments and was not cancelled, by its beginning; one more than ``MAX_SHOWN`` at most."""
    query = select(Activity).where(Activity.starts_at < end, Activity.starts_at >= start - MAX_LENGTH)
    query = query.where(Activity.ends_at > start, Activity.kind.in_(kinds))
    query = query.where(Activity.state != State.CANCELLED, *([] if who is None else [who]))
    query = query.options(joinedload(Activity.assignee), joinedload(Activity.type))
    return session.scalars(query.order_by(Activity.starts_at, Activity.id).limit(MAX_SHOWN + 1)).all()


def of_user(user_id: UUID | None) -> ColumnElement[bool]:
    """Assigned to him, or he takes part."""
    taking = select(ActivityPerson.activity_id).where(
        ActivityPerson.user_id == user_id, ActivityPerson.role == Role.PARTICIPANT
    )
    return or_(Activity.assignee_id == user_id, Activity.id.in_(taking))


def of_department(department_id: UUID) -> ColumnElement[bool]:
    """Assigned to a member of the department."""
    return Activity.assignee_id.in_(
        select(DepartmentMember.user_id).where(DepartmentMember.department_id == department_id)
    )


def list_calendars(session: ActorSession) -> tuple[list[tuple[UUID, str]], list[tuple[UUID, str]]]:
    """The departments and the colleagues whose calendars the actor may look into, each by name."""
    actor = session.actor
    people = select(User.id, User.name).where(User.is_active, User.id != actor.user_id)
    departments = select(Department.id, Department.name).where(Department.is_active)
    if not actor.can("activity.view_all"):
        if not actor.can("activity.view_department"):
            return [], []
        own = sorted(actor.department_ids)
        members = select(DepartmentMember.user_id).where(DepartmentMember.department_id.in_(own))
        people = people.where(User.id.in_(members))
        departments = departments.where(Department.id.in_(own))
    found = [
        [(row[0], row[1]) for row in session.execute(query)]
        for query in (departments.order_by(Department.sort_name), people.order_by(User.sort_name, User.id))
    ]
    return found[0], found[1]


def list_busy(
    session: ActorSession, user_id: UUID, starts_at: datetime, ends_at: datetime, *, without: UUID | None = None
) -> list[tuple[Activity | None, datetime, datetime]]:
    """What somebody has at that time already, at certain hours and not over: with the activity where the actor may see it.

    Of what he may not see only the times are told, as a colleague's answer "I am busy then" would.
    """
    query = select(Activity.id, Activity.starts_at, Activity.ends_at).where(
        of_user(user_id),
        Activity.starts_at < ends_at,
        Activity.starts_at >= starts_at - MAX_LENGTH,
        Activity.ends_at > starts_at,
        Activity.is_all_day.is_(False),
        Activity.kind != Kind.CARE,
        Activity.state.in_(OPEN),
        *([Activity.id != without] if without else []),
    )
    with system(session) as all_seeing:
        rows = all_seeing.execute(query.order_by(Activity.starts_at).limit(20)).all()
    seen = {
        each.id: each for each in session.scalars(select(Activity).where(Activity.id.in_([row.id for row in rows])))
    }
    return [(seen.get(row.id), row.starts_at, row.ends_at) for row in rows]


def list_people(session: ActorSession, activity_id: UUID, role: Role) -> list[tuple[UUID, str]]:
    """Id and name of those who take part in an activity, or may read it."""
    query = select(User.id, User.name).join(ActivityPerson, ActivityPerson.user_id == User.id)
    query = query.where(ActivityPerson.activity_id == activity_id, ActivityPerson.role == role)
    return [(row[0], row[1]) for row in session.execute(query.order_by(User.sort_name, User.id))]


def list_moves(session: ActorSession, activity_id: UUID) -> Sequence[ActivityMove]:
    """How an activity was rescheduled, the latest first."""
    query = select(ActivityMove).where(ActivityMove.activity_id == activity_id).options(joinedload(ActivityMove.mover))
    return session.scalars(query.order_by(ActivityMove.id.desc())).all()


def about(entity: str, record_id: UUID) -> ColumnElement[bool]:
    """The activities about one record."""
    return (Activity.subject_entity == entity) & (Activity.subject_id == record_id)


def list_about(session: ActorSession, entity: str, record_id: UUID) -> tuple[list[Activity], list[Activity]]:
    """What is to be done about a record, the earliest first, and what has been, the latest first."""
    query = select(Activity).where(about(entity, record_id))
    query = query.options(joinedload(Activity.assignee), joinedload(Activity.type)).limit(MAX_OF_RECORD)
    ahead = query.where(Activity.state.in_(OPEN)).order_by(Activity.starts_at, Activity.id)
    past = query.where(Activity.state.not_in(OPEN)).order_by(Activity.starts_at.desc(), Activity.id.desc())
    return list(session.scalars(ahead)), list(session.scalars(past))


def select_open_about(entity: str, record_id: UUID) -> Select[int]:
    """The number of open activities about a record, for its tab."""
    return select(func.count(Activity.id)).where(about(entity, record_id), Activity.state.in_(OPEN))


def list_done_about(
    session: ActorSession, entity: str, record_id: UUID, before: datetime | None, limit: int
) -> Sequence[Activity]:
    """What was done about a record, the latest first, before a moment."""
    query = select(Activity).where(about(entity, record_id), Activity.state == State.DONE)
    if before is not None:
        query = query.where(Activity.done_at < before)
    query = query.options(joinedload(Activity.assignee), joinedload(Activity.type))
    return session.scalars(query.order_by(Activity.done_at.desc(), Activity.id.desc()).limit(limit)).all()


def list_due(session: ActorSession, until: datetime) -> Sequence[Activity]:
    """What the actor has to do before ``until``, what is overdue first, then the earliest."""
    query = select(Activity).where(of_user(session.actor.user_id), Activity.state.in_(OPEN), Activity.starts_at < until)
    is_to_come = case((Activity.ends_at <= now(), 0), else_=1)
    query = query.options(joinedload(Activity.type)).order_by(is_to_come, Activity.starts_at, Activity.id)
    return session.scalars(query.limit(MAX_DUE + 1)).all()


def count_open_about(session: ActorSession, entity: str, record_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many open activities each record has that the actor may see; records without any are left out."""
    query = select(Activity.subject_id, func.count(Activity.id)).where(
        Activity.subject_entity == entity, Activity.subject_id.in_(list(record_ids)), Activity.state.in_(OPEN)
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(Activity.subject_id)) if row[0] is not None}
