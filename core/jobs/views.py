"""Pages of jobs: one's own, one job's progress, and for administrators everybody's with what failed."""

from __future__ import annotations

from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.i18n import translator
from core.jobs.models import VIEW_JOBS, Job
from core.jobs.progress import STATES, progress_of
from core.jobs.queries import find_user_name, list_jobs, list_own_jobs
from core.jobs.schedules import list_schedules, run_now
from core.jobs.services import cancel_job, retry_job
from core.kernel import current_session
from core.web import SIGNED_IN, AddonViews, redirect_to, render, toast
from core.web.paging import page_of, uuid_argument

_ = translator(__name__)

views = AddonViews(__name__)

PAGE = 50
ANY = "any"


@views.get("/jobs", permission=SIGNED_IN)
def jobs_list() -> ResponseReturnValue:
    """The jobs that the user asked for; ``?before=`` the id of the last one seen."""
    found = list_own_jobs(current_session(), before=uuid_argument("before"), limit=PAGE + 1)
    rows, older = page_of(found, PAGE)
    return render("jobs/list.html", rows=rows, older=older, states=STATES, chosen=None)


@views.get("/jobs/all", permission=VIEW_JOBS)
def jobs_all() -> ResponseReturnValue:
    """Everybody's jobs; ``?state=`` one of the states, else all of them."""
    chosen = request.args.get("state", "")
    state = chosen if chosen in STATES else None
    found = list_jobs(current_session(), state=state, before=uuid_argument("before"), limit=PAGE + 1)
    rows, older = page_of(found, PAGE)
    return render("jobs/list.html", rows=rows, older=older, states=STATES, chosen=state or ANY)


@views.get("/jobs/schedules", permission=VIEW_JOBS)
def jobs_schedules() -> ResponseReturnValue:
    """What runs by itself: when it ran last, and when it will."""
    return render("jobs/schedules.html", rows=list_schedules(current_session()), states=STATES)


@views.post("/jobs/schedules/<name>", permission=VIEW_JOBS)
def jobs_run_now(name: str) -> ResponseReturnValue:
    """Run a scheduled job now, beside its schedule."""
    return redirect_to(url_for("core.jobs_detail", id=run_now(current_session(), name)))


@views.get("/jobs/<uuid:id>", permission=SIGNED_IN)
def jobs_detail(id: UUID) -> ResponseReturnValue:
    """One job: progress while it works, then what came of it. Its progress alone for htmx, which asks every second."""
    session = current_session()
    job = session.need(Job, id)
    asked_by = find_user_name(session, job.user_id)
    return render("jobs/detail.html", job=job, progress=progress_of(job), asked_by=asked_by)


@views.post("/jobs/<uuid:id>/cancel", permission=SIGNED_IN)
def jobs_cancel(id: UUID) -> ResponseReturnValue:
    """Ask the job to stop."""
    job = cancel_job(current_session(), id)
    toast(_("Cancelled.") if job.has_ended else _("It stops after the step under way."), "info")
    return redirect_to(url_for("core.jobs_detail", id=id))


@views.post("/jobs/<uuid:id>/retry", permission=SIGNED_IN)
def jobs_retry(id: UUID) -> ResponseReturnValue:
    """Send a failed job off again, from where it had come."""
    retry_job(current_session(), id)
    return redirect_to(url_for("core.jobs_detail", id=id))
