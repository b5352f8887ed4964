"""When a rule is due: which change, which day, which records. Reading only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, extract, or_, select
from sqlalchemy.types import Date, TypeDecorator
from werkzeug.datastructures import MultiDict

from addons.automation.contributions import Automatable, RuleMoment, automatables
from addons.automation.models import AutomationRule, AutomationRun, Trigger
from core.audit import AuditEntry
from core.clock import local_today, local_zone, now, to_local
from core.contributions import contributed
from core.db import ActorSession
from core.errors import DomainError
from core.resources import Filter, UserFilter
from core.resources.filters import ME

CREATED = frozenset({"create", "import"})
"""What the record of changes calls the making of a record."""

NO_CHANGE = CREATED | {"delete", "restore", "purge"}

CATCH_UP = 3
"""Days that are looked at, today included: whatever stood still longer has made its rules stale."""

ONE_DAY = timedelta(days=1)
NOTHING = "none"


def text_of(value: Any) -> str:
    """A value of a field as rules keep it: nothing is ``none``, yes and no are 1 and 0."""
    return NOTHING if value is None else str(int(value)) if isinstance(value, bool) else str(value)


def list_kinds(session: ActorSession) -> tuple[Automatable, ...]:
    """The kinds of records of the addons that the tenant has on."""
    return contributed(automatables, session=session)


def find_kind(session: ActorSession, resource: str) -> Automatable | None:
    """The kind of this name; None where its addon is off."""
    return next((each for each in list_kinds(session) if each.resource == resource), None)


def condition_filters(session: ActorSession, kind: Automatable) -> dict[str, Filter]:
    """The filters of the kind's list that can be conditions, by key; those of the tenant's own fields included."""
    resource = kind.declared().for_tenant(session)
    return {each.key: each for each in resource.filters if each.key not in kind.without}


def read_conditions(
    session: ActorSession, kind: Automatable, args: Sequence[Sequence[str]]
) -> list[tuple[Filter, Any]]:
    """The filters that ``args`` set, with their values. DomainError for what cannot be read, and "me": nobody looks."""
    given = MultiDict([(str(name), str(value)) for name, value in args])
    found = []
    for each in condition_filters(session, kind).values():
        value = each.read(given, session)
        if isinstance(each, UserFilter) and value == ME:
            raise each.refuse()
        if value is not None:
            found.append((each, value))
    return found


def criteria_of(session: ActorSession, kind: Automatable, rule: AutomationRule) -> list[ColumnElement[bool]]:
    """The rows that the rule's conditions keep. DomainError where a condition cannot be read any more."""
    resource = kind.declared()
    kept = [each.criterion(value, session) for each, value in read_conditions(session, kind, rule.conditions)]
    return [*resource.restrict(session), *kept]


def meets(session: ActorSession, kind: Automatable, rule: AutomationRule, record_id: UUID) -> bool:
    """Whether the record is one of the rule's. DomainError as in :func:`criteria_of`."""
    model = kind.declared().model
    found = session.scalar(select(model.id).where(model.id == record_id, *criteria_of(session, kind, rule)))
    return found is not None


def is_set_off(rule: AutomationRule, entry: AuditEntry) -> bool:
    """Whether this entry of the record of changes is what the rule waits for."""
    if rule.active_since is None or entry.at < rule.active_since:
        return False
    if rule.trigger == Trigger.CREATED:
        return entry.action in CREATED
    if rule.trigger != Trigger.CHANGED or entry.action in NO_CHANGE or rule.field not in entry.changes:
        return False
    return rule.value is None or text_of(entry.changes[rule.field][1]) == rule.value


def active_rules(session: ActorSession, *triggers: Trigger) -> Sequence[AutomationRule]:
    """The rules that are switched on, in the order in which they were made."""
    query = select(AutomationRule).where(AutomationRule.is_active, AutomationRule.trigger.in_(triggers))
    return session.scalars(query.order_by(AutomationRule.id)).all()


def due_days(rule: AutomationRule) -> Iterator[date]:
    """The days that the rule's moment had or has where it is due now; nothing before it was switched on."""
    moment, today = to_local(now()), local_today()
    for back in range(CATCH_UP):
        due = today - back * ONE_DAY
        is_on = rule.active_since is not None and to_local(rule.active_since).date() <= due
        if is_on and (due < today or moment.hour >= rule.hour):
            yield due - timedelta(days=rule.days)


def occasion_of(day: date) -> str:
    """The name of the day a time trigger counts from."""
    return f"day:{day.isoformat()}"


def select_due(session: ActorSession, kind: Automatable, rule: AutomationRule, day: date) -> Select[tuple[UUID]]:
    """The ids of the records whose moment is ``day``, that meet the conditions and have not been dealt with."""
    model = kind.declared().model
    moment = next(each for each in kind.moments if each.key == rule.moment)
    done = select(AutomationRun.record_id).where(
        AutomationRun.rule_id == rule.id, AutomationRun.occasion == occasion_of(day)
    )
    query = select(model.id).where(_falls_on(moment, day), *criteria_of(session, kind, rule), model.id.not_in(done))
    return query.order_by(model.id)


def _falls_on(moment: RuleMoment, day: date) -> ColumnElement[bool]:
    column = moment.column
    if moment.is_yearly:
        days = [(day.month, day.day)]
        if day.month == 2 and day.day == 28 and (day + ONE_DAY).month == 3:
            days.append((2, 29))  # whoever was born on the 29th has the day before in other years
        return or_(
            *(and_(extract("month", column) == month, extract("day", column) == number) for month, number in days)
        )
    type_ = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    if isinstance(type_, Date):
        return column == day  # type: ignore[no-any-return]
    first, after = (datetime.combine(each, time.min, local_zone()) for each in (day, day + ONE_DAY))
    return and_(column >= first, column < after)


def conditions_text(session: ActorSession, kind: Automatable, rule: AutomationRule) -> list[str]:
    """The conditions as people read them."""
    try:
        return [
            f"{each.label}: {each.text(value, session)}"
            for each, value in read_conditions(session, kind, rule.conditions)
        ]
    except DomainError as refused:
        return [str(problem) for problem in refused.problems]
