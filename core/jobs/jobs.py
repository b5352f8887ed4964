"""Keeping the tables of jobs small."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import delete, select

from core.clock import now
from core.db.ids import first_id_of
from core.i18n import translator
from core.jobs.declarations import job
from core.jobs.execution import JobRun, Step
from core.jobs.models import ENDED, Job, JobDispatch

_ = translator(__name__)

KEPT = timedelta(days=90)
"""How long a job that has ended can be looked up, counted from when it was asked for."""

BATCH = 1_000


@job("core.purge_jobs", title=_("Clear old background jobs"), as_system=True)
def purge_jobs(run: JobRun) -> Iterator[Step]:
    """Delete jobs that have ended and are older than :data:`KEPT`."""
    old = Job.id < first_id_of(now() - KEPT), Job.state.in_(ENDED)
    unsynchronized = {"synchronize_session": False}
    done = 0
    while ids := run.session.scalars(select(Job.id).where(*old).limit(BATCH)).all():
        dispatched = JobDispatch.id.in_(ids), JobDispatch.tenant_id == run.session.tenant_id
        run.session.execute(delete(JobDispatch).where(*dispatched), execution_options=unsynchronized)
        run.session.execute(delete(Job).where(Job.id.in_(ids)), execution_options=unsynchronized)
        done += len(ids)
        yield Step(done)
