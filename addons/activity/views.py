"""Routes beside those of the resources: the calendar, the steps of an activity, what can be chosen, the tab of a record."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from addons.activity import services
from addons.activity.calendar import IN_MONTH, read_calendar
from addons.activity.forms import CancelForm, CompleteForm, RescheduleForm
from addons.activity.models import Activity, ActivityMove, Kind, Result
from addons.activity.queries import MAX_DUE, list_due
from addons.activity.subjects import list_subject_options
from addons.activity.times import ONE_DAY, local_times, midnight
from core.clock import local_today, now
from core.dates import parse_date, parse_time
from core.db import ActorSession
from core.errors import Conflict, DomainError
from core.i18n import translator
from core.kernel import current_session
from core.web import AddonViews, redirect_to, render, toast
from core.web.answers import is_htmx

_ = translator(__name__)

views = AddonViews(__name__)

LISTS = {
    Kind.APPOINTMENT: "appointments",
    Kind.TASK: "tasks",
    Kind.TRANSACTION: "transactions",
    Kind.CARE: "care",
}
"""The resource of each kind."""


def page_of(activity: Activity) -> str:
    """The page of an activity, in the list of its kind."""
    return url_for(f"activity.{LISTS[Kind(activity.kind)]}_detail", id=activity.id)


@views.get("/calendar", permission="activity.read")
def calendar() -> ResponseReturnValue:
    """Day, week or month of one's own, a colleague's, a department's or all activities that one sees; state in the address."""
    view = read_calendar(current_session(), request.args)
    return render("activity/calendar.html", view=view, view_in_month=IN_MONTH)


@views.get("/start/today", permission="activity.read")
def home_today() -> ResponseReturnValue:
    """On the start page: what is overdue, and what one has today."""
    return _today(current_session())


def _today(session: ActorSession, *, has_changed: bool = False) -> str:
    due = list_due(session, midnight(local_today() + ONE_DAY))
    own = {each.id for each in due if services.may_change(session, each)}
    words = {"has_more": len(due) > MAX_DUE, "now": now(), "own": own, "has_changed": has_changed}
    return render("activity/home_today.html", due=due[:MAX_DUE], **words)


@views.post("/activities/<uuid:id>/done", permission="activity.edit")
def done_of(id: UUID) -> ResponseReturnValue:
    """Done by one press on the start page, and it went well; whoever has more to say completes it on its page."""
    session = current_session()
    activity = session.need(Activity, id)
    session.expect_version(activity, request.form.get("version", type=int))
    services.complete(session, activity, result=Result.REACHED)
    toast(_("Done: %(title)s", title=activity.title))
    return _today(session, has_changed=True) if is_htmx() else redirect_to("/")


@views.get("/activities/<uuid:id>", permission="activity.read")
def activity_page(id: UUID) -> ResponseReturnValue:
    """An activity of whatever kind: where notices, discussions and the record of changes lead."""
    return redirect_to(page_of(current_session().need(Activity, id)))


@views.get("/subjects", permission="activity.read")
def subjects() -> ResponseReturnValue:
    """Options of the picker "About"."""
    query = request.args.get("q", "")[:100]
    return render("activity/options.html", items=list_subject_options(current_session(), query), query=query)


@views.route("/activities/<uuid:id>/complete", methods=("GET", "POST"), permission="activity.edit")
def complete_of(id: UUID) -> ResponseReturnValue:
    """Done, with what came of it."""

    def run(session: ActorSession, activity: Activity, form: Any) -> None:
        services.complete(session, activity, result=form.result.data or "", note=form.note.data or "")

    return _step(id, CompleteForm(), str(_("Complete")), "activity.complete_of", run)


@views.route("/activities/<uuid:id>/reschedule", methods=("GET", "POST"), permission="activity.edit")
def reschedule_of(id: UUID) -> ResponseReturnValue:
    """Another time, and why."""
    activity = current_session().need(Activity, id)
    day, start, end_day, end = local_times(activity)
    times = {"day": day, "start": start, "end": end, "end_day": end_day if end_day != day else None}

    def run(session: ActorSession, activity: Activity, form: Any) -> None:
        when = {name: form[name].data for name in times}
        services.reschedule(session, activity, **when, reason=form.reason.data or "")

    return _step(id, RescheduleForm(data=times), str(_("Reschedule")), "activity.reschedule_of", run)


@views.route("/activities/<uuid:id>/cancel", methods=("GET", "POST"), permission="activity.edit")
def cancel_of(id: UUID) -> ResponseReturnValue:
    """Not taking place, and why."""

    def run(session: ActorSession, activity: Activity, form: Any) -> None:
        services.cancel(session, activity, reason=form.reason.data or "")

    return _step(id, CancelForm(), str(_("Cancel it")), "activity.cancel_of", run)


@views.post("/activities/<uuid:id>/start", permission="activity.edit")
def start_of(id: UUID) -> ResponseReturnValue:
    """In progress from now on."""
    session = current_session()
    activity = session.need(Activity, id)
    services.start_activity(session, activity)
    return _done(activity)


@views.post("/activities/<uuid:id>/take-up", permission="activity.edit")
def take_up_of(id: UUID) -> ResponseReturnValue:
    """A cancelled one takes place after all."""
    session = current_session()
    activity = session.need(Activity, id)
    services.take_up(session, activity)
    return _done(activity)


@views.post("/activities/<uuid:id>/move", permission="activity.edit")
def move_of(id: UUID) -> ResponseReturnValue:
    """Dropped somewhere else in the calendar (``day``, ``start``), or pushed by keys (``days``, ``minutes``); ``page`` are the
    parameters of the calendar, which is shown again. It can be undone.
    """
    session, sent = current_session(), request.form
    activity = session.need(Activity, id)
    session.expect_version(activity, sent.get("version", type=int))
    day = parse_date(sent["day"]) if sent.get("day") else None
    start = parse_time(sent["start"]) if sent.get("start") else None
    steps = {name: max(-366, min(sent.get(name, 0, type=int), 1440)) for name in ("days", "minutes")}
    moved = services.move(session, activity, day=day, start=start, **steps)
    page = MultiDict(parse_qsl(sent.get("page", "")[:500].lstrip("?")))
    undo = url_for("activity.move_back_of", id=id, move=moved.id, page=urlencode(page))
    told = _("%(title)s: now %(when)s", title=activity.title, when=services.when_text(activity))
    toast(told, undo=undo)
    if not is_htmx():
        return redirect_to(page_of(activity))
    view = read_calendar(session, page)
    return render("activity/calendar.html", view=view, view_in_month=IN_MONTH)


@views.post("/activities/<uuid:id>/move-back/<uuid:move>", permission="activity.edit")
def move_back_of(id: UUID, move: UUID) -> ResponseReturnValue:
    """The undo of a move."""
    session = current_session()
    activity = session.need(Activity, id)
    services.move_back(session, activity, session.need(ActivityMove, move))
    toast(_("%(title)s: again %(when)s", title=activity.title, when=services.when_text(activity)))
    page = MultiDict(parse_qsl(request.args.get("page", "")[:500]))
    return redirect_to(read_calendar(session, page).url())


def _step(id: UUID, form: Any, title: str, endpoint: str, run: Any) -> ResponseReturnValue:
    """Ask for what a step needs, on the version that was seen, and take it."""
    session = current_session()
    activity = session.need(Activity, id)
    version, status = request.form.get("version", activity.version, type=int), 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                session.expect_version(activity, version)
                run(session, activity, form)
                return _done(activity)
            except DomainError as refused:
                status = refused.status
                session.rollback()
                activity = session.need(Activity, id)
                form.refuse(refused)
                version = activity.version if isinstance(refused, Conflict) else version
    page = render(
        "activity/step.html",
        activity=activity,
        form=form,
        title=title,
        version=version,
        action=url_for(endpoint, id=id),
        back=page_of(activity),
    )
    return page, status


def _done(activity: Activity) -> ResponseReturnValue:
    toast(_("Saved: %(name)s", name=activity.title))
    return redirect_to(page_of(activity))
