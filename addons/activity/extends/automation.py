"""Activities and automation rules (SYS-16): rules about activities, and rules that put something into somebody's calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from addons.activity import services
from addons.activity.contributions import subjects
from addons.activity.forms import REMINDERS, RESULTS
from addons.activity.models import Activity, ActivityType, Kind
from addons.activity.queries import list_entries
from addons.activity.resources import STATES
from addons.activity.times import local_times
from addons.automation.contributions import (
    Automatable,
    Effect,
    Occasion,
    RuleAction,
    RuleField,
    RuleMoment,
    RulePerson,
    automatables,
    rule_actions,
)
from core.access.models import User
from core.clock import local_today
from core.contributions import contributed, contributes
from core.dates import format_date, parse_time
from core.db import ActorSession
from core.errors import DomainError, Problem
from core.i18n import translator
from core.messages.merging import merge_line, merge_problems
from core.web.forms import ChoiceField, IntegerField, StringField, SubForm, TextAreaField

_ = translator(__name__)

KINDS = {Kind.APPOINTMENT: _("Appointment"), Kind.TASK: _("Task"), Kind.TRANSACTION: _("Transaction")}
RECORD = "record"
MAX_DAYS = 365
PERSON, USER = "person:", "user:"


def _people(session: ActorSession) -> list[tuple[Any, str]]:
    query = select(User.id, User.name).where(User.is_active).order_by(User.sort_name, User.id)
    return [(row[0], row[1]) for row in session.execute(query)]


def _give(session: ActorSession, activity: Activity, value: Any) -> None:
    services.change_activity(session, activity, assignee_id=value)


@contributes(automatables)
def activities() -> list[Automatable]:
    """Rules about appointments, tasks and transactions; the filters of each list are the conditions."""
    return [
        Automatable(
            f"activity.{name}",
            fields=(
                RuleField("state", _("State"), lambda session: list(STATES.items())),
                RuleField("result", _("Result"), lambda session: list(RESULTS.items())),
                RuleField("assignee_id", _("Who does it"), _people, _give),
                RuleField("starts_at", _("Begins")),
            ),
            moments=(
                RuleMoment("starts", _("Begins"), Activity.starts_at),
                RuleMoment("done", _("Done at"), Activity.done_at),
                RuleMoment("created", _("Created"), Activity.created_at),
            ),
            people=(
                RulePerson("assignee", _("Who does it"), lambda activity: activity.assignee_id),
                RulePerson("creator", _("Entered by"), lambda activity: activity.created_by_id),
            ),
        )
        for name in ("appointments", "tasks", "transactions")
    ]


class PlanForm(SubForm):
    """What is planned, for whom and when."""

    kind = ChoiceField(_("What is planned"), choices=list(KINDS.items()), default=Kind.TASK.value)
    title = StringField(_("What is to be done"), description=_("{{ record }} is the name of the record."))
    who = ChoiceField(_("Who does it"), blank=_("Choose"))
    in_days = IntegerField(_("In how many days"), default=0)
    start = ChoiceField(
        _("Begins"),
        choices=[(f"{hour:02d}:{minute:02d}", f"{hour:02d}:{minute:02d}") for hour in range(24) for minute in (0, 30)],
        blank=_("All day"),
    )
    type_id = ChoiceField(_("Type"), blank=_("Without type"))
    remind_minutes = ChoiceField(_("Reminder"), choices=REMINDERS, coerce=int, blank=_("No reminder"))
    content = TextAreaField(_("Content"))


class PlanActivity(RuleAction):
    """An appointment, a task or a transaction about the record."""

    key = "activity.plan"
    title = _("Plan an appointment or a task")
    icon = "calendar-plus"
    form = PlanForm

    def prepare(self, form: Any, session: ActorSession, kind: Automatable) -> None:
        form.who.offer(_whom(session, kind))
        form.type_id.offer([(str(each.id), each.name) for each in list_entries(session, ActivityType)])

    def check(self, session: ActorSession, kind: Automatable, values: Mapping[str, Any]) -> list[Problem]:
        title, days = values.get("title") or "", values.get("in_days")
        problems = merge_problems(title, {RECORD}, "title")
        if not title or len(title) > 120:
            message = _("At most %(max)s characters.", max=120) if title else _("Say what is to be done.")
            problems.append(Problem("too_long" if title else "required", message, "title"))
        if values.get("kind") not in set(Kind):
            problems.append(Problem("required", _("Choose what is planned."), "kind"))
        if values.get("who") not in dict(_whom(session, kind)):
            problems.append(Problem("required", _("Say who does it."), "who"))
        if days is None or not 0 <= days <= MAX_DAYS:
            problems.append(Problem("bad_days", _("The number of days is from 0 to %(n)s.", n=MAX_DAYS), "in_days"))
        return problems

    def tell(self, session: ActorSession, kind: Automatable, values: Mapping[str, Any]) -> str:
        return str(values["title"])

    def run(self, occasion: Occasion, values: Mapping[str, Any]) -> list[Effect]:
        session, who = occasion.session, _who(occasion, values["who"])
        day = local_today() + timedelta(days=values["in_days"])
        offered = {str(each.id): each.id for each in list_entries(session, ActivityType)}  # else it went out of use
        activity = services.plan_activity(
            session,
            Kind(values["kind"]),
            title=merge_line(values["title"], {RECORD: occasion.record_label})[:200],
            subject=_subject(occasion),
            assignee_id=who,
            day=day,
            start=parse_time(values["start"]) if values.get("start") else None,
            type_id=offered.get(values.get("type_id") or ""),
            content=values.get("content") or "",
            remind_minutes=values.get("remind_minutes"),
        )
        start = local_times(activity)[1]
        when = f"{format_date(day)} {start:%H:%M}" if start else format_date(day)
        name = session.scalar(select(User.name).where(User.id == who)) or ""
        return [Effect(f"{activity.title} · {when} · {name}", f"{services.PATH}/{activity.id}")]


@contributes(rule_actions)
def planning() -> RuleAction:
    return PlanActivity()


def _whom(session: ActorSession, kind: Automatable) -> list[tuple[str, str]]:
    named = [(f"{PERSON}{each.key}", str(each.label)) for each in kind.people]
    return [*named, *((f"{USER}{id}", name) for id, name in _people(session))]


def _who(occasion: Occasion, chosen: str) -> UUID:
    """The user that is meant, for this record."""
    if chosen.startswith(USER):
        return UUID(chosen.removeprefix(USER))
    person = next((each for each in occasion.kind.people if f"{PERSON}{each.key}" == chosen), None)
    found = person.of(occasion.record) if person else None
    if found is None:
        raise DomainError.of("nobody", _("The record names nobody who could do it."))
    return found


def _subject(occasion: Occasion) -> str:
    """What the new activity is about: the record, or what the record itself is about."""
    if isinstance(occasion.record, Activity):
        return occasion.record.subject
    known = {each.entity for each in contributed(subjects, session=occasion.session)}
    entity = occasion.kind.entity
    return f"{entity}:{occasion.record.id}" if entity in known else ""
