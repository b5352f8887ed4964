"""Making and changing a rule, switching it, trying it on a record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from addons.automation import services
from addons.automation.contributions import Automatable
from addons.automation.forms import Draft, TryForm
from addons.automation.models import AutomationRule, Trigger
from addons.automation.resources import MANAGE, TRIGGER_SENTENCES, read_rule
from addons.automation.running import try_rule
from addons.automation.triggers import find_kind, list_kinds
from core.db import ActorSession
from core.errors import Conflict, DomainError, NotFound
from core.i18n import translator
from core.kernel import current_session
from core.web import AddonViews, redirect_to, render, toast

_ = translator(__name__)

views = AddonViews(__name__)


@views.route("/rules/new", methods=("GET", "POST"), permission=MANAGE)
def rule_new() -> ResponseReturnValue:
    """Choose what the rule is about and what sets it off (``?kind=&trigger=``), then say the rest."""
    session = current_session()
    kind = find_kind(session, request.values.get("kind", ""))
    trigger = request.values.get("trigger", "")
    if kind is None or trigger not in set(Trigger) or (trigger == Trigger.TIME and not kind.moments):
        offered = [(str(each.declared().title), each.resource, _triggers(each)) for each in list_kinds(session)]
        return render("automation/choose.html", offered=offered), 200 if request.method == "GET" else 422
    return _form_page(session, kind, Trigger(trigger), None)


@views.route("/rules/<uuid:id>/edit", methods=("GET", "POST"), permission=MANAGE)
def rule_edit(id: UUID) -> ResponseReturnValue:
    session = current_session()
    rule = session.need(AutomationRule, id)
    return _form_page(session, _kind_of(session, rule), Trigger(rule.trigger), rule)


@views.post("/rules/<uuid:id>/switch", permission=MANAGE)
def rule_switch(id: UUID) -> ResponseReturnValue:
    """On or off, whichever it is not."""
    session = current_session()
    rule = session.need(AutomationRule, id)
    services.set_active(session, rule, is_active=not rule.is_active)
    toast(_("Switched on: %(name)s", name=rule.name) if rule.is_active else _("Switched off: %(name)s", name=rule.name))
    return redirect_to(url_for("automation.rules_detail", id=id))


@views.route("/rules/<uuid:id>/try", methods=("GET", "POST"), permission=MANAGE)
def rule_try(id: UUID) -> ResponseReturnValue:
    """What the rule would do with a record. Nothing of it is done."""
    session = current_session()
    rule = session.need(AutomationRule, id)
    kind = _kind_of(session, rule)
    form, trial = TryForm.of(kind), None
    if request.method == "POST" and form.validate() and form.record_id.data:
        trial = try_rule(session, kind, rule, form.record_id.data)
        session.rollback()
        rule = session.need(AutomationRule, id)
    missing = request.method == "POST" and trial is None
    if missing and not form.record_id.errors:
        form.record_id.errors = [str(_("Choose a record."))]
    told = read_rule(session, rule)
    return render("automation/try.html", rule=rule, told=told, form=form, trial=trial), 422 if missing else 200


def _kind_of(session: ActorSession, rule: AutomationRule) -> Automatable:
    kind = find_kind(session, rule.kind)
    if kind is None:
        raise NotFound.of("unknown_kind", _("The application of these records is switched off."))
    return kind


def _triggers(kind: Automatable) -> list[tuple[str, str, str]]:
    """(trigger, sentence, icon) that there are for the kind."""
    icons = {Trigger.CREATED: "plus", Trigger.CHANGED: "pencil", Trigger.TIME: "clock"}
    return [
        (each.value, str(TRIGGER_SENTENCES[each]), icon)
        for each, icon in icons.items()
        if (each != Trigger.CHANGED or kind.fields) and (each != Trigger.TIME or kind.moments)
    ]


def _form_page(
    session: ActorSession, kind: Automatable, trigger: Trigger, rule: AutomationRule | None
) -> ResponseReturnValue:
    sent = request.form if request.method == "POST" else None
    draft = Draft(session, kind, trigger, rule=rule, sent=sent)
    version, status = request.form.get("version", rule.version if rule else 0, type=int), 200
    do, _colon, what = request.form.get("do", "save").partition(":")
    if sent is not None and do != "save":
        draft = _rearranged(session, kind, trigger, rule, draft, do, what)
    elif sent is not None:
        is_valid = draft.form.validate()
        try:
            if rule is not None:
                session.expect_version(rule, version)
            saved = _save(session, kind, trigger, rule, draft)
            if is_valid:
                toast(_("Saved: %(name)s", name=saved.name))
                return redirect_to(url_for("automation.rules_detail", id=saved.id))
            problems, status = (), 422
        except DomainError as refused:
            problems, status = refused.problems, refused.status
        session.rollback()
        rule = session.need(AutomationRule, rule.id) if rule else None
        draft = Draft(session, kind, trigger, rule=rule, sent=sent)
        draft.form.validate()
        draft.refuse(problems)
        if status == Conflict.status and rule is not None:
            version = rule.version
    page = render(
        "automation/rule_form.html",
        draft=draft,
        rule=rule,
        form=draft.form,
        version=version,
        kind=kind,
        trigger=trigger,
        when=TRIGGER_SENTENCES[trigger],
        back=url_for("automation.rules_detail", id=rule.id) if rule else url_for("automation.rules_list"),
    )
    return page, status


def _save(
    session: ActorSession, kind: Automatable, trigger: Trigger, rule: AutomationRule | None, draft: Draft
) -> AutomationRule:
    return services.save_rule(
        session,
        rule,
        kind=kind,
        trigger=trigger,
        conditions=draft.args,
        actions=draft.values(),
        **draft.form.arguments(),
    )


def _rearranged(
    session: ActorSession,
    kind: Automatable,
    trigger: Trigger,
    rule: AutomationRule | None,
    draft: Draft,
    do: str,
    what: str,
) -> Draft:
    """The same form with an action or a condition more or less; nothing is saved yet."""
    sent: Any = request.form.copy()
    match do:
        case "add-action":
            sent.add("action", sent.get("new_action", ""))
        case "add-condition":
            sent.add("condition", sent.get("new_condition", ""))
        case "drop-action" if what.isdecimal():
            sent = draft.without(int(what))
        case "drop-condition":
            sent.setlist("condition", [key for key in draft.conditions if key != what])
    return Draft(session, kind, trigger, rule=rule, sent=sent)
