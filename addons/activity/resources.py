"""What staff see of activities: a resource for each kind, over one table, and the catalogues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from flask import url_for
from sqlalchemy import ColumnElement, select

from addons.activity import catalogues, services
from addons.activity.bulk import cancel_chosen, delete_chosen, give_chosen
from addons.activity.calendar import WEEKDAYS
from addons.activity.forms import (
    ABSENCES,
    REMINDERS,
    RESULTS,
    TONE_NAMES,
    AbsenceForm,
    AppointmentForm,
    AssigneeForm,
    CancelForm,
    CareForm,
    EntryForm,
    TaskForm,
    TransactionForm,
    TypeForm,
    WorkWeekForm,
)
from addons.activity.hours import format_hours
from addons.activity.models import (
    OPEN,
    TONES,
    Absence,
    Activity,
    ActivityMove,
    ActivityProject,
    ActivityType,
    Kind,
    Role,
    State,
    WorkWeek,
)
from addons.activity.queries import list_all_entries, list_busy, list_moves, list_people, of_user
from addons.activity.schedules import MANAGE, may_change_absence, need_own, reasons_against, save_absence, save_week
from addons.activity.subjects import subject_names, subject_url
from addons.activity.times import local_times, span_of
from core.access.models import User
from core.audit import Recorded
from core.clock import local_today, now, to_local
from core.dates import format_date, format_time, parse_time
from core.db import Actor, ActorSession
from core.discussion import Discussed
from core.exchange.fields import ExchangeField, Lookup
from core.i18n import translator
from core.kernel import current_session
from core.resources import (
    Action,
    Api,
    Board,
    BulkAction,
    ChoiceFilter,
    Column,
    Fact,
    Hint,
    PeriodFilter,
    Permissions,
    Resource,
    Sent,
    Stage,
    Tab,
    UserFilter,
)
from core.settings import setting

_ = translator(__name__)

STATES = {
    State.PLANNED: _("Not started"),
    State.IN_PROGRESS: _("In progress"),
    State.DONE: _("Done"),
    State.CANCELLED: _("Cancelled"),
}
STATE_TONES = {State.PLANNED: "blue", State.IN_PROGRESS: "amber", State.DONE: "green", State.CANCELLED: "grey"}
FIELD_NAMES = {
    "title": _("What is to be done"),
    "subject_label": _("About"),
    "type_id": _("Type"),
    "project_id": _("Project"),
    "assignee_id": _("Who does it"),
    "starts_at": _("Begins"),
    "ends_at": _("Ends"),
    "is_all_day": _("All day"),
    "place": _("Place"),
    "content": _("Content"),
    "remind_minutes": _("Reminder"),
    "state": _("State"),
    "result": _("Result"),
    "result_note": _("Note"),
    "done_at": _("Done at"),
    "cancel_reason": _("Reason of the cancellation"),
}
"""The fields of the record of changes."""


def _open(actor: Actor) -> ColumnElement[bool]:
    return Activity.state.in_(OPEN)


def _mine(actor: Actor) -> ColumnElement[bool]:
    return _open(actor) & of_user(actor.user_id)


def _overdue(actor: Actor) -> ColumnElement[bool]:
    return _open(actor) & (Activity.ends_at <= now())


def _today(actor: Actor) -> ColumnElement[bool]:
    return Activity.day == local_today()


def _state_is(state: State) -> Any:
    return lambda actor: Activity.state == state


def _types(session: ActorSession) -> list[tuple[UUID, str]]:
    return [(entry.id, entry.name) for entry in list_all_entries(session, ActivityType)]


def _projects(session: ActorSession) -> list[tuple[UUID, str]]:
    return [(entry.id, entry.name) for entry in list_all_entries(session, ActivityProject)]


def _about(session: ActorSession) -> list[tuple[str, str]]:
    return list(subject_names(session).items())


def _people(session: ActorSession) -> list[tuple[Any, ...]]:
    rows = session.execute(select(User.id, User.username, User.name).where(User.is_active))
    return [tuple(row) for row in rows]


def _clock_of(column: Any) -> Any:
    def load(session: ActorSession, ids: Sequence[UUID]) -> dict[UUID, str]:
        query = select(Activity.id, column).where(Activity.id.in_(list(ids)), Activity.is_all_day.is_(False))
        return {row[0]: format_time(row[1]) for row in session.execute(query)}

    return load


def _read_time(value: Any) -> Any:
    return parse_time(f"{value:%H:%M}" if hasattr(value, "hour") else str(value))


WHO = Column("assignee.name", _("Who does it"), kind="person", wide="xl")
STATE = Column("state", _("State"), kind="tag", tone=STATE_TONES, labels=STATES)
TYPE = Column("type.name", _("Type"), kind="flat", tone="type.tone", wide="2xl")
PROJECT = Column("project.name", _("Project"), wide="2xl")
RESULT = Column("result", _("Result"), labels=RESULTS, wide="3xl")


class Activities(Resource[Activity]):
    """What the kinds have in common. ``kind`` is the one that the resource is about."""

    model = Activity
    kind: ClassVar[Kind]
    permissions = Permissions("activity")
    filters = (
        UserFilter("who", _("Who does it"), Activity.assignee_id),
        ChoiceFilter("type", _("Type"), Activity.type_id, options=_types, several=True, empty=_("Without type")),
        ChoiceFilter("state", _("State"), Activity.state, options=list(STATES.items()), several=True),
        PeriodFilter("day", _("Day"), Activity.day),
        PeriodFilter("done", _("Done at"), Activity.done_at),
        ChoiceFilter("about", _("About"), Activity.subject_entity, options=_about, several=True, empty=_("Nothing")),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("open", _("Open"), where=_open),
        Tab("mine", _("Mine, open"), where=_mine),
        Tab("today", _("Today"), where=_today),
        Tab("overdue", _("Overdue"), where=_overdue, is_new=True),
        Tab("done", _("Done"), where=_state_is(State.DONE)),
        Tab("cancelled", _("Cancelled"), where=_state_is(State.CANCELLED)),
    )
    default_sort = "-starts_at"
    tags = (Fact("state", kind="tag", tone=STATE_TONES, labels=STATES),)
    contacts = (Fact("assignee.name", _("Who does it"), kind="person"), Fact("place", icon="map-pin"))
    facts = (
        Fact("type.name", _("Type")),
        Fact("project.name", _("Project")),
        Fact("content", _("Content")),
        Fact("remind_minutes", _("Reminder"), kind="text", labels=dict(REMINDERS)),
        Fact("result", _("Result"), labels=RESULTS),
        Fact("result_note", _("Note")),
        Fact("done_at", _("Done at")),
        Fact("cancel_reason", _("Reason of the cancellation")),
        Fact("created_at", _("Created")),
    )
    actions = (
        Action(
            _("Complete"), "activity.complete_of", icon="check", primary=True, dialog=True, when=lambda each: _can(each)
        ),
        Action(_("Reschedule"), "activity.reschedule_of", icon="clock", dialog=True, when=lambda each: _can(each)),
        Action(
            _("Start"),
            "activity.start_of",
            icon="player-play",
            post=True,
            place="menu",
            when=lambda each: each.state == State.PLANNED and _can(each),
        ),
        Action(_("Cancel it"), "activity.cancel_of", icon="x", dialog=True, place="menu", when=lambda each: _can(each)),
        Action(
            _("Take up again"),
            "activity.take_up_of",
            icon="arrow-back-up",
            post=True,
            when=lambda each: each.state == State.CANCELLED and services.may_change(current_session(), each),
        ),
    )
    bulk_actions = (
        BulkAction("give", _("Give to"), give_chosen, "activity.assign", icon="transfer", form=AssigneeForm),
        BulkAction("cancel", _("Cancel them"), cancel_chosen, "activity.edit", icon="x", form=CancelForm),
        BulkAction("delete", _("Delete"), delete_chosen, "activity.delete", icon="trash", danger=True),
    )
    exchange = (
        ExchangeField("title", _("What is to be done"), required=True, aliases=("Tiêu đề", "Nội dung công việc")),
        ExchangeField("subject", _("About"), path="subject_label", aliases=("Khách hàng", "Mã khách hàng", "Customer")),
        ExchangeField("type_id", _("Type"), lookup=Lookup(_types), path="type.name", aliases=("Loại giao dịch",)),
        ExchangeField("assignee_id", _("Who does it"), lookup=Lookup(_people), path="assignee.name"),
        ExchangeField("day", _("Day"), kind="date", required=True, aliases=("Hạn", "Ngày hẹn", "Due")),
        ExchangeField("start", _("Begins"), parse=_read_time, load=_clock_of(Activity.starts_at), example="14:30"),
        ExchangeField("end", _("Ends"), parse=_read_time, load=_clock_of(Activity.ends_at), example="15:30"),
        ExchangeField("place", _("Place"), max_length=200),
        ExchangeField("content", _("Content"), multiline=True, max_length=10_000),
        ExchangeField("state", _("State"), choices=STATES, imported=False),
        ExchangeField("result", _("Result"), choices=RESULTS, imported=False),
        ExchangeField("result_note", _("Note"), imported=False),
        ExchangeField("done_at", _("Done at"), kind="datetime", imported=False),
    )
    discussion = True
    inline = ("start", "end")
    template_detail = "activity/detail.html"
    template_form = "activity/form.html"
    api = Api(fields=("subject_label", "starts_at", "ends_at", "is_all_day"))

    def restrict(self, session: ActorSession) -> Sequence[ColumnElement[bool]]:
        return (Activity.kind == self.kind,)

    def make_form(self, session: ActorSession, record: Any, *, sent: Sent = True) -> Any:
        form = super().make_form(session, record, sent=sent)
        if not session.actor.can("activity.assign"):
            del form.assignee_id
        form.prepare(session, record)
        return form

    def form_data(self, session: ActorSession, record: Activity | None) -> Mapping[str, Any]:
        if record is None:
            minutes = setting("activity.remind_minutes", session=session)
            return {"assignee_id": session.actor.user_id, "day": local_today(), "remind_minutes": minutes}
        day, start, end_day, end = local_times(record)
        people = [id for id, _name in list_people(session, record.id, Role.PARTICIPANT)]
        return {
            "subject": record.subject,
            "day": day,
            "start": start,
            "end_day": end_day if end_day != day else None,
            "end": end,
            "participant_ids": people,
        }

    def create(self, session: ActorSession, form: Any) -> Activity:
        return services.plan_activity(session, self.kind, **form.fields())

    def update(self, session: ActorSession, record: Activity, form: Any) -> None:
        services.change_activity(session, record, **form.fields())

    def can_edit(self, session: ActorSession, record: Activity) -> bool:
        return record.is_open and services.may_change(session, record)

    def can_delete(self, session: ActorSession, record: Activity) -> bool:
        return services.may_change(session, record)

    def hint(self, session: ActorSession, form: Any, name: str, record_id: UUID | None) -> Hint | None:
        """Who does it has something else at that time: told, never refused."""
        if not form.day.data or not form.start.data:
            return None
        who = form.assignee_id.data if "assignee_id" in form else session.actor.user_id
        minutes = setting("activity.length_minutes", session=session)
        span = span_of(form.day.data, form.start.data, form.end_day.data, form.end.data, minutes=minutes)
        if not who:
            return None
        busy = list_busy(session, who, span.starts_at, span.ends_at, without=record_id)
        told = reasons_against(session, who, span.starts_at, span.ends_at, is_all_day=span.is_all_day)
        told += [self.overlap_text(len(busy))] if busy else []
        return Hint(" ".join(told), self.overlap_links(busy)) if told else None

    def reasons_against(self, record: Activity) -> list[str]:
        """Why whoever does an open activity does not work at its time."""
        if not record.is_open or record.ends_at <= now():
            return []
        times = record.starts_at, record.ends_at
        return reasons_against(current_session(), record.assignee_id, *times, is_all_day=record.is_all_day)

    def overlaps(self, record: Activity) -> list[tuple[str, str]]:
        """(what and when, its page) of what the assignee has at the time of an open activity besides it."""
        if not record.is_open or record.is_all_day or record.ends_at <= now():
            return []
        session = current_session()
        busy = list_busy(session, record.assignee_id, record.starts_at, record.ends_at, without=record.id)
        return self.overlap_links(busy)

    def overlap_text(self, n: int) -> str:
        return str(_.n("1 other thing is planned at this time:", "%(n)s other things are planned at this time:", n))

    def overlap_links(self, busy: Sequence[tuple[Activity | None, Any, Any]]) -> list[tuple[str, str]]:
        return [
            (
                f"{format_time(starts_at)}–{format_time(ends_at)} {each.title if each else _('Busy')}",
                url_for("activity.activity_page", id=each.id) if each else "",
            )
            for each, starts_at, ends_at in busy
        ]

    def when_text(self, record: Activity) -> str:
        """``Friday 27/11/2026, 14:00–15:00``; all day without times."""
        day, start, end_day, end = local_times(record)
        first = f"{WEEKDAYS[day.weekday()]} {format_date(day)}"
        if start is None or end is None:
            return first if day == end_day else f"{first} – {format_date(end_day)}"
        last = f"{end:%H:%M}" if day == end_day else f"{format_date(end_day)} {end:%H:%M}"
        return f"{first}, {start:%H:%M}–{last}"

    def subject_url(self, record: Activity) -> str:
        """The page of what the activity is about."""
        return subject_url(current_session(), record.subject_entity, record.subject_id)

    def participants(self, record: Activity) -> list[str]:
        return [name for _id, name in list_people(current_session(), record.id, Role.PARTICIPANT)]

    def moves(self, record: Activity) -> Sequence[ActivityMove]:
        return list_moves(current_session(), record.id)


def _can(activity: Activity) -> bool:
    return activity.is_open and services.may_change(current_session(), activity)


class Appointments(Activities):
    """Lịch hẹn (CUS-031, CUS-042)."""

    kind = Kind.APPOINTMENT
    name = "appointments"
    title = _("Appointments")
    one = _("appointment")
    icon = "calendar"
    found_everywhere = True
    columns = (
        Column("title", _("What is to be done"), kind="title", subtitle=("subject_label",), avatar=False),
        Column("starts_at", _("Begins"), sort=True, card=True),
        STATE,
        TYPE,
        Column("place", _("Place"), wide="3xl"),
        WHO,
        RESULT,
    )
    form = AppointmentForm
    empty_text = _("Plan the first appointment here, or click a free hour in the calendar.")


class Tasks(Activities):
    """Công việc, with their projects (CUS-071, CUS-073)."""

    kind = Kind.TASK
    name = "tasks"
    title = _("Tasks")
    one = _("task")
    icon = "checklist"
    found_everywhere = True
    columns = (
        Column("title", _("What is to be done"), kind="title", subtitle=("subject_label",), avatar=False),
        Column("day", _("Due"), sort=True, card=True),
        STATE,
        PROJECT,
        TYPE,
        WHO,
        RESULT,
    )
    filters = (
        *Activities.filters,
        ChoiceFilter(
            "project", _("Project"), Activity.project_id, options=_projects, several=True, empty=_("Without project")
        ),
    )
    default_sort = "-day"
    board = Board(
        "state",
        stages=lambda session: [
            Stage(state, label, STATE_TONES[state], is_open=state != State.CANCELLED) for state, label in STATES.items()
        ],
        move=services.move_to_state,
        permission="activity.edit",
        card=("assignee.name", "day", "project.name"),
    )
    exchange = (
        *Activities.exchange,
        ExchangeField("project_id", _("Project"), lookup=Lookup(_projects), path="project.name"),
    )
    form = TaskForm
    empty_text = _("Write down what is to be done, by whom and until when.")


class Transactions(Activities):
    """Giao dịch với khách hàng (TXN-01 to TXN-04)."""

    kind = Kind.TRANSACTION
    name = "transactions"
    title = _("Transactions with customers")
    one = _("transaction")
    icon = "transfer"
    columns = (
        Column("title", _("What is to be done"), kind="title", subtitle=("subject_label",), avatar=False),
        TYPE,
        STATE,
        Column("day", _("Due"), sort=True, card=True),
        WHO,
        RESULT,
    )
    default_sort = "-day"
    form = TransactionForm
    empty_text = _("Calls, meetings and whatever else is done with a customer.")


class CareRecords(Activities):
    """Bản ghi chăm sóc: what was done without a plan for it. What was planned and done stands in its own list."""

    kind = Kind.CARE
    name = "care"
    title = _("Care records")
    one = _("care record")
    icon = "heart-handshake"
    columns = (
        Column("title", _("What was done"), kind="title", subtitle=("subject_label",), avatar=False),
        Column("done_at", _("Done at"), sort=True, card=True),
        TYPE,
        Column("result", _("Result"), labels=RESULTS),
        WHO,
    )
    tabs = (Tab("all", _("All")), Tab("mine", _("Mine"), where=lambda actor: of_user(actor.user_id)))
    filters = tuple(each for each in Activities.filters if each.key != "state")
    default_sort = "-done_at"
    actions = ()
    bulk_actions = (Activities.bulk_actions[-1],)
    exchange = tuple(
        ExchangeField("result", _("Result"), choices=RESULTS, required=True)
        if each.key == "result"
        else ExchangeField("result_note", _("Note"), multiline=True, max_length=10_000)
        if each.key == "result_note"
        else each
        for each in Activities.exchange
        if each.key not in {"state"}
    )
    form = CareForm
    empty_text = _("What was said and done with customers, and what came of it.")

    def form_data(self, session: ActorSession, record: Activity | None) -> Mapping[str, Any]:
        return {**super().form_data(session, record), "start": to_local(now()).time()}

    def create(self, session: ActorSession, form: Any) -> Activity:
        result, note = form.result.data or "", form.result_note.data or ""
        return services.log_care(session, result=result, note=note, **form.fields())


discussed = Discussed(
    Activity,
    read="activity.read",
    comment="activity.comment",
    endpoint="activity.activity_page",
    title=lambda activity: activity.title,
    labels=FIELD_NAMES,
)
recorded = Recorded(
    "activity",
    one=_("activity"),
    labels=FIELD_NAMES,
    values={"state": STATES, "result": RESULTS},
    endpoint="activity.activity_page",
)


class Catalogue(Resource[Any]):
    """What the catalogues have in common."""

    permissions = Permissions(
        "activity",
        read="activity.manage_catalogues",
        create="activity.manage_catalogues",
        edit="activity.manage_catalogues",
        delete="activity.manage_catalogues",
        export=None,
        import_=None,
    )
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", _("Name"), kind="title", avatar=False),
        Column("position", _("Order"), sort=True),
        Column("is_active", _("Offered"), card=True),
    )
    default_sort = "position"
    facts: ClassVar[tuple[Fact, ...]] = (
        Fact("name", _("Name")),
        Fact("position", _("Order")),
        Fact("is_active", _("Offered")),
    )
    form = EntryForm

    def create(self, session: ActorSession, form: Any) -> Any:
        return catalogues.create_entry(session, self.model, **form.data)

    def update(self, session: ActorSession, record: Any, form: Any) -> None:
        catalogues.update_entry(session, record, **form.data)

    def delete(self, session: ActorSession, record: Any) -> None:
        catalogues.delete_entry(session, record)

    def make_form(self, session: ActorSession, record: Any, *, sent: Sent = True) -> Any:
        form = super().make_form(session, record, sent=sent)
        form.prepare()
        return form


class Types(Catalogue):
    """Loại công việc, Loại giao dịch."""

    model = ActivityType
    name = "types"
    title = _("Activity types")
    one = _("activity type")
    icon = "tags"
    columns = (
        *Catalogue.columns,
        Column("tone", _("Colour"), kind="tag", tone={tone: tone for tone in TONES}, labels=TONE_NAMES),
    )
    facts = (*Catalogue.facts, Fact("tone", _("Colour"), labels=TONE_NAMES), Fact("entity", _("For")))
    form = TypeForm


class Projects(Catalogue):
    """Dự án công việc (CUS-073)."""

    model = ActivityProject
    name = "projects"
    title = _("Projects")
    one = _("project")
    icon = "flag"


class WorkWeeks(Resource[WorkWeek]):
    """Lịch làm việc: the hours of each employee's week."""

    model = WorkWeek
    name = "schedules"
    title = _("Work schedules")
    one = _("work schedule")
    icon = "clock"
    permissions = Permissions(
        "activity", read="activity.read", create=MANAGE, edit=MANAGE, delete=MANAGE, export=None, import_=None
    )
    columns = (
        Column("user.name", _("Employee"), kind="title"),
        Column("updated_at", _("Changed"), sort=True, card=True),
    )
    filters = (UserFilter("who", _("Employee"), WorkWeek.user_id),)
    default_sort = "-updated_at"
    empty_text = _("Enter the hours of each employee, and whoever plans with him is told what lies outside of them.")
    form = WorkWeekForm
    template_detail = "activity/schedule.html"
    api = Api(read_only=True)

    def form_data(self, session: ActorSession, record: WorkWeek | None) -> Mapping[str, Any]:
        return {f"d{at}": format_hours(parts) for at, parts in enumerate(record.hours)} if record else {}

    def make_form(self, session: ActorSession, record: Any, *, sent: Sent = True) -> Any:
        form = super().make_form(session, record, sent=sent)
        form.user_id.flags.required = True
        return form

    def create(self, session: ActorSession, form: Any) -> WorkWeek:
        return save_week(session, None, user_id=form.user_id.data, texts=form.texts())

    def update(self, session: ActorSession, record: WorkWeek, form: Any) -> None:
        save_week(session, record, user_id=form.user_id.data, texts=form.texts())

    def week(self, record: WorkWeek) -> list[tuple[str, str]]:
        """Weekday and hours."""
        return [
            (str(name), format_hours(parts) or str(_("Day off")))
            for name, parts in zip(WEEKDAYS, record.hours, strict=False)
        ]


class Absences(Resource[Absence]):
    """Leave, and whatever else keeps people away."""

    model = Absence
    name = "absences"
    title = _("Absences")
    one = _("absence")
    icon = "user"
    permissions = Permissions(
        "activity",
        read="activity.read",
        create="activity.create",
        edit="activity.edit",
        delete="activity.edit",
        export=None,
        import_=None,
    )
    columns = (
        Column("user.name", _("Employee"), kind="title"),
        Column("kind", _("Reason"), kind="tag", labels=ABSENCES),
        Column("first_day", _("First day"), sort=True, card=True),
        Column("last_day", _("Last day")),
        Column("note", _("Note"), wide="xl"),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("mine", _("Mine"), where=lambda actor: Absence.user_id == actor.user_id),
        Tab(
            "today",
            _("Today"),
            where=lambda actor: (Absence.first_day <= local_today()) & (Absence.last_day >= local_today()),
        ),
    )
    filters = (
        UserFilter("who", _("Employee"), Absence.user_id),
        ChoiceFilter("kind", _("Reason"), Absence.kind, options=list(ABSENCES.items()), several=True),
        PeriodFilter("day", _("First day"), Absence.first_day),
    )
    default_sort = "-first_day"
    empty_text = _("Enter your leave, and whoever plans with you is told.")
    facts = (
        Fact("kind", _("Reason"), labels=ABSENCES),
        Fact("first_day", _("First day")),
        Fact("last_day", _("Last day")),
        Fact("hours", _("Hours"), kind="text"),
        Fact("note", _("Note")),
    )
    form = AbsenceForm

    def make_form(self, session: ActorSession, record: Any, *, sent: Sent = True) -> Any:
        form = super().make_form(session, record, sent=sent)
        if not session.actor.can(MANAGE):
            del form.user_id
        form.first_day.flags.required = True
        return form

    def form_data(self, session: ActorSession, record: Absence | None) -> Mapping[str, Any]:
        if record is None:
            return {"user_id": session.actor.user_id, "first_day": local_today()}
        last = record.last_day if record.last_day != record.first_day else None
        return {"start": _clock(record.start_minute), "end": _clock(record.end_minute), "last_day": last}

    def create(self, session: ActorSession, form: Any) -> Absence:
        return save_absence(session, None, **{"user_id": None, **form.data})

    def update(self, session: ActorSession, record: Absence, form: Any) -> None:
        save_absence(session, record, **{"user_id": record.user_id, **form.data})

    def delete(self, session: ActorSession, record: Absence) -> None:
        need_own(session, record.user_id)
        session.delete(record)

    def can_edit(self, session: ActorSession, record: Absence) -> bool:
        return may_change_absence(session, record.user_id)

    def can_delete(self, session: ActorSession, record: Absence) -> bool:
        return may_change_absence(session, record.user_id)


def _clock(minute: int | None) -> Any:
    return None if minute is None else parse_time(f"{minute // 60:02d}:{minute % 60:02d}")


recorded_weeks = Recorded(
    "activity_work_week", one=_("work schedule"), labels={"user_id": _("Employee"), "hours": _("Hours")}
)
recorded_absences = Recorded(
    "activity_absence",
    one=_("absence"),
    labels={
        "user_id": _("Employee"),
        "kind": _("Reason"),
        "first_day": _("First day"),
        "last_day": _("Last day"),
        "start_minute": _("From (minute of the day)"),
        "end_minute": _("To (minute of the day)"),
        "note": _("Note"),
    },
    values={"kind": ABSENCES},
)
