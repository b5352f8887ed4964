"""The bell for who asked: a job that took long enough to be left alone has ended."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from core.clock import now
from core.db.session import ActorSession, system
from core.i18n import translator
from core.jobs.models import Job, JobState
from core.notifications import notify

_ = translator(__name__)

NOTICE_AFTER = timedelta(seconds=10)
"""A job that ends sooner is still being watched; a failure is told in any case."""


def job_url(id: UUID) -> str:
    """The page of a job; a runner has no request to build addresses from."""
    return f"/jobs/{id}"


def announce(session: ActorSession, job: Job) -> None:
    """Tell who asked that the job has ended, in this transaction and in his language (that of the moment)."""
    is_long = now() - job.created_at > NOTICE_AFTER
    if job.user_id is None or not (job.state == JobState.FAILED or (job.state == JobState.DONE and is_long)):
        return
    if job.state == JobState.FAILED:
        title, body = _("%(title)s: failed", title=job.title), job.error
    else:
        title, body = _("%(title)s: done", title=job.title), (job.result or {}).get("message", "")
    with system(session) as all_seeing:  # a notice to the actor himself is else left out
        notify(all_seeing, [job.user_id], kind="job", title=title, body=body, url=job_url(job.id))
