"""What administrators see of rules and of their log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from addons.automation.models import AutomationRule, AutomationRun, RunState, Trigger
from addons.automation.running import actions_of, list_actions
from addons.automation.services import set_active, watchable, watched_by
from addons.automation.triggers import conditions_text, find_kind, list_kinds
from core.audit import Recorded
from core.db import ActorSession
from core.i18n import translator
from core.kernel import current_session
from core.resources import (
    Action,
    Api,
    ChoiceFilter,
    Column,
    Fact,
    PeriodFilter,
    Permissions,
    Resource,
    Tab,
)
from core.resources.base import all_resources

_ = translator(__name__)

MANAGE = "automation.manage"

TRIGGERS = {
    Trigger.CREATED: _("Created"),
    Trigger.CHANGED: _("Changed"),
    Trigger.TIME: _("On a day"),
}
TRIGGER_SENTENCES = {
    Trigger.CREATED: _("When one is created"),
    Trigger.CHANGED: _("When a field changes"),
    Trigger.TIME: _("On a day, or some days before or after"),
}
STATES = {RunState.DONE: _("Done"), RunState.FAILED: _("Failed"), RunState.STOPPED: _("Stopped")}
STATE_TONES = {RunState.DONE: "green", RunState.FAILED: "red", RunState.STOPPED: "amber"}
LATEST = 10
"""Runs that a rule's page names."""


class _KindNames(Mapping[str, object]):
    """Full name of a resource → what such records are called, of all that are loaded."""

    def __getitem__(self, name: str) -> object:
        return str(all_resources()[name].title)

    def __iter__(self) -> Iterator[str]:
        return iter(all_resources())

    def __len__(self) -> int:
        return len(all_resources())

    def __bool__(self) -> bool:
        return True


KIND_NAMES = _KindNames()


def _kinds(session: ActorSession) -> list[tuple[str, str]]:
    return [(each.resource, str(each.declared().title)) for each in list_kinds(session)]


def _rules(session: ActorSession) -> list[tuple[Any, str]]:
    query = select(AutomationRule.id, AutomationRule.name).order_by(AutomationRule.id)
    return [(row[0], row[1]) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class ToldRule:
    """A rule in people's words. ``problem`` says why it cannot work."""

    about: str
    when: str
    conditions: list[str]
    actions: list[tuple[str, str, str]]
    """Icon, what is done, with what."""
    problem: str = ""


def read_rule(session: ActorSession, rule: AutomationRule) -> ToldRule:
    """The rule as its page tells it."""
    kind = find_kind(session, rule.kind)
    known = list_actions(session)
    if kind is None:
        problem = str(_("The application of these records is switched off."))
        return ToldRule(rule.kind, rule.trigger, [], [], problem)
    actions = [
        (known[key].icon, str(known[key].title), known[key].tell(session, kind, values))
        if key in known
        else ("alert-triangle", str(_("Something that an application did that is switched off")), "")
        for key, values in actions_of(rule)
    ]
    return ToldRule(
        str(kind.declared().title), _when(session, kind, rule), conditions_text(session, kind, rule), actions
    )


def _when(session: ActorSession, kind: Any, rule: AutomationRule) -> str:
    if rule.trigger == Trigger.CREATED:
        return str(_("When one is created"))
    if rule.trigger == Trigger.CHANGED:
        watched = dict(watchable(session, kind)).get(watched_by(rule), rule.field or "")
        return str(_("When it changes: %(what)s", what=watched))
    labels = {each.key: str(each.label) for each in kind.moments}
    told = {"moment": labels.get(rule.moment or "", rule.moment), "hour": f"{rule.hour:02d}:00"}
    if rule.days == 0:
        return str(_("On the day: %(moment)s, from %(hour)s", **told))
    if rule.days > 0:
        return str(
            _.n(
                "1 day after: %(moment)s, from %(hour)s",
                "%(n)s days after: %(moment)s, from %(hour)s",
                rule.days,
                **told,
            )
        )
    return str(
        _.n(
            "1 day before: %(moment)s, from %(hour)s",
            "%(n)s days before: %(moment)s, from %(hour)s",
            -rule.days,
            **told,
        )
    )


class Rules(Resource[AutomationRule]):
    """Rules (SYS-16); their form is made for each, so it has pages of its own."""

    model = AutomationRule
    name = "rules"
    title = _("Automation rules")
    one = _("automation rule")
    icon = "refresh"
    permissions = Permissions(
        "automation", read=MANAGE, create=None, edit=None, delete=MANAGE, export=None, import_=None
    )
    columns = (
        Column("name", _("Name of the rule"), kind="title", avatar=False),
        Column("kind", _("About"), labels=KIND_NAMES, card=True),
        Column("trigger", _("Set off"), labels=TRIGGERS, kind="flat"),
        Column("is_active", _("Switched on")),
        Column("created_at", _("Created"), sort=True, wide="xl"),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("on", _("Switched on"), where=lambda actor: AutomationRule.is_active.is_(True)),
        Tab("off", _("Switched off"), where=lambda actor: AutomationRule.is_active.is_(False)),
    )
    filters = (
        ChoiceFilter("about", _("About"), AutomationRule.kind, options=_kinds, several=True),
        ChoiceFilter("trigger", _("Set off"), AutomationRule.trigger, options=list(TRIGGERS.items()), several=True),
    )
    empty_text = _("Let the system plan the first call with each new customer: add a rule.")
    facts = (Fact("created_at", _("Created")),)
    actions = (
        Action(_("Try on a record"), "automation.rule_try", icon="eye", primary=True),
        Action(_("Edit"), "automation.rule_edit", icon="pencil"),
        Action(
            _("Switch off"), "automation.rule_switch", icon="player-pause", post=True, when=lambda rule: rule.is_active
        ),
        Action(
            _("Switch on"),
            "automation.rule_switch",
            icon="player-play",
            post=True,
            when=lambda rule: not rule.is_active,
        ),
    )
    api = Api(read_only=True)
    template_list = "automation/rules.html"
    template_detail = "automation/rule.html"

    def restore(self, session: ActorSession, record: AutomationRule) -> None:
        """A rule comes back switched off: nobody has looked at it since."""
        super().restore(session, record)
        set_active(session, record, is_active=False)

    def told(self, rule: AutomationRule) -> ToldRule:
        return read_rule(current_session(), rule)

    def latest(self, rule: AutomationRule) -> Any:
        query = select(AutomationRun).where(AutomationRun.rule_id == rule.id)
        return (
            current_session()
            .scalars(query.order_by(AutomationRun.at.desc(), AutomationRun.id.desc()).limit(LATEST))
            .all()
        )

    def state_of(self, run: AutomationRun) -> tuple[str, str]:
        """Label and tone."""
        return str(STATES[RunState(run.state)]), STATE_TONES[RunState(run.state)]


class Runs(Resource[AutomationRun]):
    """The log: which rule did what to which record, or why not."""

    model = AutomationRun
    name = "runs"
    title = _("Log of automation")
    one = _("run of a rule")
    icon = "history"
    permissions = Permissions("automation", read=MANAGE, create=None, edit=None, delete=None, export=None, import_=None)
    columns = (
        Column("record_label", _("Record"), kind="title", subtitle=("rule_name",), avatar=False),
        Column("kind", _("About"), labels=KIND_NAMES, wide="2xl"),
        Column("state", _("State"), kind="tag", labels=STATES, tone=STATE_TONES),
        Column("message", _("Why not"), wide="xl"),
        Column("at", _("When"), kind="datetime", sort=True, card=True),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("failed", _("Failed"), where=lambda actor: AutomationRun.state != RunState.DONE),
    )
    filters = (
        ChoiceFilter("rule", _("Rule"), AutomationRun.rule_id, options=_rules, several=True),
        ChoiceFilter("about", _("About"), AutomationRun.kind, options=_kinds, several=True),
        ChoiceFilter("state", _("State"), AutomationRun.state, options=list(STATES.items()), several=True),
        PeriodFilter("at", _("When"), AutomationRun.at),
    )
    default_sort = "-at"
    empty_text = _("What rules do appears here.")
    tags = (Fact("state", kind="tag", labels=STATES, tone=STATE_TONES),)
    facts = (
        Fact("rule_name", _("Rule")),
        Fact("kind", _("About"), labels=KIND_NAMES),
        Fact("at", _("When")),
        Fact("message", _("Why not")),
    )
    api = Api(read_only=True)
    template_detail = "automation/run.html"

    def effects(self, run: AutomationRun) -> list[tuple[str, str, str, str]]:
        """Icon, action, what came of it, and its page."""
        known = list_actions(current_session())
        return [
            (
                known[each["action"]].icon if each["action"] in known else "check",
                str(known[each["action"]].title) if each["action"] in known else "",
                each["text"],
                each["url"],
            )
            for each in run.effects
            if isinstance(each, dict)
        ]

    def record_url(self, run: AutomationRun) -> str:
        """The page of the record, where the reader may see it."""
        kind = find_kind(current_session(), run.kind)
        if kind is None:
            return ""
        resource = kind.declared()
        found = current_session().find(resource.model, run.record_id)
        return f"/{resource.addon}/{resource.name}/{run.record_id}" if found is not None else ""


recorded = Recorded(
    "automation_rule",
    one=_("automation rule"),
    labels={
        "name": _("Name of the rule"),
        "kind": _("About"),
        "trigger": _("Set off"),
        "field": _("What is watched"),
        "value": _("Value"),
        "moment": _("Counted from"),
        "days": _("Days"),
        "hour": _("From"),
        "conditions": _("Conditions"),
        "actions": _("Actions"),
        "is_active": _("Switched on"),
    },
    values={"trigger": TRIGGERS},
    endpoint="automation.rules_detail",
)
