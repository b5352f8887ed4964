"""The forms of activities, of the steps that they take, and of their catalogues. What is wrong is judged by the services."""

from __future__ import annotations

from typing import Any

import wtforms
from flask import url_for

from addons.activity import services
from addons.activity.models import TONES, AbsenceKind, ActivityProject, ActivityType, Result
from addons.activity.queries import Entry, list_entries
from addons.activity.subjects import find_about, find_only, subject_names
from addons.activity.times import WEEK
from core.access.models import User
from core.db import ActorSession
from core.i18n import translator
from core.kernel import current_session
from core.text import clean
from core.web.forms import (
    BooleanField,
    ChoiceField,
    DateField,
    Form,
    IntegerField,
    RecordsField,
    StringField,
    TextAreaField,
    TimeField,
    UserField,
    as_uuid,
)

_ = translator(__name__)

RESULTS = {
    Result.REACHED: _("Succeeded"),
    Result.PARTLY: _("Partly succeeded"),
    Result.FAILED: _("Did not succeed"),
    Result.ABSENT: _("Nobody was met or reached"),
}
TONE_NAMES = {
    "green": _("Green"),
    "teal": _("Teal"),
    "blue": _("Blue"),
    "violet": _("Violet"),
    "amber": _("Amber"),
    "orange": _("Orange"),
    "red": _("Red"),
    "grey": _("Grey"),
}
assert TONE_NAMES.keys() == set(TONES)

ABSENCES = {
    AbsenceKind.LEAVE: _("Leave"),
    AbsenceKind.SICK: _("Ill"),
    AbsenceKind.TRIP: _("Business trip"),
    AbsenceKind.OTHER: _("Other"),
}

REMINDERS = (
    (0, _("When it begins")),
    (5, _("5 minutes before")),
    (15, _("15 minutes before")),
    (30, _("30 minutes before")),
    (60, _("1 hour before")),
    (120, _("2 hours before")),
    (1440, _("1 day before")),
    (10080, _("1 week before")),
)


class SubjectField(wtforms.Field):  # type: ignore[misc]
    """What an activity is about, of any kind that there is: ``customer:<id>``, searched on the server.

    A name or a code in its place is looked up, and accepted where it means exactly one record.
    """

    ui = "picker"
    widget = wtforms.widgets.TextInput()
    data: str
    kept, kept_label = "", ""
    """What the record has already: it may be out of the reader's sight."""

    @property
    def url(self) -> str:
        return url_for("activity.subjects")

    @property
    def text(self) -> str:
        """What the chosen record is called."""
        if not self.data or self.data == self.kept:
            return self.kept_label if self.data else self._typed
        found = find_about(current_session(), self.data)
        return found.label if found else ""

    _typed = ""

    def process(self, formdata: Any, data: Any = wtforms.utils.unset_value, extra_filters: Any = None) -> None:
        self._typed = clean(formdata.get(f"{self.name}_text", "")) if formdata else ""
        super().process(formdata, data, extra_filters)

    def process_formdata(self, valuelist: list[str]) -> None:
        sent = clean(valuelist[0]) if valuelist else ""
        self.data = sent if ":" in sent else ""
        typed = self._typed if not sent else "" if self.data else sent
        if typed:
            self.data = find_only(current_session(), typed)
            if not self.data:
                raise ValueError(str(_("Choose “%(text)s” from the list.", text=typed)))

    def _value(self) -> str:
        return self.data or ""


class TimesForm(Form):
    """When it is."""

    day = DateField(_("Day"))
    start = TimeField(_("Begins"))
    end = TimeField(_("Ends"))
    end_day = DateField(_("Last day"), description=_("Only where it goes on beyond midnight."))


class ActivityForm(TimesForm):
    """What every activity has."""

    title = StringField(_("What is to be done"))
    subject = SubjectField(_("About"))
    type_id = ChoiceField(_("Type"), coerce=as_uuid, blank=_("Without type"))
    assignee_id = UserField(_("Who does it"))
    participant_ids = RecordsField(_("Participants"), model=User, endpoint="core.people_pick")
    place = StringField(_("Place"))
    content = TextAreaField(_("Content"))

    def prepare(self, session: ActorSession, record: Any) -> None:
        """Offer what can be chosen now, with what the record still has; mark what is required."""
        self.type_id.offer(_types(session, record))
        if "project_id" in self:
            self.project_id.offer(_named(session, ActivityProject, [record.project_id if record else None]))
        for name in ("title", "day", "assignee_id"):
            if name in self:
                self[name].flags.required = True
        if record is not None:
            self.subject.kept, self.subject.kept_label = record.subject, record.subject_label or ""

    def fields(self) -> services.ActivityFields:
        """What the services take."""
        names = services.ActivityFields.__annotations__
        values: Any = {field.name: field.data for field in self if field.name in names}
        if "participant_ids" in values:
            values["participant_ids"] = list(values["participant_ids"] or ())
        return values


class RemindedForm(ActivityForm):
    """Something to come, of which people are reminded."""

    remind_minutes = ChoiceField(_("Reminder"), choices=REMINDERS, coerce=int, blank=_("No reminder"))

    def prepare(self, session: ActorSession, record: Any) -> None:
        super().prepare(session, record)
        minutes = self.remind_minutes.data
        if minutes is not None and minutes not in dict(REMINDERS):
            own = (minutes, _("%(n)s minutes before", n=minutes))
            self.remind_minutes.offer(sorted([*REMINDERS, own], key=lambda pair: pair[0]))


class AppointmentForm(RemindedForm):
    """An appointment (Lịch hẹn), CUS-031."""


class TaskForm(RemindedForm):
    """A task (Công việc) with its project. Without a time it is due on the day."""

    project_id = ChoiceField(_("Project"), coerce=as_uuid, blank=_("Without project"))


class TransactionForm(RemindedForm):
    """A transaction with a customer (Giao dịch với khách hàng), TXN-01."""


class ResultForm(Form):
    """What came of it."""

    result = ChoiceField(_("Result"), choices=list(RESULTS.items()), default=Result.REACHED.value)
    note = TextAreaField(_("Note"), description=_("What was said and agreed; it stands on the record's timeline."))


class CareForm(ActivityForm):
    """A care record: what has been done already."""

    result = ChoiceField(_("Result"), choices=list(RESULTS.items()), default=Result.REACHED.value)
    result_note = TextAreaField(_("Note"))


class CompleteForm(ResultForm):
    """It is done."""


class RescheduleForm(TimesForm):
    """Another time, and why."""

    reason = StringField(_("Reason"))


class CancelForm(Form):
    """It will not take place."""

    reason = StringField(_("Reason"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.reason.flags.required = True


class AssigneeForm(Form):
    """Who does it from now on."""

    assignee_id = UserField(_("Who does it"))


class EntryForm(Form):
    """An entry of a catalogue."""

    name = StringField(_("Name"))
    position = IntegerField(_("Order"), description=_("Small numbers come first."))
    is_active = BooleanField(_("Offered"), default=True, description=_("An entry that is off stays where it is used."))

    def prepare(self) -> None:
        """Mark what is required."""
        self.name.flags.required = True


class TypeForm(EntryForm):
    """A type, its colour in the calendar, and the kind of record that it is for."""

    tone = ChoiceField(_("Colour"), choices=[(tone, TONE_NAMES[tone]) for tone in TONES], default="blue")
    entity = ChoiceField(
        _("For"), choices=lambda: list(subject_names(current_session()).items()), blank=_("Every kind of record")
    )


class WorkWeekForm(Form):
    """The hours of an employee on each day of the week."""

    user_id = UserField(_("Employee"))
    d0 = StringField(_("Monday"), description=_("Like 8:00–12:00, 13:30–17:30; empty is a day off."))
    d1 = StringField(_("Tuesday"))
    d2 = StringField(_("Wednesday"))
    d3 = StringField(_("Thursday"))
    d4 = StringField(_("Friday"))
    d5 = StringField(_("Saturday"))
    d6 = StringField(_("Sunday"))

    def texts(self) -> list[str]:
        """What was entered, Monday first."""
        return [self[f"d{at}"].data or "" for at in range(WEEK)]


class AbsenceForm(Form):
    """Who is not there, when and why."""

    user_id = UserField(_("Employee"))
    kind = ChoiceField(_("Reason"), choices=list(ABSENCES.items()), default=AbsenceKind.LEAVE.value)
    first_day = DateField(_("First day"))
    last_day = DateField(_("Last day"), description=_("Empty where it is one day."))
    start = TimeField(_("From"), description=_("Without times it is the whole day."))
    end = TimeField(_("To"))
    note = StringField(_("Note"))


def _named(session: ActorSession, model: type[Entry], keep: Any) -> list[tuple[Any, str]]:
    return [(entry.id, entry.name) for entry in list_entries(session, model, keep=keep)]


def _types(session: ActorSession, record: Any) -> list[tuple[Any, str]]:
    """The types that can be chosen; of a record, those for its kind."""
    entries = list_entries(session, ActivityType, keep=[record.type_id if record else None])
    entity = record.subject_entity if record else None
    return [(each.id, each.name) for each in entries if not entity or each.entity in {None, entity}]
