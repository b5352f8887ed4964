"""The form of a custom field."""

from __future__ import annotations

from typing import Any

import wtforms

from core.i18n import translator
from core.kernel import current_session
from core.resources.custom_fields.checking import MAX_CHOICES, MAX_FIELDS
from core.resources.custom_fields.queries import extensible_resources
from core.resources.custom_fields.types import TYPES
from core.web.forms import (
    BooleanField,
    ChoiceField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    Optional,
    Required,
    StringField,
    SubForm,
)

_ = translator(__name__)


def offered_entities() -> list[tuple[str, object]]:
    """What can have custom fields."""
    return [(entity, resource.title) for entity, resource in extensible_resources(current_session()).items()]


class ChoiceForm(SubForm):
    """One of the values to choose from."""

    key = wtforms.HiddenField()
    vi = StringField(_("In Vietnamese"))
    en = StringField(_("In English"))
    is_offered = BooleanField(_("Offered"), default=True)


class CustomFieldForm(Form):
    """A custom field: what it is called, what it holds, where it stands."""

    entity = ChoiceField(
        _("For"),
        [Required()],
        choices=offered_entities,
        description=_("At most %(n)s fields of your own for each.", n=MAX_FIELDS),
    )
    label_vi = StringField(_("Name in Vietnamese"), [Required()])
    label_en = StringField(_("Name in English"), description=_("Left empty, the Vietnamese name serves both."))
    type = ChoiceField(
        _("Type"),
        [Required()],
        choices=[(key, kind.title) for key, kind in TYPES.items()],
        description=_("It cannot be changed any more once a record has a value."),
    )
    choices = FieldList(FormField(ChoiceForm), _("Choices"), max_entries=MAX_CHOICES)
    help_vi = StringField(_("Help in Vietnamese"), description=_("Stands below the field."))
    help_en = StringField(_("Help in English"))
    is_required = BooleanField(_("Required"))
    default = StringField(
        _("Default"),
        description=_("What new records begin with, written as in Excel: a text, 21/11/2026, 1.500.000, Có, a choice."),
    )
    section = StringField(_("Part of the form"), description=_("Fields with the same words here stand together."))
    position = IntegerField(_("Order"), [Optional()], description=_("Small numbers come first."))
    in_list = BooleanField(_("Show in the list"))

    def fields(self) -> dict[str, Any]:
        """What the services take."""
        values = {name: value for name, value in self.data.items() if name not in {"entity", "csrf_token"}}
        return {**values, "choices": [entry.data for entry in self.choices]}
