"""Asking for a job, cancelling it, sending a failed one off again. All in the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, update

from core.audit import record
from core.clock import now
from core.db.ids import uuid7
from core.db.session import ActorSession
from core.errors import Conflict
from core.i18n import current_locale, translator
from core.jobs.declarations import check_arguments, find_job
from core.jobs.models import Job, JobDispatch, JobState
from core.jobs.outbox import wake_after_commit
from core.jobs.values import plain_json

_ = translator(__name__)


def enqueue(session: ActorSession, name: str, /, **arguments: Any) -> Job:
    """Ask for the job ``name``; it exists if and only if the caller's transaction commits, and runs after that.

    ``arguments`` are JSON values that the job's function takes. Raises UnknownJob, and TypeError for wrong arguments.
    """
    return enqueue_at(session, name, now(), **arguments)


def enqueue_at(session: ActorSession, name: str, run_at: datetime, /, **arguments: Any) -> Job:
    """The same, not to be started before ``run_at``."""
    found = find_job(name)
    plain = plain_json(arguments, name)
    check_arguments(found, plain)
    id = uuid7()
    job = Job(
        id=id,
        user_id=session.actor.user_id,
        name=name,
        title=str(found.declaration.title)[:200],
        language=current_locale(),
        arguments=plain,
        max_attempts=found.declaration.max_attempts,
    )
    session.add(job)
    session.add(JobDispatch(id=id, tenant_id=session.tenant_id, name=name, run_at=run_at))
    session.flush()
    wake_after_commit(session, id)
    return job


def cancel_job(session: ActorSession, id: UUID) -> Job:
    """Stop a job: at once while it waits, at its next step while it runs. What earlier steps did stays.

    Raises NotFound, and Conflict for a job that has ended.
    """
    job = session.need(Job, id)
    if job.has_ended:
        raise Conflict.of("job_ended", _("This job has already ended."))
    if _move(session, id, JobState.QUEUED, state=JobState.CANCELLED):
        job.state = JobState.CANCELLED
        job.finished_at = now()
    job.cancel_requested = True
    record(session, "cancel", entity="core_job", entity_id=id)
    session.flush()
    return job


def retry_job(session: ActorSession, id: UUID) -> Job:
    """Send a failed job off again, from where it had come. Raises NotFound, and Conflict for one that has not failed."""
    job = session.need(Job, id)
    if not _move(session, id, JobState.FAILED, state=JobState.QUEUED, run_at=now()):
        raise Conflict.of("job_not_failed", _("Only a failed job can be retried."))
    job.state = JobState.QUEUED
    job.tries = 0
    job.cancel_requested = False
    job.finished_at = None
    record(session, "retry", entity="core_job", entity_id=id)
    session.flush()
    wake_after_commit(session, id)
    return job


def _move(session: ActorSession, id: UUID, before: JobState, **values: Any) -> bool:
    """Change the dispatch row if it still is in the state ``before``: of two that try, one succeeds."""
    statement = (
        update(JobDispatch)
        .where(JobDispatch.id == id, JobDispatch.tenant_id == session.tenant_id, JobDispatch.state == before)
        .values(values)
    )
    moved = session.execute(statement, execution_options={"synchronize_session": False})
    return cast(CursorResult[Any], moved).rowcount == 1
