"""Making, changing and switching rules. Everything is checked when it is saved; all problems in one DomainError."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from addons.automation.contributions import Automatable
from addons.automation.models import AutomationRule, Trigger
from addons.automation.running import list_actions
from addons.automation.triggers import list_kinds, read_conditions, text_of
from core.clock import now
from core.db import ActorSession
from core.errors import DomainError, Problem
from core.i18n import translator
from core.text import clean

_ = translator(__name__)

MAX_ACTIONS = 10
MAX_DAYS = 3_650
MAX_NAME = 120

Conditions = Sequence[tuple[str, str]]
Actions = Sequence[tuple[str, Mapping[str, Any]]]


def save_rule(
    session: ActorSession,
    rule: AutomationRule | None,
    *,
    kind: Automatable,
    trigger: Trigger,
    name: str,
    watched: str = "",
    moment: str | None = None,
    days: int | None = 0,
    hour: int | None = 8,
    conditions: Conditions = (),
    actions: Actions = (),
    is_active: bool = False,
) -> AutomationRule:
    """Make a rule, or change all of one but its kind and trigger.

    ``watched`` is ``field`` or ``field=value``; ``conditions`` are parameters of the list. DomainError: no name, nothing
    watched, a value, moment, condition or action that there is not, no action; problems of the action ``n`` are
    at ``a<n>-<field>``.
    """
    problems: list[Problem] = []
    name = " ".join(clean(name).split())
    if not name or len(name) > MAX_NAME:
        message = _("At most %(max)s characters.", max=MAX_NAME) if name else _("Give the rule a name.")
        problems.append(Problem("too_long" if name else "required", message, "name"))
    values: dict[str, Any] = {"name": name}
    if trigger == Trigger.CHANGED:
        values |= _checked_field(session, kind, watched, problems)
    if trigger == Trigger.TIME:
        values |= _checked_time(kind, moment, days, hour, problems)
    values["conditions"] = _checked_conditions(session, kind, conditions, problems)
    values["actions"] = _checked_actions(session, kind, actions, problems)
    if problems:
        raise DomainError(*problems)
    if rule is None:
        rule = AutomationRule(kind=kind.resource, trigger=trigger, **values)
        session.add(rule)
    for key, value in values.items():
        if getattr(rule, key) != value:
            setattr(rule, key, value)
    _switch(rule, is_active)
    session.flush()
    return rule


def set_active(session: ActorSession, rule: AutomationRule, *, is_active: bool) -> None:
    """Switch a rule on or off. What happened while it was off is left alone. DomainError where its application is off."""
    if is_active and rule.kind not in {each.resource for each in list_kinds(session)}:
        raise DomainError.of("unknown_kind", _("The application of these records is switched off."))
    _switch(rule, is_active)
    session.flush()


def watchable(session: ActorSession, kind: Automatable) -> list[tuple[str, str]]:
    """What a rule can watch: each field by itself, and each of its values, as ``watched`` wants it."""
    found = []
    for each in kind.fields:
        found.append((each.name, str(_("%(field)s: any change", field=each.label))))
        for value, text in each.options(session) if each.options else ():
            label = str(_("%(field)s becomes: %(value)s", field=each.label, value=text))
            found.append((f"{each.name}={text_of(value)}", label))
    return found


def watched_by(rule: AutomationRule) -> str:
    """What the rule watches, as forms send it."""
    return f"{rule.field}={rule.value}" if rule.value is not None else rule.field or ""


def _switch(rule: AutomationRule, is_active: bool) -> None:
    if bool(rule.is_active) != is_active:
        rule.is_active = is_active
        rule.active_since = now() if is_active else None


def _checked_field(
    session: ActorSession, kind: Automatable, watched: str, problems: list[Problem]
) -> dict[str, str | None]:
    if watched not in dict(watchable(session, kind)):
        problems.append(Problem("required", _("Choose what is watched."), "watched"))
    field, _equals, value = watched.partition("=")
    return {"field": field, "value": value if _equals else None}


def _checked_time(
    kind: Automatable, moment: str | None, days: int | None, hour: int | None, problems: list[Problem]
) -> dict[str, Any]:
    if moment not in {each.key for each in kind.moments}:
        problems.append(Problem("required", _("Choose the day that is counted from."), "moment"))
    if days is None or abs(days) > MAX_DAYS:
        problems.append(Problem("bad_days", _("The number of days is from 0 to %(n)s.", n=MAX_DAYS), "days"))
    if hour is None or not 0 <= hour <= 23:
        problems.append(Problem("bad_hour", _("Choose an hour of the day."), "hour"))
    return {"moment": moment, "days": days, "hour": hour}


def _checked_conditions(
    session: ActorSession, kind: Automatable, conditions: Conditions, problems: list[Problem]
) -> list[list[str]]:
    try:
        return [list(pair) for each, value in read_conditions(session, kind, conditions) for pair in each.args(value)]
    except DomainError as refused:
        problems += [Problem(each.code, each.message, "conditions") for each in refused.problems]
    return []


def _checked_actions(
    session: ActorSession, kind: Automatable, actions: Actions, problems: list[Problem]
) -> list[dict[str, Any]]:
    known = list_actions(session, kind)
    if not actions:
        problems.append(Problem("required", _("Add at least one action."), "actions"))
    if len(actions) > MAX_ACTIONS:
        problems.append(Problem("too_many", _("At most %(n)s actions.", n=MAX_ACTIONS), "actions"))
    for at, (key, values) in enumerate(actions):
        if key not in known:
            problems.append(Problem("unknown_action", _("This cannot be done with these records."), "actions"))
        else:
            found = known[key].check(session, kind, values)
            problems += [Problem(each.code, each.message, f"a{at}-{each.field}") for each in found]
    return [{"key": key, "values": dict(values)} for key, values in actions]
