"""The form of a rule, made for its kind of record, its trigger and its actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from addons.automation.contributions import Automatable, RuleAction
from addons.automation.models import AutomationRule, Trigger
from addons.automation.running import actions_of, list_actions
from addons.automation.services import watchable, watched_by
from addons.automation.triggers import condition_filters
from core.db import ActorSession
from core.errors import DomainError, Problem
from core.i18n import translator
from core.resources.filters import ME, Filter
from core.web.forms import (
    BooleanField,
    ChoiceField,
    Form,
    FormField,
    IntegerField,
    RecordField,
    RecordsField,
    StringField,
)

_ = translator(__name__)

AFTER, BEFORE = "after", "before"

OF_TRIGGER = {
    Trigger.CREATED: frozenset[str](),
    Trigger.CHANGED: frozenset({"watched"}),
    Trigger.TIME: frozenset({"days", "direction", "moment", "hour"}),
}
"""The fields that only some triggers have."""


class RuleForm(Form):
    """What every rule has, and what its trigger needs; its actions follow as ``a0``, ``a1``, …"""

    name = StringField(_("Name of the rule"))
    watched = ChoiceField(_("What is watched"), blank=_("Choose"))
    days = IntegerField(_("Days"), default=0)
    direction = ChoiceField(
        _("Before or after"), choices=[(AFTER, _("days after")), (BEFORE, _("days before"))], default=AFTER
    )
    moment = ChoiceField(_("Counted from"), blank=_("Choose"))
    hour = ChoiceField(_("From"), choices=[(hour, f"{hour:02d}:00") for hour in range(24)], coerce=int, default=8)
    is_active = BooleanField(_("Switched on"), default=True)

    def arguments(self) -> dict[str, Any]:
        """What ``save_rule`` takes of it."""
        values = {
            each.name: each.data for each in self if each.name in {"name", "watched", "moment", "hour", "is_active"}
        }
        values = {name: value if value is not None or name == "hour" else "" for name, value in values.items()}
        if "days" in self:
            days = self.days.data
            values["days"] = -days if days is not None and self.direction.data == BEFORE else days
        return values


class TryForm(Form):
    """The record that a rule is tried on; made for the kind of it."""

    @staticmethod
    def of(kind: Automatable) -> Any:
        resource = kind.declared()
        field = RecordField(
            str(resource.one).capitalize(),
            model=resource.model,
            endpoint=resource.endpoint("pick"),
            title=resource.title_path,
        )
        return type("TryFormOfKind", (TryForm,), {"record_id": field})()


class Draft:
    """A rule in the making: the form, its actions and conditions as they were sent or as the rule has them."""

    def __init__(
        self,
        session: ActorSession,
        kind: Automatable,
        trigger: Trigger,
        *,
        rule: AutomationRule | None = None,
        sent: MultiDict[str, str] | None = None,
    ) -> None:
        self.session, self.kind, self.trigger, self.rule = session, kind, trigger, rule
        self.known = list_actions(session, kind)
        self.filters = condition_filters(session, kind)
        if sent is None:
            given = actions_of(rule) if rule else []
            self.actions = [key for key, _values in given if key in self.known]
            self.args = [(str(name), str(value)) for name, value in rule.conditions] if rule else []
            self.conditions = [
                each.key for each in self.filters.values() if {name for name, _v in self.args} & set(each.names)
            ]
            data = {**_data_of(rule), **{f"a{at}": _loaded(self.known[key], values)
                    for at, (key, values) in enumerate(each for each in given if each[0] in self.known)}}  # fmt: skip
            self.form = self._make(None, data)
        else:
            self.actions = [key for key in sent.getlist("action") if key in self.known][:20]
            self.conditions = list(dict.fromkeys(key for key in sent.getlist("condition") if key in self.filters))
            names = {name for key in self.conditions for name in self.filters[key].names}
            self.args = [(name, value) for name, value in sent.items(multi=True) if name in names and value]
            self.form = self._make(sent, {})

    def _make(self, sent: MultiDict[str, str] | None, data: Mapping[str, Any]) -> Any:
        fields = {
            f"a{at}": FormField(self.known[key].form, f"{at + 1}. {self.known[key].title}")
            for at, key in enumerate(self.actions)
        }
        made = type("RuleFormWithActions", (RuleForm,), fields)(formdata=sent, data=data)
        for name in frozenset().union(*OF_TRIGGER.values()) - OF_TRIGGER[self.trigger]:
            del made[name]
        if "watched" in made:
            made.watched.offer(watchable(self.session, self.kind))
        if "moment" in made:
            made.moment.offer([(each.key, each.label) for each in self.kind.moments])
        made.name.flags.required = True
        for at, key in enumerate(self.actions):
            self.known[key].prepare(made[f"a{at}"].form, self.session, self.kind)
        return made

    def values(self) -> list[tuple[str, Mapping[str, Any]]]:
        """Key and values of each action, as they are kept."""
        return [(key, _kept(self.form[f"a{at}"].form)) for at, key in enumerate(self.actions)]

    def refuse(self, problems: Sequence[Problem]) -> None:
        """Tell each problem at its field, unless something is told there already."""
        told = [each for each in problems if not self._has_errors(each.field or "")]
        if told:
            self.form.refuse(DomainError(*told))

    def _has_errors(self, path: str) -> bool:
        name, _dash, inner = path.partition("-")
        field = getattr(self.form, name, None)
        if field is not None and inner:
            field = getattr(field.form, inner, None)
        return bool(field is not None and field.errors)

    def parts(self) -> list[tuple[int, RuleAction, Any]]:
        """Number, action and sub-form of each."""
        return [(at, self.known[key], self.form[f"a{at}"].form) for at, key in enumerate(self.actions)]

    def chosen_filters(self) -> list[tuple[Filter, list[tuple[str, str]], Sequence[tuple[str, str]]]]:
        """The conditions with what they are set to and what they offer; "me" is nobody here."""
        return [
            (each, [pair for pair in self.args if pair[0] in each.names],
             [option for option in each.options_for(self.session) if option[0] != ME])
            for each in (self.filters[key] for key in self.conditions)
        ]  # fmt: skip

    def further_filters(self) -> list[Filter]:
        """The filters that can still be added."""
        return [each for key, each in self.filters.items() if key not in self.conditions]

    def without(self, at: int) -> MultiDict[str, str]:
        """What was sent, less the action of this number."""
        sent: MultiDict[str, str] = MultiDict()
        for field in self.form:
            if not isinstance(field, FormField):
                for value in field.raw_data or ():
                    sent.add(field.name, value)
        kept = [number for number in range(len(self.actions)) if number != at]
        for now_at, number in enumerate(kept):
            sent.add("action", self.actions[number])
            for field in self.form[f"a{number}"].form:
                for value in field.raw_data or ():
                    sent.add(f"a{now_at}-{field.short_name}", value)
        for key in self.conditions:
            sent.add("condition", key)
        for name, value in self.args:
            sent.add(name, value)
        return sent


def _data_of(rule: AutomationRule | None) -> dict[str, Any]:
    if rule is None:
        return {}
    return {
        "name": rule.name,
        "watched": watched_by(rule),
        "days": abs(rule.days),
        "direction": BEFORE if rule.days < 0 else AFTER,
        "moment": rule.moment,
        "hour": rule.hour,
        "is_active": rule.is_active,
    }


def _kept(form: Any) -> dict[str, Any]:
    """What was entered for an action, as JSON holds it."""
    return {each.short_name: _plain(each.data) for each in form}


def _plain(value: Any) -> Any:
    return (
        [str(each) for each in value] if isinstance(value, list) else str(value) if isinstance(value, UUID) else value
    )


def _loaded(action: RuleAction, values: Mapping[str, Any]) -> dict[str, Any]:
    """The same for the form: ids are ids again."""
    made = action.form(data={})
    found = dict(values)
    for each in made:
        value = found.get(each.short_name)
        if isinstance(each, RecordsField):
            found[each.short_name] = [UUID(id) for id in value or ()]
        elif isinstance(each, RecordField):
            found[each.short_name] = UUID(value) if value else None
    return found
