"""Running a claimed job, step by step. Every guarantee hangs on one commit per step.

That commit holds the step's effect, its cursor and progress, and the proof that the claim is still ours. A kill before it
loses the step, a kill after it loses nothing; the next runner goes on at the cursor. No step is ever applied twice.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import event, select, update

from core import logs
from core.access.signing_in import actor_of
from core.clock import now, use_zone
from core.db.actor import Actor
from core.db.session import ActorSession, open_session
from core.errors import DomainError
from core.i18n import translator, use_locale
from core.jobs.announcing import announce
from core.jobs.claims import Claim, LostLease, claim_next, renew, settle
from core.jobs.declarations import UnknownJob, find_job
from core.jobs.models import Job, JobState
from core.jobs.turns import WriteTurns
from core.jobs.values import plain_json
from core.kernel import current_kernel, current_session
from core.tenancy.addons import enabled_addons
from core.tenancy.models import Tenant

_ = translator(__name__)
log = logging.getLogger(__name__)

BACK_OFF_SECONDS = (10, 60, 300)
"""How long a job waits after its first, second and every further failed start at one place."""

COMMITTING = "job_step_commits"


@dataclass(frozen=True, slots=True)
class Step:
    """A portion of a job is complete: ``done`` of ``total`` so far, and where to go on (``cursor``, a JSON value).

    A job that is started again begins at the cursor of its last committed step, so everything the job needs to find its
    place belongs into it. A step takes at most :data:`core.jobs.claims.LEASE_SECONDS`; on SQLite nobody else can write
    meanwhile, so there a second is long.
    """

    done: int
    total: int | None = None
    cursor: Any = None


@dataclass(slots=True)
class JobRun:
    """What a job's function works with. It never commits: it yields a :class:`Step`.

    ``session`` works for the job's actor. ``cursor`` is that of the last committed step, None at the very beginning.
    ``attempt`` counts the starts at this place, from 1. ``result`` is kept with each step and shown at the end: a dict
    with ``message`` and ``links`` ([{"label", "url"}], paths of this host) and whatever else the job's pages want.
    ``user_id`` is who asked, None for the system.
    """

    session: ActorSession
    job_id: UUID
    cursor: Any
    attempt: int
    user_id: UUID | None
    result: dict[str, Any] | None = None


@dataclass(slots=True)
class _Start:
    """One start of a job, as its runner remembers it beside the rows."""

    claim: Claim
    actor: Actor
    language: str
    zone: str
    arguments: dict[str, Any]
    user_id: UUID | None
    cursor: Any
    result: Any
    tries: int
    furthest: int
    is_stopping: Callable[[], bool] = field(default=lambda: False)
    turns: WriteTurns = field(default_factory=WriteTurns)


def run_due_jobs(limit: int = 1_000) -> int:
    """Run what is due, one job after the other, in this thread; how many starts there were. Needs an app context."""
    started, turns = 0, WriteTurns()
    while started < limit and (claim := claim_next()) is not None:
        run_claim(claim, turns=turns)
        turns.let_others_write()
        started += 1
    return started


def run_claim(
    claim: Claim, is_stopping: Callable[[], bool] = lambda: False, *, turns: WriteTurns | None = None
) -> None:
    """Run a claimed job to its end, or as far as it comes. Needs an app context.

    ``is_stopping`` is asked after each step; once true, the job goes back to the queue. What the job raises is recorded,
    not raised; errors of the database while recording are raised, and the lease runs out.
    """
    with logs.bound(job=claim.id, job_name=claim.name, attempt=claim.attempt, tenant=claim.tenant_id):
        try:
            start = _begin(claim)
            if start is not None:
                start.is_stopping = is_stopping
                start.turns = turns or start.turns
                logs.bind(user=start.user_id)
                with use_locale(start.language), use_zone(start.zone):
                    _work(start)
        except LostLease as lost:
            log.warning("job taken over by another runner: %s", lost)
        except Exception as error:
            _record_error(claim, error)


def _begin(claim: Claim) -> _Start | None:
    """Mark the job as running; None when there is a reason not to run it, which is then recorded."""
    with open_session(Actor.system(claim.tenant_id)) as session:
        renew(session, claim)
        job = session.find(Job, claim.id)
        if job is None:
            settle(session, claim, JobState.CANCELLED)
            return None
        with use_locale(job.language):
            actor = _actor_for(session, job)
            ending = _reason_to_end(session, job, actor)
            if ending is not None or actor is None:
                _conclude(session, claim, job, *(ending or (JobState.CANCELLED, "")))
                return None
        zone = session.scalars(select(Tenant.time_zone).where(Tenant.id == claim.tenant_id)).one()
        job.state = JobState.RUNNING
        job.tries += 1
        job.begun_at = now()
        job.started_at = job.started_at or job.begun_at
        job.begun_done = job.done
        return _Start(
            claim,
            actor,
            job.language,
            zone,
            job.arguments,
            job.user_id,
            job.cursor,
            job.result,
            job.tries,
            job.furthest,
        )


def _actor_for(session: ActorSession, job: Job) -> Actor | None:
    """Whom the job works for, with the rights of this moment; None when that user is locked."""
    try:
        as_system = find_job(job.name).declaration.as_system
    except UnknownJob:
        as_system = True  # it will not run; the error comes where every error of a job is recorded
    if as_system or job.user_id is None:
        return Actor.system(job.tenant_id)
    return actor_of(session, job.user_id)


def _reason_to_end(session: ActorSession, job: Job, actor: Actor | None) -> tuple[JobState, str] | None:
    """Why the job must not be started, with the state it ends in."""
    if job.cancel_requested:
        return JobState.CANCELLED, ""
    if not session.scalar(select(Tenant.is_active).where(Tenant.id == job.tenant_id)):
        return JobState.CANCELLED, str(_("This business is switched off."))
    if job.name.partition(".")[0] not in enabled_addons(session):
        return JobState.CANCELLED, str(_("The application that does this is switched off."))
    if actor is None:
        return JobState.CANCELLED, str(_("The account of the person who asked for this is locked."))
    if job.tries >= job.max_attempts:
        return JobState.FAILED, str(_("It was interrupted %(n)s times at the same place.", n=job.tries))
    return None


def _work(start: _Start) -> None:
    """Call the job's function in an application context of its own, where ``current_session()`` is the job's."""
    found = find_job(start.claim.name)
    with current_kernel().app.app_context():
        session = current_session()
        session.become(start.actor)
        event.listen(session, "before_commit", _refuse_own_commit)
        run = JobRun(session, start.claim.id, start.cursor, start.tries, start.user_id, start.result)
        returned = found.function(run, **start.arguments)
        if isinstance(returned, Iterator):
            with closing(returned):  # type: ignore[type-var]
                for step in returned:
                    if not _commit_step(start, run, step):
                        return
        _finish(start, run)


def _commit_step(start: _Start, run: JobRun, step: Step) -> bool:
    """Commit what the job did up to here; whether it shall go on. Raises LostLease when it is no longer ours."""
    session = run.session
    session.flush()
    renew(session, start.claim)
    if step.done > start.furthest:
        start.furthest, start.tries = step.done, 1
    cancelled = _write(session, start, run, done=step.done, total=step.total, cursor=plain_json(step.cursor, "cursor"))
    ends = cancelled or start.is_stopping()
    if cancelled:
        settle(session, start.claim, JobState.CANCELLED)
        _write(session, start, run, state=JobState.CANCELLED, finished_at=now())
    elif ends:
        settle(session, start.claim, JobState.QUEUED, run_at=now())
        _write(session, start, run, state=JobState.QUEUED, tries=start.tries - 1)
    _commit(session)
    session.expire_all()  # other transactions may have come between this step and the next
    run.cursor, run.attempt = step.cursor, start.tries
    start.turns.let_others_write()
    return not ends


def _finish(start: _Start, run: JobRun) -> None:
    session = run.session
    session.flush()
    settle(session, start.claim, JobState.DONE)
    _write(session, start, run, state=JobState.DONE, finished_at=now(), error="", trace="")
    session.expire_all()
    announce(session, session.need(Job, start.claim.id))
    _commit(session)


def _write(session: ActorSession, start: _Start, run: JobRun, **values: Any) -> bool:
    """Update the job's row in this transaction; whether somebody wants it cancelled."""
    values = {
        "result": plain_json(run.result, "result"),
        "furthest": start.furthest,
        "tries": start.tries,
        **values,
    }
    statement = update(Job).where(Job.id == start.claim.id).values(values).returning(Job.cancel_requested)
    row = session.execute(statement, execution_options={"synchronize_session": False}).one_or_none()
    if row is None:
        raise LostLease(f"{start.claim.name} {start.claim.id} was deleted")
    return bool(row[0])


def _commit(session: ActorSession) -> None:
    session.info[COMMITTING] = True
    try:
        session.commit()
    finally:
        del session.info[COMMITTING]


def _refuse_own_commit(session: ActorSession) -> None:
    if COMMITTING not in session.info and not session.in_nested_transaction():
        raise RuntimeError("a job never commits: it yields a Step, and the runner commits effect and cursor together")


def _record_error(claim: Claim, error: Exception) -> None:
    """Send the job off again later, or end it as failed: a DomainError would be the same every time."""
    if isinstance(error, DomainError):
        log.info("a job was refused: %s", ", ".join(problem.code for problem in error.problems))
    else:
        log.error("a job's step failed", exc_info=error)
    try:
        with open_session(Actor.system(claim.tenant_id)) as session:
            _write_error(session, claim, error)
    except LostLease as lost:
        log.warning("job taken over by another runner: %s", lost)


def _write_error(session: ActorSession, claim: Claim, error: Exception) -> None:
    renew(session, claim)
    job = session.need(Job, claim.id)
    job.trace = "".join(traceback.format_exception(error))
    with use_locale(job.language):
        if isinstance(error, DomainError):
            _conclude(session, claim, job, JobState.FAILED, str(error))
        elif job.tries >= job.max_attempts:
            message = _("Something went wrong on our side. An administrator can see what, and start it again.")
            _conclude(session, claim, job, JobState.FAILED, str(message))
        else:
            wait = BACK_OFF_SECONDS[min(job.tries, len(BACK_OFF_SECONDS)) - 1]
            settle(session, claim, JobState.QUEUED, run_at=now() + timedelta(seconds=wait))
            job.state = JobState.QUEUED
            job.error = str(_("It did not succeed and is tried again shortly."))


def _conclude(session: ActorSession, claim: Claim, job: Job, state: JobState, error: str) -> None:
    settle(session, claim, state)
    job.state = state
    job.error = error
    job.finished_at = now()
    session.flush()
    announce(session, job)
