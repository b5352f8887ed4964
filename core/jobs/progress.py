"""A job as pages show it: how far, how long still, what came of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.clock import now
from core.i18n import LazyString, translator
from core.jobs.announcing import job_url
from core.jobs.models import Job, JobState
from core.web.answers import local_path

_ = translator(__name__)

STATES: dict[str, tuple[LazyString, str]] = {
    JobState.QUEUED: (_("Waiting"), "grey"),
    JobState.RUNNING: (_("Running"), "blue"),
    JobState.DONE: (_("Done"), "green"),
    JobState.FAILED: (_("Failed"), "red"),
    JobState.CANCELLED: (_("Cancelled"), "amber"),
}
"""The word and the tone of each state."""


@dataclass(frozen=True, slots=True)
class ResultLink:
    """Where a job's result leads; a path of this host."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class JobProgress:
    """What ``jobs/progress.html`` shows of a job. ``left`` is empty where there is nothing to estimate from."""

    id: UUID
    title: str
    url: str
    state: str
    label: LazyString
    tone: str
    done: int
    total: int | None
    left: str
    message: str
    links: tuple[ResultLink, ...]
    error: str
    is_over: bool
    is_stopping: bool

    @property
    def has_failed(self) -> bool:
        return self.state == JobState.FAILED


def progress_of(job: Job) -> JobProgress:
    """The job's progress at this moment, for its own page or any other that waits for it."""
    label, tone = STATES[job.state]
    result: Any = job.result if isinstance(job.result, dict) else {}
    return JobProgress(
        id=job.id,
        title=job.title,
        url=job_url(job.id),
        state=job.state,
        label=label,
        tone=tone,
        done=job.done,
        total=job.total,
        left=_time_left(job, now()),
        message=str(result.get("message") or "") if job.has_ended else "",
        links=_links(result.get("links")) if job.has_ended else (),
        error=job.error,
        is_over=job.has_ended,
        is_stopping=job.cancel_requested and not job.has_ended,
    )


def _links(found: Any) -> tuple[ResultLink, ...]:
    """The result's links, as far as they stay on this host."""
    pairs = [(each.get("label"), local_path(each.get("url"))) for each in found or () if isinstance(each, dict)]
    return tuple(ResultLink(str(label or url), url) for label, url in pairs if url)


def _time_left(job: Job, moment: datetime) -> str:
    """An estimate from the pace of this start, in the coarsest unit that still says something."""
    counted = job.done - job.begun_done
    if job.state != JobState.RUNNING or not job.total or counted <= 0 or job.begun_at is None:
        return ""
    seconds = (moment - job.begun_at).total_seconds() * max(0, job.total - job.done) / counted
    if seconds < 90:
        return str(_("about %(n)s seconds left", n=max(5, math.ceil(seconds / 5) * 5)))
    if seconds < 90 * 60:
        return str(_("about %(n)s minutes left", n=math.ceil(seconds / 60)))
    return str(_("about %(n)s hours left", n=math.ceil(seconds / 3600)))
