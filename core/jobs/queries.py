"""Lists of jobs, newest first. Whose jobs anybody sees is :meth:`core.jobs.Job.visible_to`'s to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from core.access.models import User
from core.clock import now
from core.db.session import ActorSession
from core.jobs.models import Job, JobDispatch, JobState


@dataclass(frozen=True, slots=True)
class JobRow:
    """A line of a list of jobs; ``user_name`` is None for the system's."""

    id: UUID
    title: str
    state: str
    done: int
    total: int | None
    error: str
    created_at: datetime
    finished_at: datetime | None
    user_name: str | None


def list_own_jobs(session: ActorSession, *, before: UUID | None, limit: int) -> Sequence[JobRow]:
    """The jobs that the actor asked for, those older than the job ``before``."""
    return _rows(session, _newest(before, limit).where(Job.user_id == session.actor.user_id))


def list_jobs(session: ActorSession, *, state: str | None, before: UUID | None, limit: int) -> Sequence[JobRow]:
    """The jobs that the actor may see, in ``state`` or in any, those older than the job ``before``."""
    query = _newest(before, limit)
    return _rows(session, query if state is None else query.where(Job.state == state))


def find_user_name(session: ActorSession, id: UUID | None) -> str | None:
    """The name of who asked; None for the system."""
    return session.scalar(select(User.name).where(User.id == id)) if id else None


def count_unfinished(session: ActorSession) -> dict[str, int]:
    """How many jobs of all businesses wait, run or have failed, by state. For a session of the platform."""
    states = (JobState.QUEUED, JobState.RUNNING, JobState.FAILED)
    query = select(JobDispatch.state, func.count()).where(JobDispatch.state.in_(states)).group_by(JobDispatch.state)
    return dict.fromkeys(map(str, states), 0) | dict(session.execute(query).all())


def seconds_waited(session: ActorSession) -> float:
    """For how long the job of any business has been due that has been due longest; 0 when none is. For the platform."""
    oldest = select(func.min(JobDispatch.run_at)).where(JobDispatch.state == JobState.QUEUED)
    since = session.scalar(oldest)
    return max(0.0, (now() - since).total_seconds()) if since else 0.0


def _newest(before: UUID | None, limit: int) -> Select[*tuple[Any, ...]]:
    columns = (Job.id, Job.title, Job.state, Job.done, Job.total, Job.error, Job.created_at, Job.finished_at, User.name)
    asked_by = (User.id == Job.user_id) & (User.tenant_id == Job.tenant_id)
    query = select(*columns).select_from(Job).outerjoin(User, asked_by).order_by(Job.id.desc()).limit(limit)
    return query.where(Job.id < before) if before is not None else query


def _rows(session: ActorSession, query: Select[*tuple[Any, ...]]) -> Sequence[JobRow]:
    return [JobRow(*row) for row in session.execute(query)]
