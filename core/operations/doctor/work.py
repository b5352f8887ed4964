"""Who runs the jobs: Redis, workers, and what has been left lying."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from core.clock import now
from core.config import Config
from core.db.actor import Actor
from core.db.engines import PowerfulRoleError
from core.db.session import reading_session
from core.jobs.models import JobState
from core.jobs.queries import count_unfinished, seconds_waited
from core.jobs.rq_worker import count_workers
from core.jobs.scheduler import find_overdue
from core.operations.doctor.findings import Finding, Findings, error, ok, warning
from core.operations.health import redis_answers

LONG = 120.0
"""Seconds a job may wait: a busy runner, not a missing one."""

LATE = timedelta(minutes=5)
"""How late a scheduled job may be asked for: a scheduler that is restarted, not a missing one."""


def check_work(config: Config) -> Findings:
    """Needs an app context."""
    yield from _runner(config)
    try:
        with reading_session(Actor.platform()) as session:
            waited, unfinished = seconds_waited(session), count_unfinished(session)
        overdue = find_overdue(now(), LATE)
    except (SQLAlchemyError, PowerfulRoleError):
        return  # told already
    if waited > LONG:
        why = "Imports, exports and messages wait with it."
        fix = "Start banyan worker, or without Redis the web server; see its log."
        yield error("jobs", f"A job has been due for {waited / 60:.0f} minutes, and nobody takes it.", why, fix)
    else:
        yield ok("jobs", "No job waits for a runner.")
    yield _scheduler(overdue)
    if failed := unfinished[JobState.FAILED]:
        fix = "See /jobs/all in each business, and start them again there."
        yield warning("failed-jobs", f"{failed} jobs have failed.", "What they should have done is not done.", fix)


def _scheduler(overdue: list[tuple[str, datetime]]) -> Finding:
    if not overdue:
        return ok("scheduler", "No scheduled job is overdue.")
    name, moment = overdue[0]
    more = f", and {len(overdue) - 1} more" if len(overdue) > 1 else ""
    what = f"{name} was due at {moment:%Y-%m-%d %H:%M} UTC, and nobody asked for it{more}."
    why = "What runs by itself does not: old jobs, files and notices stay, and addons' nightly work is not done."
    return error("scheduler", what, why, "Start banyan scheduler, or without Redis the web server.")


def _runner(config: Config) -> Findings:
    if config.runner == "none":
        fix = "Take BANYAN_RUNNER=none away."
        yield error("runner", "Nobody runs jobs (BANYAN_RUNNER=none).", "Imports and exports never begin.", fix)
    elif config.runner == "embedded":
        yield ok("runner", "Jobs run in the web process.")
    if not config.redis_url:
        return
    if not redis_answers(config.redis_url):
        why = "Jobs begin up to 10 seconds late; none is lost."
        yield error("redis", "Redis does not answer.", why, "Start it, or correct REDIS_URL.")
        return
    yield ok("redis", "Redis answers.")
    if config.runner == "rq":
        yield from _workers(count_workers(config.redis_url))


def _workers(number: int) -> Findings:
    if number:
        yield ok("workers", f"Workers: {number}.")
    else:
        yield error("workers", "No worker is running.", "Jobs wait until there is one.", "Start banyan worker.")
