"""Claims on dispatch rows: one runner gets a job, for as long as its lease, and loses it when another one takes over.

The fence is ``attempt``: every claim adds one, and whoever commits names the one it got. An expired lease that nobody
took is still good, so a slow step is not thrown away without need.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, select, update

from core.clock import now
from core.db.actor import Actor
from core.db.session import ActorSession, open_session, reading_session
from core.jobs.models import JobDispatch, JobState
from core.jobs.worker_identity import is_dead, worker_name

LEASE_SECONDS = 60
"""How long a claim holds without a committed step, so the longest a step may take. It cannot be renewed from beside the
step: on SQLite the step's own transaction keeps every other writer out."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that this runner holds. ``attempt`` is the fence."""

    id: UUID
    tenant_id: UUID
    name: str
    attempt: int


class LostLease(Exception):
    """Somebody else has the job now; nothing of this step may be committed."""


def claim_next() -> Claim | None:
    """Take the job that has been due longest, or None. Of several runners each gets another one (SKIP LOCKED)."""
    if not list_due(1):
        return None  # looking is free, claiming takes SQLite's only write lock
    moment = now()
    with open_session(Actor.platform()) as session:
        for due in (_abandoned(moment), _waiting(moment)):
            query = select(JobDispatch).where(*due).order_by(JobDispatch.run_at, JobDispatch.id).limit(1)
            row = session.scalar(query.with_for_update(skip_locked=True))
            if row is not None:
                return _take(row, moment)
    return None


def claim_one(id: UUID) -> Claim | None:
    """Take this job if it is due; None when another runner has it, or has had it."""
    moment = now()
    with open_session(Actor.platform()) as session:
        for due in (_waiting(moment), _abandoned(moment)):
            query = select(JobDispatch).where(JobDispatch.id == id, *due)
            row = session.scalar(query.with_for_update(skip_locked=True))
            if row is not None:
                return _take(row, moment)
    return None


def list_due(limit: int) -> Sequence[tuple[UUID, int]]:
    """Ids and attempts of the jobs that somebody should take now, those longest due first."""
    moment = now()
    rows: list[tuple[UUID, int]] = []
    with reading_session(Actor.platform()) as session:
        for due in (_abandoned(moment), _waiting(moment)):
            query = select(JobDispatch.id, JobDispatch.attempt).where(*due)
            query = query.order_by(JobDispatch.run_at, JobDispatch.id).limit(limit)
            rows += [(id, attempt) for id, attempt in session.execute(query)]
    return rows


def free_dead_workers() -> int:
    """End the leases of processes of this machine that are gone: their jobs go on now instead of at the lease's end."""
    query = select(JobDispatch.id, JobDispatch.worker, JobDispatch.attempt).where(
        JobDispatch.state == JobState.RUNNING, JobDispatch.lease_until > now()
    )
    with reading_session(Actor.platform()) as session:
        dead = [(id, attempt) for id, worker, attempt in session.execute(query) if worker and is_dead(worker)]
    for id, attempt in dead:
        with open_session(Actor.platform()) as session:
            _change(session, id, attempt, lease_until=now() - timedelta(seconds=1))
    return len(dead)


def renew(session: ActorSession, claim: Claim) -> None:
    """Prove in the step's own transaction that the job is still ours, and hold it on. Raises LostLease."""
    if not _change(session, claim.id, claim.attempt, lease_until=_lease_end(now())):
        raise LostLease(f"{claim.name} {claim.id}, attempt {claim.attempt}")


def settle(session: ActorSession, claim: Claim, state: JobState, *, run_at: datetime | None = None) -> None:
    """Give the job back in ``state``; ``run_at`` when it is to be started again. Raises LostLease."""
    values: dict[str, Any] = {"state": state, "lease_until": None, "worker": None}
    if run_at is not None:
        values["run_at"] = run_at
    if not _change(session, claim.id, claim.attempt, **values):
        raise LostLease(f"{claim.name} {claim.id}, attempt {claim.attempt}")


def _take(row: JobDispatch, moment: datetime) -> Claim:
    row.state = JobState.RUNNING
    row.attempt += 1
    row.worker = worker_name()
    row.lease_until = _lease_end(moment)
    return Claim(row.id, row.tenant_id, row.name, row.attempt)


def _change(session: ActorSession, id: UUID, attempt: int, **values: Any) -> bool:
    statement = (
        update(JobDispatch)
        .where(JobDispatch.id == id, JobDispatch.attempt == attempt, JobDispatch.state == JobState.RUNNING)
        .values(values)
    )
    changed = session.execute(statement, execution_options={"synchronize_session": False})
    return cast(CursorResult[Any], changed).rowcount == 1


def _lease_end(moment: datetime) -> datetime:
    return moment + timedelta(seconds=LEASE_SECONDS)


def _waiting(moment: datetime) -> tuple[ColumnElement[bool], ...]:
    return JobDispatch.state == JobState.QUEUED, JobDispatch.run_at <= moment


def _abandoned(moment: datetime) -> tuple[ColumnElement[bool], ...]:
    return JobDispatch.state == JobState.RUNNING, JobDispatch.lease_until <= moment
