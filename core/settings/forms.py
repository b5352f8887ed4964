"""One form for the settings of one addon, made from its manifest."""

from __future__ import annotations

from typing import Any

from wtforms.fields import Field

from core.i18n import in_domain, translator
from core.i18n.numbers import format_number
from core.manifest import Setting as Declared
from core.manifest import SettingValue
from core.money import format_money
from core.web.forms import BooleanField, ChoiceField, Form, IntegerField, MoneyField, StringField

_ = translator(__name__)


FIELDS: dict[str, type[Field]] = {
    "text": StringField,
    "url": StringField,
    "integer": IntegerField,
    "days": IntegerField,
    "money": MoneyField,
    "boolean": BooleanField,
    "choice": ChoiceField,
}


def settings_form(declared: list[Declared]) -> type[Form]:
    """The form class for these settings, a field each under its short name. Bounds are checked by the service."""
    return type("SettingsForm", (Form,), {each.name: _field(each) for each in declared})


def show_value(declared: Declared, value: SettingValue) -> str:
    """A value as people read it."""
    match declared.type:
        case "boolean":
            return str(_("Yes") if value else _("No"))
        case "choice":
            label = dict(declared.choices).get(str(value))
            return str(in_domain(label, declared.addon)) if label else str(value)
        case "money":
            return format_money(int(value))
        case "days":
            return str(_.n("1 day", "%(n)s days", int(value)))
        case "integer":
            return format_number(int(value))
        case _:
            return str(value) or str(_("empty"))


def _field(declared: Declared) -> Any:
    options: dict[str, Any] = {}
    if declared.type == "choice":
        options["choices"] = [(value, in_domain(label, declared.addon)) for value, label in declared.choices]
    if declared.type == "url":
        options["render_kw"] = {"type": "url", "inputmode": "url", "placeholder": "https://"}
    help_text = str(in_domain(declared.help, declared.addon)) if declared.help else ""
    default = str(_("Default: %(value)s.", value=show_value(declared, declared.default)))
    return FIELDS[declared.type](
        in_domain(declared.label, declared.addon), description=f"{help_text} {default}".strip(), **options
    )
