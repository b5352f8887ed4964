"""What rules can do by themselves: tell people, change a field, write an e-mail. Other addons bring the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from addons.automation.contributions import Automatable, Effect, Occasion, RuleAction
from addons.automation.triggers import text_of
from core.access.models import User
from core.db import ActorSession
from core.discussion.sight import who_may_read
from core.errors import DomainError, Problem
from core.i18n import translator
from core.messages import Channel
from core.messages.merging import merge_line, merge_problems
from core.messages.queries import Choice, find_sender, list_choices, list_templates
from core.notifications import notify
from core.web.forms import ChoiceField, ChoicesField, RecordsField, StringField, SubForm

_ = translator(__name__)

NOTICE = "automation.notice"
"""The kind of notice that rules write."""

RECORD = "record"
"""The variable of texts: what the record is called."""


def required(values: Mapping[str, Any], name: str, message: object) -> list[Problem]:
    """A problem where nothing was entered."""
    return [] if values.get(name) not in (None, "", []) else [Problem("required", str(message), name)]


def text_problems(text: str, field: str, longest: int) -> list[Problem]:
    """What is wrong with a line of text that may name the record."""
    found = merge_problems(text, {RECORD}, field)
    if len(text) > longest:
        found.append(Problem("too_long", _("At most %(max)s characters.", max=longest), field))
    return found


class NotifyForm(SubForm):
    """Whom, and what."""

    text = StringField(_("What they are told"), description=_("{{ record }} is the name of the record."))
    roles = ChoicesField(_("Who is told"))
    user_ids = RecordsField(_("Further people"), model=User, endpoint="core.people_pick")


class Notify(RuleAction):
    """A notice in the bell, and by e-mail for who wants that. Who may not see the record is not told."""

    key = "automation.notify"
    title = _("Tell people")
    icon = "bell"
    form = NotifyForm

    def prepare(self, form: Any, session: ActorSession, kind: Automatable) -> None:
        form.roles.offer([(each.key, each.label) for each in kind.people])

    def check(self, session: ActorSession, kind: Automatable, values: Mapping[str, Any]) -> list[Problem]:
        problems = required(values, "text", _("Say what they are told."))
        if not values.get("roles") and not values.get("user_ids"):
            problems.append(Problem("required", _("Choose who is told."), "roles"))
        return [*problems, *text_problems(values.get("text") or "", "text", 200)]

    def tell(self, session: ActorSession, kind: Automatable, values: Mapping[str, Any]) -> str:
        return str(values["text"])

    def run(self, occasion: Occasion, values: Mapping[str, Any]) -> list[Effect]:
        session, kind = occasion.session, occasion.kind
        named = [each.of(occasion.record) for each in kind.people if each.key in (values.get("roles") or ())]
        wanted = dict.fromkeys([*(id for id in named if id), *(UUID(id) for id in values.get("user_ids") or ())])
        resource = kind.declared()
        seeing = who_may_read(
            session, resource.model, resource.permissions.read or "", occasion.record.id, list(wanted)
        )
        text = merge_line(values["text"], {RECORD: occasion.record_label})
        notify(
            session,
            [id for id in wanted if id in seeing],
            kind=NOTICE,
            title=text,
            body=occasion.record_label if occasion.record_label not in text else "",
            url=occasion.record_url,
        )
        names = dict(session.execute(select(User.id, User.name).where(User.id.in_(list(wanted)))).all())
        told = ", ".join(names.get(id, "") for id in wanted if id in seeing)
        left_out = ", ".join(names.get(id, "") for id in wanted if id not in seeing)
        effects = [Effect(f"{text} → {told or '—'}")] if told or not left_out else []
        return [*effects, *([Effect(f"✗ {left_out}")] if left_out else [])]


class ChangeFieldForm(SubForm):
    """Which field becomes what."""

    change = ChoiceField(_("Change"), blank=_("Choose"))


class ChangeField(RuleAction):
    """A field gets a value; only those that the kind of record declares."""

    key = "automation.change_field"
    title = _("Change a field")
    icon = "pencil"
    form = ChangeFieldForm

    def fits(self, session: ActorSession, kind: Automatable) -> bool:
        return any(each.set for each in kind.fields)

    def prepare(self, form: Any, session: ActorSession, kind: Automatable) -> None:
        form.change.offer([(value, text) for value, (_field, _value, text) in _changes(session, kind).items()])

    def check(self, session: ActorSession, kind: Automatable, values: Mapping[str, Any]) -> list[Problem]:
        if values.get("change") in _changes(session, kind):
            return []
        return [Problem("required", _("Choose what becomes what."), "change")]

    def tell(self, session: ActorSession, kind: Automatable, values: Mapping[str, Any]) -> str:
        found = _changes(session, kind).get(values["change"])
        return found[2] if found else "—"

    def run(self, occasion: Occasion, values: Mapping[str, Any]) -> list[Effect]:
        found = _changes(occasion.session, occasion.kind).get(values["change"])
        if found is None:
            raise DomainError.of("unknown_value", _("This value is not offered any more."))
        field, value, text = found
        if text_of(getattr(occasion.record, field.name)) != text_of(value):
            field.set(occasion.session, occasion.record, value)
        return [Effect(text)]


def _changes(session: ActorSession, kind: Automatable) -> dict[str, tuple[Any, Any, str]]:
    """As forms send it → the field, its value, and how it reads."""
    return {
        f"{each.name}={text_of(value)}": (each, value, f"{each.label} → {text}")
        for each in kind.fields
        if each.set and each.options
        for value, text in each.options(session)
    }


class SendEmailForm(SubForm):
    """Which text."""

    text = ChoiceField(_("Template"), blank=_("Choose"))


class SendEmail(RuleAction):
    """An e-mail in the words of a template; tenants add further ones under Settings → Message templates."""

    key = "automation.send_email"
    title = _("Send an e-mail")
    icon = "mail"
    form = SendEmailForm

    def fits(self, session: ActorSession, kind: Automatable) -> bool:
        return kind.letters is not None and find_sender(session, Channel.EMAIL) is not None

    def prepare(self, form: Any, session: ActorSession, kind: Automatable) -> None:
        form.text.offer([(each.value, each.label) for each in _letters(session, kind)])

    def check(self, session: ActorSession, kind: Automatable, values: Mapping[str, Any]) -> list[Problem]:
        if values.get("text") in {each.value for each in _letters(session, kind)}:
            return []
        return [Problem("required", _("Choose a template."), "text")]

    def tell(self, session: ActorSession, kind: Automatable, values: Mapping[str, Any]) -> str:
        return next((each.label for each in _letters(session, kind) if each.value == values["text"]), "—")

    def run(self, occasion: Occasion, values: Mapping[str, Any]) -> list[Effect]:
        letters = occasion.kind.letters
        chosen = {each.value: each for each in _letters(occasion.session, occasion.kind)}.get(values["text"])
        if letters is None or chosen is None:
            raise DomainError.of("unknown_template", _("This template is not there any more."))
        recipient = letters.send(occasion.session, occasion.record, chosen, occasion.once)
        return [Effect(f"{chosen.label} → {recipient}")]


def _letters(session: ActorSession, kind: Automatable) -> list[Choice]:
    keys = kind.letters.templates if kind.letters else ()
    return list_choices(session, [each for each in list_templates(session) if each.key in keys])
